// Tests that shares are one list for all gateways, of which no secret can be made, and that it is bounded.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_SHARES, sessionIdFrom } from '@limpet/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Shares } from '../../src/auth/shares.ts'
import { systemClock } from '../../src/clock.ts'

let stateDirectory = ''
beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'limpet-shares-'))
})
afterEach(() => rm(stateDirectory, { recursive: true }))

const session = sessionIdFrom(new Uint8Array(16))

function open(): Shares {
  return new Shares({ stateDirectory, clock: systemClock })
}

test('two gateways that share at once lose none, and each knows the other’s', async () => {
  const [one, other] = [open(), open()]
  const made = await Promise.all(
    [one, other, one, other].map((shares) => shares.create({ session })),
  )
  for (const { share, secret } of made) {
    expect((await one.find(share.id, secret))?.id).toBe(share.id)
    expect((await other.find(share.id, secret))?.id).toBe(share.id)
    expect(await other.find(share.id, `${secret}x`)).toBeUndefined()
  }
  await one.revoke(made[0]?.share.id ?? '')
  expect(await other.list()).toHaveLength(3)
})

test('no more than MAX_SHARES hold at once', async () => {
  const now = Date.now()
  const shares = Array.from({ length: MAX_SHARES }, (_none, index) => ({
    id: index.toString(32).padStart(13, '0'),
    session,
    role: 'viewer',
    name: '',
    createdAt: now,
    expiresAt: now + 60_000,
    hash: '0'.repeat(64),
  }))
  const path = join(stateDirectory, 'shares.json')
  await writeFile(path, JSON.stringify({ shares }), { mode: 0o600 })
  await expect(open().create({ session })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  await open().revoke('0'.repeat(13))
  expect((await open().create({ session })).share.session).toBe(session)
})

test('a file that others may read or write lets nobody in', async () => {
  const { share, secret } = await open().create({ session })
  await rm(join(stateDirectory, 'shares.json'))
  await writeFile(join(stateDirectory, 'shares.json'), '{"shares":[]}', { mode: 0o644 })
  await expect(open().find(share.id, secret)).rejects.toMatchObject({ code: 'DIRECTORY_UNSAFE' })
})
