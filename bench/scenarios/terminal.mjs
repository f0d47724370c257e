// Terminal output from the process to a client, log on, beside a C loop that reads the same PTY.

import { withLimpet } from '../lib/limpet.mjs'
import { makePayload } from '../lib/payload.mjs'
import { readByC } from '../lib/peers.mjs'
import { median, spread } from '../lib/statistics.mjs'
import { readAll, Viewer } from '../lib/viewer.mjs'

/** @import { LimpetFixture } from '@limpet/testkit' */
/** @import { Setting } from '../run.mjs' */
/** @import { Row } from '../lib/report.mjs' */

const TARGET = 0.65

/**
 * Each round of Limpet's is bracketed by two of the reader's: the machine's neighbours change by the second.
 * @param {Setting} setting
 * @returns {Promise<readonly Row[]>}
 */
export function terminal(setting) {
  return withLimpet((limpet) => measure(limpet, setting))
}

/**
 * @param {LimpetFixture} limpet
 * @param {Setting} setting
 * @returns {Promise<Row[]>}
 */
async function measure(limpet, { rounds, ptyReader }) {
  const payload = await makePayload(100e6)
  const viewer = await Viewer.connect(limpet)
  const argv = ['cat', payload.path]
  const speeds = []
  const ratios = []
  const bare = []
  let before = await readByC(ptyReader, argv)
  for (let round = 1; round <= rounds; round++) {
    const speed = await readAll(viewer, round, { argv, tty: true })
    const after = await readByC(ptyReader, argv)
    speeds.push(speed)
    ratios.push(speed / ((before + after) / 2))
    bare.push(after)
    before = after
  }
  await viewer.close()
  await payload.remove()
  return [
    {
      measure: 'terminal output, share of a bare C loop',
      value: spread(ratios, 2),
      target: `≥ ${TARGET}`,
      isReached: median(ratios) >= TARGET,
      raw: { ratios },
    },
    {
      measure: 'terminal output, process → client (C loop)',
      value: `${spread(speeds, 1)} (${spread(bare, 1)}) MB/s`,
      target: '',
      isReached: undefined,
      raw: { limpet: speeds, bare },
    },
  ]
}
