// Owns paths that exist only on the machine of whoever wrote them.
import { complainByLine } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */

/** Top folders that hold a developer's own files. In pieces, so that this file does not find itself. */
const PRIVATE_FOLDERS = ['work', 'root', 'Users']

/** Such a folder with something in it, at the start of an absolute path. */
const PRIVATE_PATH = new RegExp(`(?<![\\w.~/}*-])/(?:${PRIVATE_FOLDERS.join('|')})/[\\w.-]+`)

/**
 * @param {string} text
 * @returns {string | undefined} the first path of one machine in it
 */
export function privatePathIn(text) {
  return PRIVATE_PATH.exec(text)?.[0]
}

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findMachinePaths({ files, read }) {
  return files.flatMap((file) =>
    complainByLine(read(file), (line) => {
      const path = privatePathIn(line)
      return path && `${path} exists on one machine only: use a relative or a temporary path.`
    }).map((problem) => ({ file, ...problem })),
  )
}
