// Owns random secrets and their comparison: 256 bits, kept and compared as SHA-256, so that neither time
// nor a stolen file tells them.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const SECRET_BYTES = 32

/** 43 characters of base64url: fits into URLs, headers and WebSocket subprotocols. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** 64 hex digits. Useless as a secret itself: what is presented is hashed again. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares in a time that does not depend on where they differ. @param hash of the right secret */
export function isSecret(candidate: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(candidate), 'hex'), Buffer.from(hash, 'hex'))
}

/** True for what `hashOf` gives. */
export function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
