// `limpet run`: a program on the host that behaves as if it had been started here.

import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises' // fixed wait: see the reader who rests
import {
  makeScratch,
  processesWith,
  runProgram,
  startHost,
  waitFor,
  within,
  type HostFixture,
  type Ran,
  type RunOptions,
} from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

describe('limpet run', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return runProgram(host.cli('run', ...args), { environment: host.cliEnvironment, ...options })
  }

  function said({ stdout, stderr, code }: Ran): { out: string; err: string; code: number | null } {
    return { out: stdout.toString(), err: stderr.toString(), code }
  }

  /** Sessions that run now. */
  async function running(): Promise<number> {
    using link = await host.link()
    return (await link.request('host.status', {})).running
  }

  test('keeps stdout and stderr apart and exits with the code of the program', async () => {
    const ran = await run(['--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])
    expect(said(ran)).toEqual({ out: 'out\n', err: 'err\n', code: 3 })
  })

  test('reports the signal that ended the program', async () => {
    const ran = await run(['--', 'sh', '-c', 'kill -9 $$'])
    expect(said(ran)).toEqual({ out: '', err: 'limpet: ended by SIGKILL\n', code: 137 })
  })

  test('passes stdin on, and its end', async () => {
    const ran = await run(['--', 'sh', '-c', 'cat -n; echo done'], { input: 'one\ntwo\n' })
    expect(said(ran)).toEqual({ out: '     1\tone\n     2\ttwo\ndone\n', err: '', code: 0 })
  })

  test('does not wait for input that the program does not want', async () => {
    const child = spawn(process.execPath, host.cli('run', 'echo', 'hi').slice(1), {
      env: host.cliEnvironment,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    await within('the end of a run whose stdin stays open', once(child, 'exit'))
    expect(child.exitCode).toBe(0)
  })

  test('carries ten megabytes of anything, in and out', async () => {
    const input = randomBytes(10_000_000)
    const { stdout, stderr, code } = await run(['cat'], { input })
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    expect([hash(stdout), stderr.toString(), code]).toEqual([hash(input), '', 0])
  })

  test('needs no -- and reads no option of the program as its own', async () => {
    const ran = await run(['printf', '%s\n', '--tty', '--cwd', '--', '-h', "it's", ''])
    expect(said(ran).out).toBe("--tty\n--cwd\n--\n-h\nit's\n\n")
  })

  test("runs in the caller's directory with the caller's environment", async () => {
    const cwd = await realpath(host.scratch.home)
    const environment = { ...host.cliEnvironment, GREETING: 'grüezi\nmitenand' }
    const ran = await run(['sh', '-c', 'pwd; echo "$GREETING"'], { cwd, environment })
    expect(said(ran).out).toBe(`${cwd}\ngrüezi\nmitenand\n`)
    expect(said(await run(['--cwd', '/', 'pwd'])).out).toBe('/\n')
  })

  test('waits for a reader who rests, however long, and then gives all of it', async () => {
    const child = spawn(process.execPath, host.cli('run', 'seq', '2000000').slice(1), {
      env: host.cliEnvironment,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    using link = await host.link()
    // Nobody reads yet: the pipe, the command line and the window fill up, then the program is paused.
    const stuck = await waitFor('a paused program', async () => {
      const { sessions } = await link.request('session.list', {})
      const session = sessions.find(
        ({ title, state }) => title === 'seq 2000000' && state === 'running',
      )
      return session && session.end > 500_000 && session
    })
    expect(stuck.end).toBeLessThan(2_000_000)
    // fixed wait: longer than the 10 s after which the host lets a program run on without a viewer who sleeps
    await pause(11_000)
    const hash = createHash('sha256')
    let lines = 0
    for await (const chunk of child.stdout) {
      hash.update(chunk as Buffer) // no encoding was set
      lines += (chunk as Buffer).toString('latin1').split('\n').length - 1
    }
    await waitFor('the end of the command', () => child.exitCode !== null)
    expect([lines, child.exitCode]).toEqual([2_000_000, 0])
  })

  test('ends the program when nobody reads any more, as a pipe would', async () => {
    const command = `${host.cli('run', 'yes').join(' ')} | head -n 1; echo "\${PIPESTATUS[0]}"`
    const ran = await runProgram(['bash', '-c', command], { environment: host.cliEnvironment })
    expect(said(ran)).toEqual({ out: 'y\n141\n', err: '', code: 0 })
    await waitFor('the end of yes', async () => (await running()) === 0)
  })

  test.each([
    ['SIGINT', 'INT'],
    ['SIGTERM', 'TERM'],
    ['SIGHUP', 'HUP'],
    ['SIGQUIT', 'QUIT'],
  ] as const)('passes %s on to the program', async (signal, name) => {
    const script = `trap 'echo got ${name}; exit 7' ${name}; echo ready; while :; do :; done`
    const ran = await run(['sh', '-c', script], {
      onStarted: (child) => child.stdout?.once('data', () => child.kill(signal)),
    })
    expect(said(ran)).toEqual({ out: `ready\ngot ${name}\n`, err: '', code: 7 })
  })

  test('takes its program along when it is killed', async () => {
    await run(['sh', '-c', '(sleep 1000 &) ; echo ready; exec sleep 1000'], {
      onStarted: (child) => child.stdout?.once('data', () => child.kill('SIGKILL')),
    })
    await waitFor('the end of the program and its child', async () => {
      const others = processesWith('HOME', host.scratch.home).filter((pid) => pid !== host.pid)
      return (await running()) === 0 && others.length === 0
    })
  })

  test('gives the program a terminal with --tty', async () => {
    const ran = await run(['--tty', 'sh', '-c', 'tty >/dev/null && stty size; exit 4'])
    expect(said(ran)).toMatchObject({ out: expect.stringContaining('24 80\r\n'), err: '', code: 4 })
  })

  test.each([
    ['a missing program', ['no-such-program'], 127, 'EXECUTABLE_NOT_FOUND'],
    ['a directory as program', ['/'], 127, 'EXECUTABLE_NOT_FOUND'],
    ['a missing directory', ['--cwd', '/no/such', 'true'], 126, 'WORKING_DIRECTORY_UNUSABLE'],
    ['an unknown option', ['--bogus', 'true'], 2, 'USAGE'],
    ['no program at all', [], 2, 'USAGE'],
    [
      'a gateway that is not there',
      ['--url', 'http://127.0.0.1:1', 'true'],
      125,
      'CONNECTION_LOST',
    ],
  ])('says in one line, with a code, what is wrong with %s', async (_what, args, code, name) => {
    const ran = await run(args)
    expect(said(ran)).toEqual({
      out: '',
      err: expect.stringMatching(new RegExp(`^limpet: [^\\n]+ \\(${name}\\)\\n$`)),
      code,
    })
  })

  test('shows the stack of an error only when asked', async () => {
    const environment = { ...host.cliEnvironment, LIMPET_DEBUG: '1' }
    const { stderr } = await run(['no-such-program'], { environment })
    expect(stderr.toString()).toMatch(/EXECUTABLE_NOT_FOUND\)\n.*\n\s+at /)
  })

  test('starts a host when none runs, and stop ends it', async () => {
    const scratch = await makeScratch()
    const environment = {
      ...host.environment,
      HOME: scratch.home,
      LIMPET_STATE_DIR: scratch.stateDirectory,
      LIMPET_RUNTIME_DIR: scratch.runtimeDirectory,
    }
    try {
      const ran = await run(['echo', 'first'], { environment })
      expect(said(ran)).toEqual({ out: 'first\n', err: '', code: 0 })
      const stopped = await runProgram(host.cli('stop'), { environment })
      expect(said(stopped)).toMatchObject({
        out: expect.stringMatching(/^Ended 0 sessions and the host \(pid \d+\)\.\n$/),
        code: 0,
      })
      expect(processesWith('HOME', scratch.home)).toEqual([])
      expect(await scratch.leftovers()).toEqual([])
      const again = await runProgram(host.cli('stop'), { environment })
      expect(said(again)).toEqual({
        out: '',
        err: 'No host runs: there is nothing to stop.\n',
        code: 0,
      })
    } finally {
      await scratch.remove()
    }
  })
})
