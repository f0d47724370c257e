// Owns how results are told: a table for people, every raw value for programs.

import { readFile, writeFile } from 'node:fs/promises'
import { cpus, release } from 'node:os'

/**
 * @typedef {object} Row
 * @property {string} measure what was measured
 * @property {string} value median and spread, with unit
 * @property {string} target what it must reach; empty when there is none
 * @property {boolean | undefined} isReached undefined when there is no target
 * @property {Readonly<Record<string, readonly number[]>>} raw every value
 */

const TABLE = /(<!-- generated: bench -->\n)[\s\S]*?(<!-- end -->)/

/**
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function table(rows) {
  const lines = rows.map(({ measure, value, target, isReached }) => {
    const verdict = isReached === undefined ? '' : isReached ? 'yes' : 'no'
    return `| ${measure} | ${value} | ${target} | ${verdict} |`
  })
  return [
    '| measure | median [least–most] | target | reached |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n')
}

/** @returns {string} what the figures depend on, in one line */
export function machine() {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model ?? 'unknown processor'}, Linux ${release()}, Node ${process.version}`
}

/**
 * Puts the table into the document and the raw values beside the scenarios.
 * @param {readonly Row[]} rows
 */
export async function writeResults(rows) {
  const document = new URL('../../docs/PERFORMANCE.md', import.meta.url)
  const text = await readFile(document, 'utf8')
  const filled = `$1\nMeasured on ${machine()}.\n\n${table(rows)}\n\n$2`
  await writeFile(document, text.replace(TABLE, filled))
  const results = {
    machine: machine(),
    measures: rows.map(({ measure, raw }) => ({ measure, raw })),
  }
  const file = new URL('../results.json', import.meta.url)
  await writeFile(file, `${JSON.stringify(results, undefined, 1)}\n`)
}
