// Owns the comparison of what a viewer got with what the process wrote: bytes in which any few are found at one
// place only, so that after a gap it is certain where they belong.

/** So many random bytes in a row occur once in any file that we make. */
const UNIQUE_BYTES = 16

export class RandomText {
  readonly #text: Buffer
  #at = 0
  /** After a gap: at most so many bytes were left out, and what has come since. */
  #gap: { atMostBytes: number; come: Buffer } | undefined
  receivedBytes = 0

  constructor(text: Buffer) {
    this.#text = text
  }

  /** @param bytes of the log that were left out: output, and facts among it */
  skip(bytes: number): void {
    const { atMostBytes = 0, come = Buffer.alloc(0) } = this.#gap ?? {}
    // Two gaps with less between them than it takes to know the place: together they are one.
    this.#gap = { atMostBytes: atMostBytes + come.length + bytes, come: Buffer.alloc(0) }
  }

  take(bytes: Uint8Array): void {
    this.receivedBytes += bytes.byteLength
    if (this.#gap) this.#takeAfterGap(this.#gap, bytes)
    else this.#expect(bytes)
  }

  /** Nothing more comes. @throws Error when the end of the text is missing */
  finish(): void {
    const left = this.#text.length - this.#at
    const gap = this.#gap
    if (gap) {
      if (left > gap.atMostBytes + gap.come.length) throw new Error(`${left} bytes are missing`)
      if (
        !this.#text
          .subarray(this.#at)
          .subarray(left - gap.come.length)
          .equals(gap.come)
      )
        throw new Error('the end is another one')
    } else if (left > 0) throw new Error(`the last ${left} bytes are missing`)
  }

  #takeAfterGap(gap: { atMostBytes: number; come: Buffer }, bytes: Uint8Array): void {
    gap.come = Buffer.concat([gap.come, bytes])
    if (gap.come.length < UNIQUE_BYTES) return
    const found = this.#text.indexOf(gap.come.subarray(0, UNIQUE_BYTES), this.#at)
    if (found < 0) throw new Error('bytes after a gap that the process never wrote')
    if (found - this.#at > gap.atMostBytes) {
      throw new Error(`${found - this.#at} bytes are missing, ${gap.atMostBytes} were announced`)
    }
    this.#at = found
    this.#gap = undefined
    this.#expect(gap.come)
  }

  #expect(bytes: Uint8Array): void {
    const end = this.#at + bytes.byteLength
    if (!this.#text.subarray(this.#at, end).equals(bytes)) {
      throw new Error(`other bytes than the process wrote, between ${this.#at} and ${end}`)
    }
    this.#at = end
  }
}
