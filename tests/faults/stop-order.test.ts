// F06: a session that is ended by steps, and refuses every one but the last.

import { leakCheck, recordFigure, startHost, waitFor, type HostFixture } from '@limpet/testkit'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Where the last step of every ladder stands, and the room that a loaded machine gets. */
const KILL_MS = 5000
const TOLERANCE_MS = 900

/** Logs each signal with its time, ends from none of them; its child does the same, in the same group. */
const STUBBORN = `
import os, signal, sys, time
os.fork()
log = open(os.environ['HOME'] + '/signals', 'a', buffering=1)
def note(name):
    log.write('%d %s %d\\n' % (os.getpid(), name, time.monotonic() * 1000))
for number in (signal.SIGHUP, signal.SIGTERM):
    signal.signal(number, lambda number, _: note(signal.Signals(number).name))
note('start')
while True:
    try:
        note('input' if sys.stdin.read(1) else 'eof')
        while True: time.sleep(60)
    except OSError:
        note('eio')
        while True: time.sleep(60)
`

interface Step {
  readonly name: string
  readonly pid: number
  readonly atMs: number
}

test('[END-1] F06: a terminal is hung up at 0, gets SIGTERM at 1 s and SIGKILL at 5 s, its children too', async () => {
  await using host = await startHost()
  const took = await endStubborn(host, { terminal: { columns: 80, rows: 24 } }, 'SIGHUP')
  recordFigure('F06', took, 'terminal')
})

test('[END-1] F06: on pipes the input ends at 0, SIGTERM comes at 1 s and SIGKILL at 5 s, its children too', async () => {
  await using host = await startHost()
  recordFigure('F06', await endStubborn(host, {}, 'eof'), 'pipes')
})

/** @returns what was measured @param first what the program sees at the first step */
async function endStubborn(
  host: HostFixture,
  plan: Parameters<HostFixture['plan']>[1],
  first: string,
): Promise<string> {
  using link = await host.link()
  const leaks = leakCheck(host)
  const { session } = await link.request('session.open', {
    plan: host.plan(['python3', '-c', STUBBORN], plan),
    view: host.view(1),
  })
  const steps = (): Step[] => stepsIn(join(host.scratch.home, 'signals'))
  const pids = await waitFor('both processes to listen', () => {
    const started = steps().filter(({ name }) => name === 'start')
    return started.length === 2 && started.map(({ pid }) => pid)
  })
  const startedMs = performance.now()
  await link.request('session.kill', { session: session.id })
  const exit = await link.exitOf(1)
  const endedMs = performance.now() - startedMs
  expect(exit.signal).toBe('SIGKILL')
  const seen = steps()
  const at = (name: string, pid: number): number =>
    seen.find((step) => step.name === name && step.pid === pid)?.atMs ?? NaN
  // Who ends the input of a pipe ends it for both, but one alone reads a terminal; signals go to the group.
  const termsAfterMs = pids.map(
    (pid) => at('SIGTERM', pid) - Math.min(...pids.map((one) => at(first, one) || Infinity)),
  )
  for (const ms of termsAfterMs) {
    expect(ms).toBeGreaterThan(950)
    expect(ms).toBeLessThan(1000 + TOLERANCE_MS)
  }
  expect(endedMs).toBeGreaterThan(KILL_MS - 50)
  expect(endedMs).toBeLessThan(KILL_MS + TOLERANCE_MS)
  await link.request('session.remove', { session: session.id })
  await leaks.expectNone()
  return (
    `${first} at 0, SIGTERM to both processes at ${termsAfterMs.map((ms) => `${ms} ms`).join(' and ')}, ` +
    `SIGKILL at ${endedMs.toFixed(0)} ms, 0 survivors`
  )
}

function stepsIn(file: string): Step[] {
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // Not begun yet.
  }
  return text.split('\n').flatMap((line) => {
    const [pid, name, atMs] = line.split(' ')
    return name === undefined ? [] : [{ pid: Number(pid), name, atMs: Number(atMs) }]
  })
}
