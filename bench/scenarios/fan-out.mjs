// One session with many viewers: what all of them together are sent.

import { withLimpet } from '../lib/limpet.mjs'
import { makePayload } from '../lib/payload.mjs'
import { spread } from '../lib/statistics.mjs'
import { Viewer } from '../lib/viewer.mjs'

/** @import { LimpetFixture } from '@limpet/testkit' */
/** @import { Setting } from '../run.mjs' */
/** @import { SessionId } from '@limpet/protocol' */
/** @import { Row } from '../lib/report.mjs' */

const VIEWERS = [1, 10, 100]

/**
 * @param {Setting} setting
 * @returns {Promise<readonly Row[]>}
 */
export async function fanOut({ rounds }) {
  const rows = []
  for (const viewers of VIEWERS) {
    const speeds = []
    for (let round = 0; round < Math.min(rounds, 3); round++) speeds.push(await measure(viewers))
    rows.push({
      measure: `terminal output to ${viewers} viewers, all together`,
      value: `${spread(speeds, 0)} MB/s`,
      target: '',
      isReached: undefined,
      raw: { megabytesPerSecond: speeds },
    })
  }
  return rows
}

/**
 * @param {number} count of viewers, each on a connection of its own
 * @returns {Promise<number>} megabytes a second
 */
function measure(count) {
  return withLimpet((limpet) => readWith(limpet, count))
}

/**
 * @param {LimpetFixture} limpet
 * @param {number} count
 * @returns {Promise<number>}
 */
async function readWith(limpet, count) {
  const payload = await makePayload(Math.max(5e6, 50e6 / count))
  const first = await Viewer.connect(limpet)
  const { view, exited } = first.watch({ attachment: 1 })
  const script = `read go; cat ${payload.path}`
  const start = { program: 'exec', argv: ['sh', '-c', script], tty: true, view }
  const { session } = await first.request('program.start', start)
  const others = []
  for (let other = 1; other < count; other++) others.push(await join(limpet, session.id))
  const begin = performance.now()
  first.type(1, 1, '\r')
  await Promise.all([exited, ...others.map((other) => other.exited)])
  const seconds = (performance.now() - begin) / 1000
  const viewers = [first, ...others.map((other) => other.viewer)]
  const bytes = viewers.reduce((sum, viewer) => sum + viewer.received(1), 0)
  await Promise.all(viewers.map((viewer) => viewer.close()))
  await payload.remove()
  return bytes / seconds / 1e6
}

/**
 * @param {LimpetFixture} limpet
 * @param {SessionId} session
 */
async function join(limpet, session) {
  const viewer = await Viewer.connect(limpet)
  const { view, exited } = viewer.watch({ attachment: 1 })
  await viewer.request('session.attach', { session, from: 'start', view })
  return { viewer, exited }
}
