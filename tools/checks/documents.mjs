// Owns which documents must be there, and how short the READMEs of rooms stay: one screen, or nobody reads them.

/** @import { Problem, Repository } from './repository.mjs' */

/** The way in: from a minute's start to one byte's whole way. */
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/PROTOCOL.md',
  'docs/TERMINOLOGY.md',
  'docs/DATA-PATH.md',
  'docs/DEPENDENCIES.md',
]

const MAX_ROOM_README_LINES = 25

/** What a newcomer types and what CI runs are the same line, in a fenced block of the README. */
const TEST_COMMAND = 'npm ci && npm test'

/**
 * @param {ReadonlyArray<string>} files
 * @returns {string[]} folders that need a README: every package, and every room of the host
 */
export function roomsOf(files) {
  const rooms = files.flatMap((file) => {
    const room = /^packages\/host\/src\/[^/]+(?=\/)/.exec(file)?.[0]
    const folder = /^packages\/[^/]+(?=\/)/.exec(file)?.[0]
    return [room, folder].filter((path) => path !== undefined)
  })
  return [...new Set(rooms)].toSorted()
}

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findMissingDocuments({ files, read }) {
  /** @type {Problem[]} */
  const problems = []
  const isThere = new Set(files)
  for (const file of DOCUMENTS) {
    if (!isThere.has(file)) problems.push({ file, line: 1, message: 'missing: write it.' })
  }
  if (isThere.has('README.md') && !read('README.md').split('\n').includes(TEST_COMMAND)) {
    const message = `does not show the line \`${TEST_COMMAND}\` in a fenced block; .ci/run runs exactly that.`
    problems.push({ file: 'README.md', line: 1, message })
  }
  for (const room of roomsOf(files)) {
    const file = `${room}/README.md`
    if (!isThere.has(file)) {
      const message =
        'missing: say purpose, what it may import, files in reading order, limits, where its tests are.'
      problems.push({ file, line: 1, message })
      continue
    }
    const count = read(file).trimEnd().split('\n').length
    if (count > MAX_ROOM_README_LINES) {
      const message = `${count} lines, the limit is ${MAX_ROOM_README_LINES}: move the rest to docs/.`
      problems.push({ file, line: MAX_ROOM_README_LINES + 1, message })
    }
  }
  return problems
}
