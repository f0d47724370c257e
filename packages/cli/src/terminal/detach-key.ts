// Owns the keys that leave a session while it goes on. Before: what a person typed; after: input frames.

import { CommandError } from '../command-error.ts'

/** Ctrl-\ twice: one alone (SIGQUIT) still reaches the program, after the hold time. Easy on every keyboard (Ctrl-4). */
export const DEFAULT_DETACH_KEY = 'ctrl-\\ ctrl-\\'

/** The keys come within this time of each other, or they belong to the program. */
export const DETACH_KEY_HOLD_MS = 500

export interface Typed {
  /** What goes to the program. */
  readonly pass: Uint8Array
  readonly isDetach: boolean
}

/** The ways in which a terminal may send one key. */
type Key = readonly Buffer[]

/**
 * @param text keys such as "ctrl-a d" or "ctrl-p,ctrl-q"; "none" for no key at all
 * @throws CommandError USAGE
 */
export function parseDetachKey(text: string): DetachKey {
  const names = text.trim() === 'none' ? [] : text.trim().split(/[\s,]+/)
  return new DetachKey(names.map(parseKey), text)
}

export class DetachKey {
  readonly name: string
  readonly #keys: readonly Key[]
  #held: Buffer = Buffer.alloc(0)
  #matched = 0

  constructor(keys: readonly Key[], name: string) {
    this.#keys = keys
    this.name = name
  }

  /** Whether keys are held back that may be the beginning; `flush` gives them out. */
  get isHolding(): boolean {
    return this.#held.length > 0
  }

  /** After the detach key, nothing is passed any more. */
  push(bytes: Uint8Array): Typed {
    const passed: Uint8Array[] = []
    let at = 0
    while (at < bytes.length) {
      const form = this.#formAt(bytes, at)
      if (form) {
        at += form.length
        this.#matched += 1
        this.#held = Buffer.concat([this.#held, form])
        if (this.#matched === this.#keys.length) {
          this.#reset()
          return { pass: Buffer.concat(passed), isDetach: true }
        }
      } else if (this.isHolding) {
        passed.push(this.flush()) // and look at the same byte again: it may be the first key
      } else {
        const next = this.#nextCandidate(bytes, at + 1)
        passed.push(bytes.subarray(at, next))
        at = next
      }
    }
    return { pass: Buffer.concat(passed), isDetach: false }
  }

  /** @returns keys that were held and turned out to be for the program */
  flush(): Uint8Array {
    const held = this.#held
    this.#reset()
    return held
  }

  /** How the key that is due now stands at this place, if it does. */
  #formAt(bytes: Uint8Array, at: number): Buffer | undefined {
    return this.#keys[this.#matched]?.find((form) =>
      form.equals(bytes.subarray(at, at + form.length)),
    )
  }

  /** Where the first key may begin next: a long paste is not looked at byte by byte. */
  #nextCandidate(bytes: Uint8Array, from: number): number {
    const firstBytes = new Set(this.#keys[0]?.map((form) => form[0]))
    for (let at = from; at < bytes.length; at += 1) if (firstBytes.has(bytes[at])) return at
    return bytes.length
  }

  #reset(): void {
    this.#held = Buffer.alloc(0)
    this.#matched = 0
  }
}

function parseKey(name: string): Key {
  const control = /^(?:ctrl-|c-|\^)([@-_a-z])$/i.exec(name)?.[1]?.toUpperCase()
  if (control !== undefined) return controlKey(control)
  if (/^[!-~]$/.test(name)) return [Buffer.from(name)]
  throw new CommandError(
    'USAGE',
    `"${name}" is no key: use ctrl-a … ctrl-z, ctrl-\\, ctrl-] or one character.`,
  )
}

/** Programs may have switched the keyboard to one of two newer encodings (kitty, modifyOtherKeys). */
function controlKey(key: string): Key {
  const plain = key.toLowerCase().charCodeAt(0)
  return [
    Buffer.of(key.charCodeAt(0) & 0x1f),
    Buffer.from(`\x1b[${plain};5u`),
    Buffer.from(`\x1b[27;5;${plain}~`),
  ]
}
