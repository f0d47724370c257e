// Owns the measured figures of a fault test: one file each, from which tools/generate-reliability.mjs fills the
// table of docs/RELIABILITY.md. Must not know what is measured.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSoak } from './fault-round.ts'
import { builtPath } from './server-process.ts'

/** Below `dist`: a result of running, not a source. */
const FIGURES_FOLDER = 'dist/faults'

/**
 * Keeps what a test has measured, and prints it.
 * @param fault its number in the table, such as "F01"
 * @param text such as "50 rounds: back after 0.8 s at most (≤ 3 s), 0 lines lost"
 * @param part when several tests belong to one fault: its name among them @default "", the only one
 */
export function recordFigure(fault: string, text: string, part: string = ''): void {
  const folder = builtPath(FIGURES_FOLDER)
  mkdirSync(folder, { recursive: true })
  const facts = {
    fault,
    part,
    text,
    round: isSoak() ? 'full' : 'short',
    at: new Date().toISOString(),
  }
  const name = part === '' ? fault : `${fault}-${part.replaceAll(/\W+/g, '-')}`
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(facts, null, 2)}\n`)
  process.stdout.write(`${[fault, part].filter(Boolean).join(' ')}: ${text}\n`)
}
