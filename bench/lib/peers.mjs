// Owns running what Limpet is compared with: the C reader of a PTY, and a plain pipeline.

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** @returns {Promise<{ path: string, remove: () => Promise<void> }>} the compiled reader */
export async function compilePtyReader() {
  const source = fileURLToPath(new URL('../peers/pty-reader.c', import.meta.url))
  const folder = await mkdtemp(join(tmpdir(), 'limpet-bench-'))
  const target = join(folder, 'pty-reader')
  await run('gcc', ['-O2', '-o', target, source, '-lutil'])
  return { path: target, remove: () => rm(folder, { recursive: true }) }
}

/**
 * @param {string} reader
 * @param {readonly string[]} argv
 * @returns {Promise<number>} megabytes a second
 */
export async function readByC(reader, argv) {
  const { stdout } = await run(reader, argv)
  const [bytes = 0, seconds = 1] = stdout.trim().split(' ').map(Number)
  return bytes / seconds / 1e6
}

/**
 * `cat FILE | cat`: a pipe with nothing behind it.
 * @param {string} file
 * @param {number} bytes
 * @returns {Promise<number>} megabytes a second
 */
export async function readByCat(file, bytes) {
  const start = performance.now()
  await run('sh', ['-c', 'cat "$0" | cat > /dev/null', file])
  return bytes / ((performance.now() - start) / 1000) / 1e6
}
