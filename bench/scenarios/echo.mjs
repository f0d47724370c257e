// How long a key takes to the process and back to a client: in a fresh server, warm, and while another session
// floods. The targets are twice what ttyd needs on such a machine.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { withLimpet } from '../lib/limpet.mjs'
import { percentile } from '../lib/statistics.mjs'
import { Viewer } from '../lib/viewer.mjs'

/** @import { LimpetFixture } from '@limpet/testkit' */
/** @import { Setting } from '../run.mjs' */
/** @import { Row } from '../lib/report.mjs' */

const FLOODER = fileURLToPath(new URL('../lib/flooder.mjs', import.meta.url))
const KEYS = 1000
const WARM_KEYS = 3000
const MEDIAN_TARGET_MS = 0.3
const P99_TARGET_MS = 1.2
const FLOOD_P99_TARGET_MS = 10

/**
 * @param {Setting} _setting
 * @returns {Promise<readonly Row[]>}
 */
export async function echo(_setting) {
  // The client compiles as it runs, too: it warms up with a Limpet of its own, so that what follows is the server's.
  await withLimpet(warmUp)
  return withLimpet(measure)
}

/** @param {LimpetFixture} limpet */
async function warmUp(limpet) {
  const viewer = await Viewer.connect(limpet)
  const keyboard = await openKeyboard(viewer)
  await keyboard(WARM_KEYS)
  await viewer.close()
}

/**
 * @param {LimpetFixture} limpet
 * @returns {Promise<Row[]>}
 */
async function measure(limpet) {
  const viewer = await Viewer.connect(limpet)
  const keyboard = await openKeyboard(viewer)
  const fresh = await keyboard(KEYS)
  await keyboard(WARM_KEYS)
  const warm = await keyboard(KEYS)
  const flooder = spawn(process.execPath, [FLOODER, limpet.url, limpet.token])
  await once(flooder.stdout, 'data')
  const flooded = await keyboard(KEYS)
  flooder.kill()
  await once(flooder, 'exit')
  await viewer.close()
  return [
    row('echo of a key, fresh server', fresh, P99_TARGET_MS),
    row('echo of a key, warm', warm, P99_TARGET_MS),
    row('echo of a key while another session floods', flooded, FLOOD_P99_TARGET_MS),
  ]
}

/**
 * A terminal in which `cat` runs: the terminal echoes each key at once.
 * @param {Viewer} viewer
 * @returns {Promise<(keys: number) => Promise<number[]>>} types so many keys, each after the echo of the one before
 */
async function openKeyboard(viewer) {
  let handleEcho = () => {}
  const { view } = viewer.watch({ attachment: 1, onPayload: () => handleEcho() })
  await viewer.request('program.start', { program: 'exec', argv: ['cat'], tty: true, view })
  let sequence = 0
  return async (keys) => {
    const times = []
    for (let key = 0; key < keys; key++) {
      const start = performance.now()
      const echoed = new Promise((resolve) => (handleEcho = () => resolve(true)))
      // A full line would wait in the terminal's own buffer; backspace is echoed as well.
      viewer.type(1, ++sequence, key % 2 === 0 ? 'x' : '\x7f')
      await echoed
      times.push(performance.now() - start)
    }
    return times
  }
}

/**
 * @param {string} measure
 * @param {readonly number[]} times
 * @param {number} p99TargetMs
 * @returns {Row}
 */
function row(measure, times, p99TargetMs) {
  const [middle, late] = [percentile(times, 50), percentile(times, 99)]
  const isAlone = p99TargetMs === P99_TARGET_MS
  return {
    measure: `${measure}, median / 99th percentile`,
    value: `${middle.toFixed(2)} / ${late.toFixed(2)} ms`,
    target: isAlone ? `≤ ${MEDIAN_TARGET_MS} / ≤ ${p99TargetMs} ms` : `99th ≤ ${p99TargetMs} ms`,
    isReached: late <= p99TargetMs && (!isAlone || middle <= MEDIAN_TARGET_MS),
    raw: { milliseconds: times.map((time) => Number(time.toFixed(3))) },
  }
}
