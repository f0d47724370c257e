// Owns what the lock file must hold and must not: every platform's optional packages, and no registry's address.
import { complainByLine, lineAt } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */

const LOCK_FILE = 'package-lock.json'

/**
 * The part of a lock file that matters here; keys are folders such as `node_modules/ws`.
 * @typedef {{ packages: Record<string, { optionalDependencies?: Record<string, string> }> }} Lock
 */

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findLockFileFaults({ files, read }) {
  if (!files.includes(LOCK_FILE)) {
    return [{ file: LOCK_FILE, line: 1, message: 'missing: run `npm install` and commit it.' }]
  }
  const text = read(LOCK_FILE)
  return [...registryComplaints(text), ...optionalComplaints(text)].map((problem) => ({
    file: LOCK_FILE,
    ...problem,
  }))
}

/**
 * An address would bind everybody to the registry of whoever wrote the file.
 * @param {string} text
 */
function registryComplaints(text) {
  const message =
    'names a registry: run `rm -r node_modules package-lock.json && npm install` (.npmrc leaves it out).'
  return complainByLine(text, (line) =>
    /"resolved":\s*"[a-z+]*:\/\//.test(line) ? message : undefined,
  )
}

/**
 * npm leaves out the binary of another platform without a word when the registry lacks that version;
 * then `npm ci` refuses the file everywhere.
 * @param {string} text
 */
function optionalComplaints(text) {
  const { packages } = /** @type {Lock} */ (JSON.parse(text)) // written by npm
  const folders = Object.keys(packages)
  return Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !folders.some((candidate) => candidate.endsWith(`node_modules/${name}`)))
      .map((name) => ({
        line: lineAt(text, text.indexOf(`"${folder}"`)),
        message: `lacks ${name}, which ${folder} may need: choose a version whose packages all exist.`,
      })),
  )
}
