// Owns bytes → text over the parts of one stream: a character that is split over parts is whole in the text, and
// what is not UTF-8 becomes U+FFFD.

export class StreamDecoder {
  // The mark at the start of some files is part of what the program wrote.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  decode(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true })
  }

  /** @returns what an unfinished character at the end comes to */
  end(): string {
    return this.#decoder.decode()
  }
}
