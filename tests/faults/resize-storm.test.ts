// F19: somebody drags a window's corner, a thousand sizes a second, with senseless ones among them.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: the pace of the storm
import { attachmentId, factOf, type TerminalSize } from '@limpet/protocol'
import { inRound, leakCheck, recordFigure, startHost, type RawLink } from '@limpet/testkit'
import { expect, test } from 'vitest'

const SECONDS = inRound(3, 10)
const PER_SECOND = 1000
const TURN_MS = 10
const MAX_IOCTLS_PER_SECOND = 20

/** [columns, rows] that are no size. NaN and infinity are no JSON: a sender writes null. */
const SENSELESS: readonly (readonly unknown[])[] = [
  [0, 24],
  [80, 0],
  [-1, 24],
  [null, 24],
  [65_536, 24],
  [80, 1e9],
  [80.5, 24],
  ['80', 24],
  [1001, 24],
]

/** Prints the size that it has after each signal, and once its input ends, how many signals came. */
const WATCHER = `
import os, signal, sys
count = 0
def note(*_):
    global count
    count += 1
signal.signal(signal.SIGWINCH, note)
print('ready', flush=True)
sys.stdin.readline()
size = os.get_terminal_size()
print('signals %d size %dx%d' % (count, size.columns, size.lines), flush=True)
`

test(`[SIZE-1] F19: of ${PER_SECOND} sizes a second at most ${MAX_IOCTLS_PER_SECOND} reach the terminal, and the last one wins`, async () => {
  await using host = await startHost()
  using link = await host.link()
  const leaks = leakCheck(host)
  const { session } = await link.request('session.open', {
    plan: host.plan(['python3', '-c', WATCHER], { terminal: { columns: 80, rows: 24 } }),
    view: host.view(1, { size: { columns: 80, rows: 24 } }),
  })
  await link.until('the watcher', () => link.outputOf(1).includes('ready'))
  const startedMs = performance.now()
  const asked: Promise<unknown>[] = []
  let refused = 0
  let last: TerminalSize = { columns: 0, rows: 0 }
  while (performance.now() - startedMs < SECONDS * 1000) {
    for (let n = 0; n < (PER_SECOND * TURN_MS) / 1000; n += 1) {
      last = { columns: 20 + (asked.length % 900), rows: 10 + (asked.length % 500) }
      asked.push(link.request('session.resize', { attachment: attachmentId(1), ...last }))
    }
    if (asked.length % PER_SECOND === 0) refused += await senselessRefusals(link)
    await pause(TURN_MS) // fixed wait: the pace of the storm
  }
  await Promise.all(asked)
  const tookSeconds = (performance.now() - startedMs) / 1000
  await link.until('the last size', () => {
    const size = sizesOf(link).at(-1)
    return size?.columns === last.columns && size.rows === last.rows
  })
  link.input({ attachment: 1, sequence: 1, bytes: '\r' })
  await link.exitOf(1)
  const said = /signals (\d+) size (\d+)x(\d+)/.exec(link.outputOf(1)) ?? []
  const [signals, columns, rows] = said.slice(1).map(Number)
  expect({ columns, rows }).toEqual(last)
  const most = Math.ceil(MAX_IOCTLS_PER_SECOND * tookSeconds) + 2
  // The size at the start is a record, too.
  expect(sizesOf(link).length - 1).toBeLessThanOrEqual(most)
  expect(signals).toBeLessThanOrEqual(most)
  expect(refused).toBeGreaterThanOrEqual(SENSELESS.length)
  await link.request('session.remove', { session: session.id })
  await leaks.expectNone()
  const perSecond = (sizesOf(link).length - 1) / tookSeconds
  recordFigure(
    'F19',
    `${asked.length} sizes in ${tookSeconds.toFixed(1)} s: ${perSecond.toFixed(1)} a second reached the terminal ` +
      `(≤ ${MAX_IOCTLS_PER_SECOND}), the last one won; ${refused} senseless ones refused`,
  )
})

async function senselessRefusals(link: RawLink): Promise<number> {
  for (const [columns, rows] of SENSELESS) {
    const { code } = await link.refusal('session.resize', { attachment: 1, columns, rows })
    expect(code).toBe('PARAMETERS_INVALID')
  }
  return SENSELESS.length
}

function sizesOf(link: RawLink): TerminalSize[] {
  return link.recordsOf(1).flatMap((record) => {
    const fact = factOf(record)
    return fact.type === 'resize' ? [fact.size] : []
  })
}
