// Owns the promise that a path named in a document leads somewhere. Documents rot where nobody runs them.
import { posix } from 'node:path'
import { lineAt } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */

/** These speak of what was, or of what was decided against. */
const HISTORY = /^(?:CHANGELOG\.md|docs\/decisions\/)/

/** `code`, [text](target) and, in drawings, anything with a slash and a source file's ending. */
const CODE_SPAN = /`([^`\n]+)`/g
const LINK = /\]\(([^)\s]+)\)/g
const DRAWN_PATH = /(?<![\w./@:-])[\w@-]+(?:\/[\w@.-]+)+\.(?:ts|tsx|mjs|md|py|css|html)\b/g

const PATH_LETTERS = /^[\w@.*{},/-]+$/
const SOURCE_ENDING = /\.(?:ts|tsx|mjs|md|py)$/

/** Made by a build or an installation: there only afterwards. */
const MADE = /(?:^|\/)(?:dist|node_modules)(?:\/|$)/

/**
 * @param {string} markdown
 * @returns {{ path: string, line: number, isLink: boolean }[]} what looks like a path, in order
 */
export function pathsNamedIn(markdown) {
  const fences = [...markdown.matchAll(/^(```|~~~)[^]*?^\1/gm)].map(({ index, 0: text }) => ({
    start: index,
    end: index + text.length,
  }))
  /** @param {number} index */
  const isFenced = (index) => fences.some(({ start, end }) => index >= start && index < end)
  /** @type {{ path: string, index: number, isLink: boolean }[]} */
  const found = []
  for (const { index, 1: path = '' } of markdown.matchAll(LINK)) {
    if (!isFenced(index) && !/^(?:[a-z]+:|#)/.test(path)) found.push({ path, index, isLink: true })
  }
  for (const { index, 1: path = '' } of markdown.matchAll(CODE_SPAN)) {
    if (!isFenced(index)) found.push({ path, index, isLink: false })
  }
  for (const { index, 0: path } of markdown.matchAll(DRAWN_PATH)) {
    if (isFenced(index)) found.push({ path, index, isLink: false })
  }
  return found
    .toSorted((a, b) => a.index - b.index)
    .map(({ path, index, isLink }) => ({
      path: path
        .replace(/#.*$/, '')
        .replace(/:\d+(?::\d+)?$/, '')
        .replace(/\/$/, ''),
      line: lineAt(markdown, index),
      isLink,
    }))
    .filter(({ path }) => path !== '')
}

/**
 * Answers for one document whether a name in it leads somewhere.
 * @param {string} document
 * @param {ReadonlyArray<string>} files
 * @returns {(path: string, isLink: boolean) => boolean} true also for what is no path of this repository
 */
function leadsSomewhere(document, files) {
  const paths = new Set(files)
  for (const file of files) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
      paths.add(folder)
  }
  const here = posix.dirname(document)
  /** @param {string} path */
  const exists = (path) => {
    if (!/[*{]/.test(path)) return paths.has(path)
    const pattern = globToPattern(path)
    return [...paths].some((candidate) => pattern.test(candidate))
  }
  return (path, isLink) => {
    if (MADE.test(path) || exists(posix.join(here, path))) return true
    if (isLink) return false
    if (!PATH_LETTERS.test(path) || exists(posix.normalize(path))) return true
    // A room's document may say `spawn.ts` or `process/spawn.ts`, as its readers do.
    if (SOURCE_ENDING.test(path))
      return [...paths].some((candidate) => candidate.endsWith(`/${path}`))
    const first = path.split('/')[0] ?? ''
    const isOurs = path.includes('/') && (paths.has(first) || paths.has(posix.join(here, first)))
    return !isOurs
  }
}

/**
 * @param {string} glob with `*`, `**` and `{a,b}`
 * @returns {RegExp}
 */
function globToPattern(glob) {
  const source = glob.replace(/\*\*|\*|[{},]|[.@+^$()|[\]\\-]/g, (part) => {
    const replacement = { '**': '.*', '*': '[^/]*', '{': '(?:', '}': ')', ',': '|' }[part]
    return replacement ?? `\\${part}`
  })
  return new RegExp(`^${source}$`)
}

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findDeadPaths({ files, read }) {
  const documents = files.filter((file) => file.endsWith('.md') && !HISTORY.test(file))
  return documents.flatMap((file) => {
    const leads = leadsSomewhere(file, files)
    return pathsNamedIn(read(file))
      .filter(({ path, isLink }) => !leads(path, isLink))
      .map(({ path, line }) => ({
        file,
        line,
        message: `${path} is not there: correct the name, or the document.`,
      }))
  })
}
