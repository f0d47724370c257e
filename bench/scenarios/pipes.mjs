// Output over pipes from the process to a client, log on, beside `cat FILE | cat`.

import { withLimpet } from '../lib/limpet.mjs'
import { makePayload } from '../lib/payload.mjs'
import { readByCat } from '../lib/peers.mjs'
import { spread } from '../lib/statistics.mjs'
import { readAll, Viewer } from '../lib/viewer.mjs'

/** @import { LimpetFixture } from '@limpet/testkit' */
/** @import { Setting } from '../run.mjs' */
/** @import { Row } from '../lib/report.mjs' */

/**
 * @param {Setting} setting
 * @returns {Promise<readonly Row[]>}
 */
export function pipes(setting) {
  return withLimpet((limpet) => measure(limpet, setting))
}

/**
 * @param {LimpetFixture} limpet
 * @param {Setting} setting
 * @returns {Promise<Row[]>}
 */
async function measure(limpet, { rounds }) {
  const payload = await makePayload(300e6)
  const viewer = await Viewer.connect(limpet)
  const speeds = []
  const plain = []
  for (let round = 1; round <= rounds; round++) {
    plain.push(await readByCat(payload.path, payload.bytes))
    speeds.push(await readAll(viewer, round, { argv: ['cat', payload.path], tty: false }))
  }
  await viewer.close()
  await payload.remove()
  return [
    {
      measure: 'output over pipes, process → client (`cat FILE \\| cat`)',
      value: `${spread(speeds, 0)} (${spread(plain, 0)}) MB/s`,
      target: '',
      isReached: undefined,
      raw: { limpet: speeds, plain },
    },
  ]
}
