// F31: thousands of short sessions, with orphans of their own, leave no zombie where process 1 does its work; and
// where it does not, `limpet doctor` says so.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readHostFile } from '@limpet/link'
import {
  inRound,
  makeScratch,
  processFacts,
  RawLink,
  recordFigure,
  runProgram,
  startHost,
  waitFor,
  within,
  type HostFixture,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const SESSIONS = inRound(60, 2000)
const AT_ONCE = 8

/** Half of them leave an orphan behind that ends later than they do. */
const SCRIPTS = ['exit 0', 'sleep 0.05 >/dev/null 2>&1 & exit 0']

/** Process 1 of a container: inherits orphans, and waits for them (`good`) or does not (`bad`). */
const PROCESS_ONE = `
import ctypes, os, signal, sys
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
child = os.fork()
if child == 0: os.execvp(sys.argv[2], sys.argv[2:])
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
while True:
    pid, status = os.waitpid(-1 if sys.argv[1] == 'good' else child, 0)
    if pid == child: sys.exit(os.waitstatus_to_exitcode(status))
`

interface Contained {
  readonly processOne: number
  readonly host: number
  readonly end: () => Promise<void>
}

/** The host below a process 1 that reaps, as `docker run --init` and tini give it. */
async function startContained(fixture: HostFixture): Promise<Contained> {
  const script = join(fixture.scratch.home, 'process-one.py')
  await writeFile(script, PROCESS_ONE)
  const child = spawn('python3', [script, 'good', ...fixture.cli('host')], {
    env: fixture.cliEnvironment,
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const file = await waitFor('the host to listen', () => readHostFile(fixture.stateDirectory))
  return {
    processOne: child.pid ?? 0,
    host: file.pid,
    end: async () => {
      child.kill('SIGTERM')
      await within('the end of process 1', ended)
    },
  }
}

/** @returns how many of the children of a process are zombies */
function zombiesOf(parent: number): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
        const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return state === 'Z' && Number(ppid) === parent
      } catch {
        return false // gone since it was listed
      }
    }).length
}

async function runSessions(fixture: HostFixture, count: number): Promise<void> {
  using link = await RawLink.open(fixture.stateDirectory)
  let started = 0
  const worker = async (): Promise<void> => {
    while (started < count) {
      started += 1
      const attachment = started
      const argv = ['sh', '-c', SCRIPTS[attachment % SCRIPTS.length] ?? '']
      const plan = fixture.plan(argv, { onEnd: 'leave' })
      const { session } = await link.request('session.open', {
        plan,
        view: fixture.view(attachment),
      })
      await link.exitOf(attachment)
      await link.request('session.remove', { session: session.id })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const folder = join(fixture.stateDirectory, 'sessions')
  await waitFor(
    'the last log to be removed',
    () => !existsSync(folder) || readdirSync(folder).length === 0,
  )
}

test('F31: short sessions and their orphans leave no zombie, descriptor or memory behind', async () => {
  await using fixture = await startHost()
  await fixture.server.end('SIGTERM')
  const contained = await startContained(fixture)
  try {
    // The first round makes what stays: prepared pipes, compiled code, the heap that a burst takes.
    await runSessions(fixture, SESSIONS)
    const before = processFacts(contained.host)
    await runSessions(fixture, SESSIONS)
    const zombies = (): number => zombiesOf(contained.host) + zombiesOf(contained.processOne)
    await waitFor('the last orphan to be reaped', () => zombies() === 0)
    const after = processFacts(contained.host)
    expect(after.zombies).toBe(0)
    expect(after.descriptors).toBeLessThanOrEqual(Math.ceil(before.descriptors * 1.05))
    const growth = after.residentBytes / before.residentBytes - 1
    // A short round is mostly the collector's mood; the full one is the promise.
    expect(growth).toBeLessThan(inRound(0.25, 0.05))
    recordFigure(
      'F31',
      `${SESSIONS} sessions, half with an orphan: 0 zombies, descriptors ${before.descriptors} → ${after.descriptors}, memory ${(growth * 100).toFixed(1)} %`,
    )
  } finally {
    await contained.end()
  }
})

test.each([
  ['good', /^ok +reaper +ended orphans leave the process table$/m],
  [
    'bad',
    /^warn +reaper +process \d+ \(python3\) does not wait for orphans: .*\n +→ .*docker run --init/m,
  ],
] as const)('F31: doctor tells a %s process 1', async (kind, finding) => {
  const scratch = await makeScratch()
  try {
    const script = join(scratch.home, 'process-one.py')
    await writeFile(script, PROCESS_ONE)
    const main = new URL('../../packages/cli/dist/main.js', import.meta.url).pathname
    const directories = [
      '--state-dir',
      scratch.stateDirectory,
      '--runtime-dir',
      scratch.runtimeDirectory,
    ]
    const argv = ['python3', script, kind, process.execPath, main, 'doctor', ...directories]
    expect((await runProgram(argv)).stdout.toString()).toMatch(finding)
  } finally {
    await scratch.remove()
  }
})
