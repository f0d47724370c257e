// Owns the branded identifiers and offsets of the wire. They are made only by the functions here, so
// a plain number or string never passes for one. Must not know how ids are drawn (that needs randomness).

declare const brand: unique symbol
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }

/** A session's id: 26 characters of lower-case base32hex, 128 random bits. Unique everywhere, never reused. */
export type SessionId = Brand<string, 'SessionId'>

/** One SDK instance: 32 lower-case hex digits, 128 random bits. A secret between client and host. */
export type ClientId = Brand<string, 'ClientId'>

/** One viewer of one session, chosen by the client: u32, never reused within a connection. */
export type AttachmentId = Brand<number, 'AttachmentId'>

/** A position in a session's log, in payload bytes from its start [LOG-1]: 0 … 2^53−1. */
export type ByteOffset = Brand<number, 'ByteOffset'>

/** Number of an input frame within (session, client): 1, 2, 3 …; 0 means "none yet". */
export type InputSequence = Brand<number, 'InputSequence'>

const ID_BYTES = 16 // 128 bits
const SESSION_ID = /^[0-9a-v]{26}$/
const CLIENT_ID = /^[0-9a-f]{32}$/
const BASE32HEX = '0123456789abcdefghijklmnopqrstuv'

/** @returns the id, or undefined when `text` is not one. */
export function parseSessionId(text: string): SessionId | undefined {
  return SESSION_ID.test(text) ? (text as SessionId) : undefined // brand: checked on this line
}

/** @returns the id, or undefined when `text` is not one. */
export function parseClientId(text: string): ClientId | undefined {
  return CLIENT_ID.test(text) ? (text as ClientId) : undefined // brand: checked on this line
}

/** @param random exactly 16 bytes from a cryptographic source @throws RangeError for another length */
export function sessionIdFrom(random: Uint8Array): SessionId {
  requireIdBytes(random)
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of random) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) text += BASE32HEX[(held >> (bits - 5)) & 31] ?? ''
  }
  text += BASE32HEX[(held << (5 - bits)) & 31] ?? ''
  return text as SessionId // brand: 128 bits are 25 whole digits and one padded
}

/** @param random exactly 16 bytes from a cryptographic source @throws RangeError for another length */
export function clientIdFrom(random: Uint8Array): ClientId {
  requireIdBytes(random)
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0'))
  return hex.join('') as ClientId // brand: 16 bytes are 32 hex digits
}

/** @param value an integer 0 … 2^32−1 @throws RangeError otherwise */
export function attachmentId(value: number): AttachmentId {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new RangeError(`attachment id ${value} is not an integer from 0 to 2^32−1`)
  }
  return value as AttachmentId // brand: checked above
}

/** @param value an integer 0 … 2^53−1 @throws RangeError otherwise */
export function byteOffset(value: number): ByteOffset {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`offset ${value} is not an integer from 0 to 2^53−1`)
  }
  return value as ByteOffset // brand: checked above
}

/** @param value an integer 0 … 2^53−1 @throws RangeError otherwise */
export function inputSequence(value: number): InputSequence {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`input sequence ${value} is not an integer from 0 to 2^53−1`)
  }
  return value as InputSequence // brand: checked above
}

function requireIdBytes(random: Uint8Array): void {
  if (random.byteLength === ID_BYTES) return
  throw new RangeError(`an id is made of ${ID_BYTES} random bytes, not of ${random.byteLength}`)
}
