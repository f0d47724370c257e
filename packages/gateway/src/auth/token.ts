// Owns the token of a state directory: made at the first start, the same for every later one.

import { join } from 'node:path'
import { LimpetError } from '@limpet/protocol'
import { createPrivateFile } from './private-file.ts'
import { hashOf, isSecret, newSecret } from './secret.ts'

const TOKEN = /^[A-Za-z0-9_-]{43,}$/

/** Whoever knows it is the owner. Printing the object, or logging it, shows no token. */
export class Token {
  readonly path: string
  readonly #secret: string
  readonly #hash: string

  constructor(path: string, secret: string) {
    this.path = path
    this.#secret = secret
    this.#hash = hashOf(secret)
  }

  /** For the link and `--ready-json`, and nothing else. */
  reveal(): string {
    return this.#secret
  }

  matches(candidate: string): boolean {
    return isSecret(candidate, this.#hash)
  }
}

/**
 * @param given used instead of the file's, which is left alone: for containers, whose secrets come from outside
 * @throws LimpetError DIRECTORY_UNSAFE when the file is open to others or holds no token
 * @throws LimpetError PARAMETERS_INVALID when the given one is none
 */
export async function loadToken(stateDirectory: string, given?: string): Promise<Token> {
  const path = join(stateDirectory, 'token')
  if (given !== undefined) {
    if (TOKEN.test(given)) return new Token(path, given)
    throw new LimpetError(
      'PARAMETERS_INVALID',
      'The given token is too weak: at least 43 of A–Z, a–z, 0–9, _ and - (256 random bits) are needed.',
      { details: { parameter: 'token', characters: given.length } },
    )
  }
  const secret = (await createPrivateFile(path, `${newSecret()}\n`)).trim()
  if (TOKEN.test(secret)) return new Token(path, secret)
  throw new LimpetError(
    'DIRECTORY_UNSAFE',
    `The file ${path} holds no token of at least 43 letters. Remove it; a new one is made.`,
    { details: { path } },
  )
}
