// Owns the list of other people's code that users run: each library with its reason and licence in docs/DEPENDENCIES.md.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lineAt } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */

const LIST = 'docs/DEPENDENCIES.md'

/** Shorter is no reason. */
const MIN_REASON_LENGTH = 15

/**
 * The parts of a package.json that matter here.
 * @typedef {{ private?: boolean, name?: string, license?: string, dependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string>, devDependencies?: Record<string, string> }} Manifest
 */

/**
 * Libraries that a package's users run. Those of the page are bundled into it, so its devDependencies count when its
 * sources or its build bring them in.
 * @param {Manifest} manifest
 * @param {string} sources all source text of the package
 * @returns {string[]}
 */
export function runTimeDependencies(manifest, sources) {
  const bundled = Object.keys(manifest.devDependencies ?? {}).filter((name) =>
    new RegExp(`['"]${name}(?:/[^'"]*)?['"]`).test(sources),
  )
  const declared = [manifest.dependencies, manifest.optionalDependencies].flatMap((list) =>
    Object.keys(list ?? {}),
  )
  return [...declared, ...bundled].filter(
    (name) => !name.startsWith('@limpet/') && name !== 'limpet',
  )
}

/**
 * @param {string} markdown
 * @returns {Map<string, { cells: string[], line: number }>} rows of its tables whose first cell is one `name`
 */
function listedDependencies(markdown) {
  /** @type {Map<string, { cells: string[], line: number }>} */
  const rows = new Map()
  for (const { index, 0: row, 1: name = '' } of markdown.matchAll(/^\|\s*\[?`([^`]+)`.*$/gm)) {
    const cells = row
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim())
    rows.set(name, { cells, line: lineAt(markdown, index) })
  }
  return rows
}

/**
 * @param {{ cells: ReadonlyArray<string> }} row
 * @param {string | undefined} licence what the installed package says; undefined when it is not installed
 * @returns {string | undefined} what the row lacks
 */
export function lackOf({ cells }, licence) {
  if (licence !== undefined && !cells.includes(licence))
    return `has no cell with its licence, ${licence}`
  if (!cells.some((cell) => cell.length >= MIN_REASON_LENGTH))
    return 'has no cell with the reason for it'
  return undefined
}

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findUnlistedDependencies({ root, files, read }) {
  if (!files.includes(LIST)) return [] // documents.mjs says that it is missing
  const rows = listedDependencies(read(LIST))
  /** @type {Problem[]} */
  const problems = []
  const known = new Set()
  for (const file of files.filter((path) => /^(?:packages\/[^/]+\/)?package\.json$/.test(path))) {
    const text = read(file)
    const manifest = /** @type {Manifest} */ (JSON.parse(text)) // npm has read it before us
    for (const list of [
      manifest.dependencies,
      manifest.optionalDependencies,
      manifest.devDependencies,
    ]) {
      for (const name of Object.keys(list ?? {})) known.add(name)
    }
    if (manifest.private) continue
    const folder = file.replace(/package\.json$/, 'src/')
    const sources = files
      .filter((path) => path.startsWith(folder))
      .map(read)
      .join('\n')
    for (const name of runTimeDependencies(manifest, sources)) {
      const row = rows.get(name)
      const line = lineAt(text, Math.max(text.indexOf(`"${name}"`), 0))
      if (!row)
        problems.push({ file, line, message: `${name} is not in ${LIST}: add reason and licence.` })
      const lack = row && lackOf(row, licenceOf(root, name))
      if (lack)
        problems.push({ file: LIST, line: row.line, message: `the row of ${name} ${lack}.` })
    }
  }
  for (const [name, { line }] of rows) {
    if (!known.has(name))
      problems.push({ file: LIST, line, message: `${name} is no dependency: remove the row.` })
  }
  return problems
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {string | undefined}
 */
function licenceOf(root, name) {
  try {
    const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')
    return /** @type {Manifest} */ (JSON.parse(text)).license // a published manifest
  } catch {
    // Optional for another platform, so not installed here; its row is checked where it is.
    return undefined
  }
}
