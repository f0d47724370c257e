// Owns how tests ask what a decoder did: accept, or refuse by a LimpetError. Anything else that it throws
// passes through and fails the test.
import { LimpetError, type ErrorCode } from '../src/errors.ts'

/** @returns the code of the refusal, or "accepted" */
export function codeOf(decode: () => unknown): ErrorCode | 'accepted' {
  try {
    decode()
  } catch (error) {
    if (error instanceof LimpetError) return error.code
    throw error
  }
  return 'accepted'
}

/** @returns the refusal @throws Error when there is none */
export function refusalOf(decode: () => unknown): LimpetError {
  try {
    decode()
  } catch (error) {
    if (error instanceof LimpetError) return error
    throw error
  }
  throw new Error('accepted, and should have been refused')
}
