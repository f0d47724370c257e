// Fills the table of docs/RELIABILITY.md, between its markers, from tools/reliability/faults.mjs and the figures that
// the fault tests measured last; with --check it only says whether the table is current. A run of the tests leaves its
// figures in dist/faults; they are taken over into docs/reliability-figures.json here.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fillMarkers } from './generate-protocol-docs.mjs'
import { FAULTS } from './reliability/faults.mjs'

/** @import { Fault } from './reliability/faults.mjs' */

/**
 * What a test has measured; `part` tells several tests of one fault apart.
 * @typedef {{ fault: string, part: string, text: string, round: 'short' | 'full', at: string }} Figure
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DOCUMENT = join(ROOT, 'docs/RELIABILITY.md')
const KEPT_FIGURES = join(ROOT, 'docs/reliability-figures.json')
const FRESH_FIGURES = join(ROOT, 'dist/faults')

/** @returns {Figure[]} */
function readKept() {
  if (!existsSync(KEPT_FIGURES)) return []
  return /** @type {Figure[]} */ (JSON.parse(readFileSync(KEPT_FIGURES, 'utf8'))) // written below
}

/** @returns {Figure[]} of the last runs on this machine */
function readFresh() {
  if (!existsSync(FRESH_FIGURES)) return []
  return readdirSync(FRESH_FIGURES).map((name) => {
    const text = readFileSync(join(FRESH_FIGURES, name), 'utf8')
    return /** @type {Figure} */ (JSON.parse(text)) // written by @limpet/testkit
  })
}

/**
 * A fresh figure takes the place of the one of the same fault and part, but a short round never that of a full one.
 * @param {ReadonlyArray<Figure>} kept
 * @param {ReadonlyArray<Figure>} fresh
 * @returns {Figure[]} in the order of the table
 */
export function mergeFigures(kept, fresh) {
  const byKey = new Map(kept.map((figure) => [`${figure.fault} ${figure.part}`, figure]))
  for (const figure of fresh) {
    const key = `${figure.fault} ${figure.part}`
    const former = byKey.get(key)
    if (former?.round === 'full' && figure.round === 'short') continue
    if (former === undefined || former.at < figure.at || former.round === 'short') {
      byKey.set(key, figure)
    }
  }
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, figure]) => figure)
}

/**
 * @param {ReadonlyArray<Fault>} faults
 * @param {ReadonlyArray<Figure>} figures
 * @returns {string}
 */
export function faultTable(faults, figures) {
  const rows = faults.map(({ id, fault, injected, promise, tests }) => {
    const links = tests.map((path) => `[${path.split('/').at(-1)}](../${path})`).join(', ')
    return `| ${id} | ${fault} | ${injected} | ${promise} | ${measured(id, figures)} | ${links} |`
  })
  return [
    '| | fault | injected | promise | last measured | test |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/**
 * @param {string} id
 * @param {ReadonlyArray<Figure>} figures
 * @returns {string}
 */
function measured(id, figures) {
  const own = figures.filter(({ fault }) => fault === id)
  if (own.length === 0) return 'passed or failed, no figure'
  return own
    .map(({ part, text, round, at }) => {
      const words = part === '' ? text : `${part}: ${text}`
      return `${words.replaceAll('|', '\\|')} (${round} round, ${at.slice(0, 10)})`
    })
    .join('<br>')
}

/** @param {boolean} isCheck */
function main(isCheck) {
  const kept = readKept()
  const figures = isCheck ? kept : mergeFigures(kept, readFresh())
  const former = readFileSync(DOCUMENT, 'utf8')
  const current = fillMarkers(former, { faults: faultTable(FAULTS, figures) })
  if (isCheck) {
    const unknown = figures.filter(({ fault }) => !FAULTS.some(({ id }) => id === fault))
    for (const { fault } of unknown) console.error(`figures of ${fault}, which has no row`)
    if (current !== former) console.error('docs/RELIABILITY.md is not what its figures say')
    if (current !== former || unknown.length > 0) process.exitCode = 1
    return
  }
  writeFileSync(KEPT_FIGURES, `${JSON.stringify(figures, null, 2)}\n`)
  writeFileSync(DOCUMENT, current)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'))
