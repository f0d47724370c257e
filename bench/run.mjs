// Owns a run of the benchmarks: which scenarios, in which order, how often.
//
//   node bench/run.mjs [SCENARIO …] [--rounds N] [--write]

import { parseArgs } from 'node:util'
import { compilePtyReader } from './lib/peers.mjs'
import { machine, table, writeResults } from './lib/report.mjs'
import { attach } from './scenarios/attach.mjs'
import { echo } from './scenarios/echo.mjs'
import { fanOut } from './scenarios/fan-out.mjs'
import { memory } from './scenarios/memory.mjs'
import { pipes } from './scenarios/pipes.mjs'
import { slowBesideFast } from './scenarios/slow-beside-fast.mjs'
import { terminal } from './scenarios/terminal.mjs'

/** @import { Row } from './lib/report.mjs' */
/** @typedef {{ rounds: number, ptyReader: string }} Setting */

/** @type {Readonly<Record<string, (setting: Setting) => Promise<readonly Row[]>>>} */
const SCENARIOS = { terminal, pipes, echo, attach, memory, fanOut, slowBesideFast }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
})
const names = positionals.length > 0 ? positionals : Object.keys(SCENARIOS)
const unknown = names.filter((name) => !Object.hasOwn(SCENARIOS, name))
if (unknown.length > 0) {
  console.error(
    `No scenario ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}.`,
  )
  process.exit(2)
}

const ptyReader = await compilePtyReader()
const setting = { rounds: Number(values.rounds), ptyReader: ptyReader.path }
/** @type {Row[]} */
const rows = []
for (const name of names) {
  console.error(`… ${name}`)
  rows.push(...((await SCENARIOS[name]?.(setting)) ?? []))
}
await ptyReader.remove()
console.log(`${machine()}\n\n${table(rows)}`)
if (values.write) await writeResults(rows)
