// Owns what the lock file must not hold: addresses of a registry, which would bind every user to ours.
import { complainByLine } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */

const LOCK_FILE = 'package-lock.json'

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findRegistryAddresses({ files, read }) {
  if (!files.includes(LOCK_FILE)) {
    return [{ file: LOCK_FILE, line: 1, message: 'missing: run `npm install` and commit it.' }]
  }
  const message =
    'names a registry: run `rm -r node_modules package-lock.json && npm install` (.npmrc leaves it out).'
  const problems = complainByLine(read(LOCK_FILE), (line) =>
    /"resolved":\s*"[a-z+]*:\/\//.test(line) ? message : undefined,
  )
  return problems.map((problem) => ({ file: LOCK_FILE, ...problem }))
}
