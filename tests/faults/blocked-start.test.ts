// F36: a shell that never comes to its prompt. There is no deadline for a start: whoever waits in an rc file runs,
// can be seen, typed to and ended, and nobody else waits for it.

import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, leakCheck, recordFigure, startHost, waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'

const OTHERS = 20
const MAX_START_MS = 1000
const MAX_END_MS = 6000

test('F36: a shell that blocks in its rc file holds up nobody, can be looked at, and is ended in time', async () => {
  await using host = await startHost()
  using link = await host.link()
  const leaks = leakCheck(host)
  const fifo = join(host.scratch.home, 'never-written')
  execFileSync('sh', ['-c', 'mkfifo "$0"', fifo])
  await writeFile(
    join(host.scratch.home, '.bashrc'),
    `echo before; read line <${fifo}; echo after\n`,
  )
  const terminal = { columns: 80, rows: 24 }
  const plan = host.plan(['bash', '-i'], { terminal })
  const blocked = await link.request('session.open', { plan, view: host.view(1) })
  const { pid = 0 } = blocked.session
  await link.until('the rc file', () => link.outputOf(1).includes('before'))
  const startsMs: number[] = []
  for (let other = 2; other < 2 + OTHERS; other += 1) {
    const startedMs = performance.now()
    const opened = await link.request('session.open', {
      plan: host.plan(['echo', 'hello'], other % 2 === 0 ? { terminal } : {}),
      view: host.view(other),
    })
    await link.exitOf(other)
    startsMs.push(performance.now() - startedMs)
    expect(link.outputOf(other).trimEnd()).toBe('hello')
    await link.request('session.remove', { session: opened.session.id })
  }
  expect(Math.max(...startsMs)).toBeLessThan(MAX_START_MS)
  expect([isAlive(pid), link.outputOf(1).includes('after')]).toEqual([true, false])
  const startedMs = performance.now()
  await link.request('session.kill', { session: blocked.session.id })
  await link.exitOf(1)
  await waitFor('its end', () => !isAlive(pid))
  const endedMs = performance.now() - startedMs
  expect(endedMs).toBeLessThan(MAX_END_MS)
  await link.request('session.remove', { session: blocked.session.id })
  await leaks.expectNone()
  recordFigure(
    'F36',
    `${OTHERS} others started and ended beside it in ${Math.max(...startsMs).toFixed(0)} ms at most; ` +
      `it was ended in ${endedMs.toFixed(0)} ms`,
  )
})
