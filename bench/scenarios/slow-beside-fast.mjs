// What a viewer that reads 1 KiB a second costs a fast one of the same session.

import { withLimpet } from '../lib/limpet.mjs'
import { makePayload } from '../lib/payload.mjs'
import { median, spread } from '../lib/statistics.mjs'
import { readAll, Viewer } from '../lib/viewer.mjs'

/** @import { LimpetFixture } from '@limpet/testkit' */
/** @import { Setting } from '../run.mjs' */
/** @import { Row } from '../lib/report.mjs' */

const TARGET = 0.8
const SLOW_BYTES = 1024
const SLOW_INTERVAL_MS = 1000

/**
 * @param {Setting} setting
 * @returns {Promise<readonly Row[]>}
 */
export function slowBesideFast(setting) {
  return withLimpet((limpet) => measure(limpet, setting))
}

/**
 * @param {LimpetFixture} limpet
 * @param {Setting} setting
 * @returns {Promise<Row[]>}
 */
async function measure(limpet, { rounds }) {
  const payload = await makePayload(100e6)
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const fast = await Viewer.connect(limpet)
    const solo = await readAll(fast, 1, { argv: ['cat', payload.path], tty: true })
    ratios.push((await readBesideSlow(limpet, fast, payload.path)) / solo)
    await fast.close()
  }
  await payload.remove()
  return [
    {
      measure: 'a fast viewer beside one that reads 1 KiB/s, share of its rate alone',
      value: spread(ratios, 2),
      target: `≥ ${TARGET}`,
      isReached: median(ratios) >= TARGET,
      raw: { ratios },
    },
  ]
}

/**
 * @param {LimpetFixture} limpet
 * @param {Viewer} fast
 * @param {string} path
 * @returns {Promise<number>} megabytes a second of the fast one
 */
async function readBesideSlow(limpet, fast, path) {
  const { view, exited } = fast.watch({ attachment: 2 })
  const start = { program: 'exec', argv: ['sh', '-c', `read go; cat ${path}`], tty: true, view }
  const { session } = await fast.request('program.start', start)
  const slow = await Viewer.connect(limpet)
  const watched = slow.watch({ attachment: 1, acknowledges: false })
  await slow.request('session.attach', { session: session.id, from: 'start', view: watched.view })
  const stopDripping = drip(slow)
  const begin = performance.now()
  fast.type(2, 1, '\r')
  await exited
  const seconds = (performance.now() - begin) / 1000
  stopDripping()
  slow.socket.terminate()
  return fast.received(2) / seconds / 1e6
}

/**
 * Lets the socket read a little, then stops it for a while, as a line of 1 KiB/s does.
 * @param {Viewer} viewer
 * @returns {() => void}
 */
function drip({ socket }) {
  let bytes = 0
  socket.pause()
  socket.on('message', (data) => {
    bytes += /** @type {Buffer} */ (data).byteLength // binaryType is nodebuffer
    if (bytes < SLOW_BYTES) return
    bytes = 0
    socket.pause()
  })
  const timer = setInterval(() => socket.resume(), SLOW_INTERVAL_MS)
  return () => clearInterval(timer)
}
