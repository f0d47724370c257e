// How long it takes to see the screen of a session: with an empty history, and after 100 MB of output.

import { withLimpet } from '../lib/limpet.mjs'
import { median, spread } from '../lib/statistics.mjs'
import { Viewer } from '../lib/viewer.mjs'

/** @import { LimpetFixture } from '@limpet/testkit' */
/** @import { Setting } from '../run.mjs' */
/** @import { SessionId } from '@limpet/protocol' */
/** @import { Row } from '../lib/report.mjs' */

const TARGET_MS = 100
const ATTACHES = 10
/** Lines of `seq` that make 100 MB with their carriage returns. */
const LINES = 11_500_000

/**
 * @param {Setting} _setting
 * @returns {Promise<readonly Row[]>}
 */
export function attach(_setting) {
  return withLimpet(measureBoth)
}

/**
 * @param {LimpetFixture} limpet
 * @returns {Promise<Row[]>}
 */
async function measureBoth(limpet) {
  const viewer = await Viewer.connect(limpet)
  const empty = await measure(viewer, 1, 'echo ready; exec cat')
  const full = await measure(viewer, 2 + ATTACHES, `seq ${LINES}; echo ready; exec cat`)
  await viewer.close()
  return [
    row('first screen of a session with an empty history', empty),
    row('first screen of a session after 100 MB of output', full),
  ]
}

/**
 * @param {Viewer} viewer
 * @param {number} attachment the first of ATTACHES + 1 unused ones
 * @param {string} script prints "ready" at its end
 * @returns {Promise<number[]>} milliseconds from the request to the checkpoint
 */
async function measure(viewer, attachment, script) {
  const tail = { text: '' }
  /** @type {(value: boolean) => void} */
  let handleReady = () => {}
  const ready = new Promise((resolve) => (handleReady = resolve))
  const { view } = viewer.watch({
    attachment,
    onPayload: (bytes) => {
      tail.text = (tail.text + bytes.subarray(-16).toString()).slice(-16)
      if (tail.text.includes('ready')) handleReady(true)
    },
  })
  const start = { program: 'exec', argv: ['sh', '-c', script], tty: true, view }
  const { session } = await viewer.request('program.start', start)
  await ready
  const times = []
  for (let round = 1; round <= ATTACHES; round++) {
    times.push(await attachOnce(viewer, attachment + round, session.id))
  }
  return times
}

/**
 * @param {Viewer} viewer
 * @param {number} attachment
 * @param {SessionId} session
 */
async function attachOnce(viewer, attachment, session) {
  /** @type {(value: boolean) => void} */
  let handleCheckpoint = () => {}
  const shown = new Promise((resolve) => (handleCheckpoint = resolve))
  const watching = { attachment, onCheckpoint: () => handleCheckpoint(true) }
  const { view } = viewer.watch(watching, { checkpoints: true })
  const begin = performance.now()
  await viewer.request('session.attach', { session, from: 'screen', view })
  await shown
  const took = performance.now() - begin
  await viewer.request('session.detach', { attachment: view.attachment })
  return took
}

/**
 * @param {string} measured
 * @param {readonly number[]} milliseconds
 * @returns {Row}
 */
function row(measured, milliseconds) {
  return {
    measure: measured,
    value: `${spread(milliseconds, 1)} ms`,
    target: `≤ ${TARGET_MS} ms`,
    isReached: median(milliseconds) <= TARGET_MS,
    raw: { milliseconds },
  }
}
