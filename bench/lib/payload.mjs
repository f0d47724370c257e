// Owns the bytes that the scenarios print: lines as a build prints them, in a file of a known size.

import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LINE = 'src/compiler/transform.ts:1042:17 - checked 318 nodes in 12.4 ms, 7 kept\n'

/**
 * @param {number} bytes
 * @returns {Promise<{ path: string, bytes: number, remove: () => Promise<void> }>}
 */
export async function makePayload(bytes) {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-bench-'))
  const path = join(folder, 'payload.txt')
  const block = Buffer.from(LINE.repeat(Math.ceil((1024 * 1024) / LINE.length)))
  const file = await open(path, 'w')
  let written = 0
  for (; written < bytes; written += block.byteLength) await file.write(block)
  await file.close()
  return { path, bytes: written, remove: () => rm(folder, { recursive: true }) }
}
