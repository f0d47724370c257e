// Owns the short name of a state directory. Cookies ignore ports, so the printed link and the cookie carry
// it: two gateways on one machine, with different states, never overwrite each other's login.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { LimpetError } from '@limpet/protocol'
import { createPrivateFile } from './private-file.ts'

/** 8 hex digits, the same for every gateway on this state. */
export async function loadIdentity(stateDirectory: string): Promise<string> {
  const path = join(stateDirectory, 'identity.json')
  const fresh = JSON.stringify({ id: randomBytes(4).toString('hex') })
  const id = idIn(await createPrivateFile(path, `${fresh}\n`))
  if (id !== undefined) return id
  throw new LimpetError(
    'DIRECTORY_UNSAFE',
    `The file ${path} holds no identity. Remove it; a new one is made.`,
    { details: { path } },
  )
}

function idIn(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : ''
    return typeof id === 'string' && /^[0-9a-f]{8}$/.test(id) ? id : undefined
  } catch {
    return undefined // not JSON: nothing of ours
  }
}
