import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/index.ts'
import { connected, type Connected } from '../support/connected.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { settled } from '../support/manual-runtime.ts'

/** One thing that happens between a session and its viewer. */
type Step =
  | { readonly do: 'print'; readonly bytes: number }
  | { readonly do: 'type'; readonly bytes: number }
  | { readonly do: 'read' | 'cut' | 'turn' | 'wait' | 'deafen' | 'listen' | 'junk' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('print' as const),
      bytes: fc.integer({ min: 1, max: 65_536 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('type' as const),
      bytes: fc.integer({ min: 1, max: 150_000 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'read' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'cut' as const }) },
  { weight: 6, arbitrary: fc.constant({ do: 'turn' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'wait' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'deafen' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'listen' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'junk' as const }) },
)

/** A stream of bytes of which each place looks different from its neighbours. */
class Pattern {
  #at = 0
  total = 0

  next(length: number): Uint8Array {
    this.total += length
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      this.#at++
      bytes[i] = 97 + ((this.#at * 31 + (this.#at >> 7)) % 26)
    }
    return bytes
  }
}

class Story {
  readonly printed = new Pattern()
  readonly typed = new Pattern()
  readonly #context: Connected
  readonly #session: Session
  readonly #far: FakeSession
  readonly #iterator: AsyncIterator<unknown>
  #writes: Promise<void>[] = []
  #reading: Promise<IteratorResult<unknown>> | undefined
  #read = ''

  constructor(context: Connected, session: Session, far: FakeSession) {
    this.#context = context
    this.#session = session
    this.#far = far
    this.#iterator = session.output[Symbol.asyncIterator]()
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'print':
        return this.#far.append(1, this.printed.next(step.bytes))
      case 'type':
        this.#writes.push(this.#session.write(this.typed.next(step.bytes)))
        return undefined
      case 'read':
        this.#ask()
        return settled()
      case 'cut':
        return this.#context.host.connection.cut()
      case 'turn':
        return new Promise((resolve) => void setImmediate(resolve))
      case 'wait':
        return this.#context.runtime.advance(6000)
      case 'deafen':
        this.#far.writesInput = false
        return undefined
      case 'listen':
        this.#far.writesInput = true
        return this.#far.writeInput()
      case 'junk':
        this.#context.host.connection.channel.sendBinary(Uint8Array.of(1))
    }
  }

  /** Everything heals: what is still missing comes. */
  async end(): Promise<{ read: string; input: string }> {
    this.#far.writesInput = true
    this.#far.exit()
    await this.#context.runtime.advance(20_000)
    this.#far.writeInput()
    while (!this.#isAtEnd) {
      this.#ask()
      await settled()
    }
    await Promise.all(this.#writes)
    return { read: this.#read, input: this.#far.input.map(({ text }) => text).join('') }
  }

  #isAtEnd = false

  #ask(): void {
    if (this.#reading !== undefined) return
    this.#reading = this.#iterator.next()
    void this.#reading.then(({ value, done }) => {
      this.#reading = undefined
      this.#isAtEnd = done === true
      const { type, bytes } = (value ?? {}) as { type?: string; bytes?: Uint8Array } // an OutputRecord
      if (type === 'output' && bytes) this.#read += Buffer.from(bytes).toString('latin1')
      else if (type !== 'exit' && !this.#isAtEnd) this.#read += `[${type}]`
    })
  }
}

describe('whatever happens to the connection', () => {
  it('[LOG-2] [INPUT-2] every byte of output comes once and in order, and so does every byte typed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80, size: 'max' }),
        fc.boolean(),
        async (steps, isLazy) => {
          await using context = await connected()
          const session = await context.limpet.open('shell', { windowBytes: 128 * 1024 })
          const far = context.host.sessions.get(session.id)
          if (far === undefined) throw new Error('the fake host lost it')
          // The exit comes last, so that nothing typed is cut off by it.
          const exit = far.exit.bind(far)
          far.exit = () => {}
          const story = new Story(context, session, far)
          // Who never reads before the end has the most waiting, over all reconnections.
          const taken = isLazy ? steps.filter((each) => each.do !== 'read') : steps
          for (const each of taken) await story.take(each)
          far.writesInput = true
          far.writeInput()
          await context.runtime.advance(20_000)
          far.exit = exit
          const { read, input } = await story.end()
          expect(read === latin1(new Pattern().next(story.printed.total))).toBe(true)
          expect(input === latin1(new Pattern().next(story.typed.total))).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  }, 60_000)
})

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
