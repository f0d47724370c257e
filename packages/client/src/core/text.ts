// Owns text and bytes of users: strings become UTF-8, and collected output becomes a string once, at the end.
// The two codecs exist in every browser and in Node, but in no ECMAScript library type.

declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (label: string, options: { ignoreBOM: boolean }) => Utf8Decoder

interface Utf8Decoder {
  decode(bytes?: Uint8Array, options?: { stream: boolean }): string
}

export function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data
}

/** What is not UTF-8 becomes U+FFFD; a byte order mark stays, as in any other program's output. */
export function textOf(bytes: Uint8Array): string {
  return utf8Decoder().decode(bytes)
}

/** Text of output that comes in pieces: a character that was split over records is whole again [LOG-3]. */
export class OutputText {
  #decoders = { stdout: utf8Decoder(), stderr: utf8Decoder() }

  decode(stream: 'stdout' | 'stderr', bytes: Uint8Array): string {
    return this.#decoders[stream].decode(bytes, { stream: true })
  }

  /** No more of this follows. @returns U+FFFD for each character that was begun, usually nothing */
  finish(): string {
    const { stdout, stderr } = this.#decoders
    return stdout.decode() + stderr.decode()
  }
}

function utf8Decoder(): Utf8Decoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}

/** One buffer of its own with all parts. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}
