// Owns the longest a source file may be. Every codebase with larger files has one that everybody fears.
import { isGenerated } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */

/** The hard limit; the aim is 150, and from 300 on a review asks why it is one file. */
export const MAX_SOURCE_LINES = 400

const SOURCE = /\.(?:ts|tsx|mts|js|mjs|cjs|css|py|sh)$/

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findLongFiles({ files, read }) {
  return files.flatMap((file) => {
    if (!SOURCE.test(file)) return []
    const text = read(file)
    const count = text.trimEnd().split('\n').length
    if (count <= MAX_SOURCE_LINES || isGenerated(text)) return []
    const message = `${count} lines, the limit is ${MAX_SOURCE_LINES}: split it along its reasons to change.`
    return [{ file, line: MAX_SOURCE_LINES + 1, message }]
  })
}
