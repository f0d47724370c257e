// Owns the freshness of generated files: every tools/generate-*.mjs can say with --check whether its output is current.
import { spawnSync } from 'node:child_process'

/** @import { Problem, Repository } from './repository.mjs' */

const GENERATOR = /^tools\/generate-[^/]+\.mjs$/

/** A generator reads declarations and writes text; one that takes longer hangs. */
const GENERATOR_TIMEOUT_MS = 60_000

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findStaleFiles({ root, files }) {
  return files
    .filter((file) => GENERATOR.test(file))
    .flatMap((file) => {
      const { status, stdout, stderr, error } = spawnSync(process.execPath, [file, '--check'], {
        cwd: root,
        encoding: 'utf8',
        timeout: GENERATOR_TIMEOUT_MS,
      })
      if (status === 0) return []
      const said = `${stdout ?? ''}${stderr ?? ''}`.trim() || String(error ?? 'no output')
      return [
        { file, line: 1, message: `its output is stale: run \`node ${file}\`. It says: ${said}` },
      ]
    })
}
