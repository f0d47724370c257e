// Owns cutting a terminal's byte stream, in either direction, into plain text and escape sequences
// (ECMA-48). Knows no meanings. Before: a session's output or a keyboard; after: query filter, answer splitter.

/* oxlint-disable no-control-regex -- control characters are what this file is about */

/** A sequence that is still unfinished after this many bytes (a picture, say) is passed on as text. */
const MAX_HELD_BYTES = 4096

/** One whole sequence. A string (OSC, DCS …) has no ESC, CAN or SUB inside, so the next one ends it anyhow. */
const SEQUENCE =
  /\x1b(?:\[[\x00-\x17\x19\x1c-\x3f]*[\x40-\x7e]|[\]PX^_][^\x07\x18\x1a\x1b]*(?:\x07|\x1b\\)|[\x20-\x2f]+[\x30-\x7e]|[0-OQ-WYZ\\`-~])/g

/** The beginning of a sequence at the end of the bytes. */
const UNFINISHED =
  /\x1b(?:\[[\x00-\x17\x19\x1c-\x3f]*|[\]PX^_][^\x07\x18\x1a\x1b]*\x1b?|[\x20-\x2f]*)$/

const ESC = 0x1b

/** `text` is Latin-1: one character for each byte. */
export interface EscapeToken {
  readonly kind: 'text' | 'sequence'
  readonly text: string
}

export class EscapeTokenizer {
  #held = ''

  /** Bytes of a sequence whose end has not come. */
  get heldBytes(): number {
    return this.#held.length
  }

  /** @returns what is complete now, in order; an unfinished sequence at the end is held */
  push(chunk: Uint8Array): EscapeToken[] {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    if (this.#held === '' && !chunk.includes(ESC)) return tokensOf(fresh)
    const text = this.#held + fresh
    const unfinished = UNFINISHED.exec(text)
    const end =
      unfinished && text.length - unfinished.index <= MAX_HELD_BYTES
        ? unfinished.index
        : text.length
    this.#held = text.slice(end)
    return tokensOf(text.slice(0, end))
  }

  /** @returns what is held, as text: whoever waited for the rest has waited long enough */
  flush(): EscapeToken[] {
    const text = this.#held
    this.#held = ''
    return text === '' ? [] : [{ kind: 'text', text }]
  }
}

function tokensOf(text: string): EscapeToken[] {
  const tokens: EscapeToken[] = []
  const add = (kind: EscapeToken['kind'], from: number, to: number): void => {
    if (to > from) tokens.push({ kind, text: text.slice(from, to) })
  }
  let at = 0
  for (const match of text.matchAll(SEQUENCE)) {
    add('text', at, match.index)
    at = match.index + match[0].length
    add('sequence', match.index, at)
  }
  add('text', at, text.length)
  return tokens
}
