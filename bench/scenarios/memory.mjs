// Memory of host and gateway for each idle terminal that somebody watches: 100 of them, and 1000.

import { processFacts } from '@limpet/testkit'
import { withLimpet } from '../lib/limpet.mjs'
import { median, spread } from '../lib/statistics.mjs'
import { Viewer } from '../lib/viewer.mjs'

/** @import { LimpetFixture } from '@limpet/testkit' */
/** @import { Setting } from '../run.mjs' */
/** @import { Row } from '../lib/report.mjs' */

const TARGET_KIB = 60
const WARM_UP_SESSIONS = 100
const ATTACH_TARGET_MS = 50
/** So long is every terminal left alone, emulators included, before memory is read. */
const QUIET_MS = 40_000

/**
 * @param {Setting} _setting
 * @returns {Promise<readonly Row[]>}
 */
export async function memory(_setting) {
  return [...(await withSessions(100)), ...(await withSessions(1000))]
}

/**
 * @param {number} count
 * @returns {Promise<Row[]>}
 */
function withSessions(count) {
  return withLimpet((limpet) => measure(limpet, count))
}

/**
 * @param {LimpetFixture} limpet
 * @param {number} count
 * @returns {Promise<Row[]>}
 */
async function measure(limpet, count) {
  // What comes with the first hundred sessions, whoever they are, is no session's: compiled code, a worker.
  await warmUp(limpet)
  const viewer = await Viewer.connect(limpet)
  await open(viewer, 1)
  await quiet()
  const before = residentKib(limpet)
  for (let session = 2; session <= count + 1; session++) await open(viewer, session)
  await quiet()
  const after = residentKib(limpet)
  const host = (after.host - before.host) / count
  const gateway = (after.gateway - before.gateway) / count
  const milliseconds = await attachTimes(viewer, count + 2)
  await viewer.close()
  return [
    {
      measure: `resident memory for each idle attached terminal, ${count} of them (host + gateway)`,
      value: `${host.toFixed(1)} + ${gateway.toFixed(1)} KiB`,
      target: `≤ ${TARGET_KIB} KiB`,
      isReached: host + gateway <= TARGET_KIB,
      raw: { hostKib: [host], gatewayKib: [gateway] },
    },
    {
      measure: `attach beside ${count} idle sessions`,
      value: `${spread(milliseconds, 1)} ms`,
      target: `≤ ${ATTACH_TARGET_MS} ms`,
      isReached: median(milliseconds) <= ATTACH_TARGET_MS,
      raw: { milliseconds },
    },
  ]
}

/** @param {LimpetFixture} limpet */
async function warmUp(limpet) {
  const viewer = await Viewer.connect(limpet)
  for (let session = 1; session <= WARM_UP_SESSIONS; session++) await open(viewer, session)
  await viewer.close()
}

/** @returns {Promise<unknown>} */
function quiet() {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS)) // fixed wait: nothing tells when memory is given back
}

/**
 * @param {Viewer} viewer
 * @param {number} attachment
 */
async function open(viewer, attachment) {
  const { view } = viewer.watch({ attachment })
  const start = {
    program: 'exec',
    argv: ['cat'],
    tty: true,
    lifetime: /** @type {const} */ ('client'),
    view,
  }
  await viewer.request('program.start', start)
}

/**
 * @param {Viewer} viewer
 * @param {number} firstAttachment
 */
async function attachTimes(viewer, firstAttachment) {
  const { sessions } = await viewer.request('session.list', {})
  const times = []
  for (const [index, { id }] of sessions.slice(0, 10).entries()) {
    const { view } = viewer.watch({ attachment: firstAttachment + index }, { checkpoints: true })
    const begin = performance.now()
    await viewer.request('session.attach', { session: id, from: 'screen', view })
    times.push(performance.now() - begin)
  }
  return times
}

/** @param {{ hostPid: number, pid: number }} limpet */
function residentKib({ hostPid, pid }) {
  return {
    host: processFacts(hostPid).residentBytes / 1024,
    gateway: processFacts(pid).residentBytes / 1024,
  }
}
