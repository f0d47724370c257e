// `limpet run --detach`, `logs`, `name`, `label` and the filters of `ls`: sessions that nobody waits for.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { runProgram, startHost, waitFor, within, type HostFixture, type Ran } from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const SESSION_ID = /^[0-9a-v]{26}\n$/

interface Said {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

function said({ stdout, stderr, code }: Ran): Said {
  return { out: stdout.toString(), err: stderr.toString(), code }
}

describe('sessions without us', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  async function limpet(...args: readonly string[]): Promise<Said> {
    return said(await runProgram(host.cli(...args), { environment: host.cliEnvironment }))
  }

  /** Starts one and waits for its end, if it has one. */
  async function detached(
    args: readonly string[],
    end: 'ended' | 'running' = 'ended',
  ): Promise<string> {
    const ran = await limpet('run', '--detach', ...args)
    expect(ran).toEqual({ out: expect.stringMatching(SESSION_ID), err: '', code: 0 })
    const id = ran.out.trim()
    using link = await host.link()
    await waitFor(`the session to be ${end}`, async () => {
      const { sessions } = await link.request('session.list', {})
      return sessions.some((session) => session.id === id && session.state === end)
    })
    return id
  }

  test('run --detach prints the id alone and leaves the program running, without input', async () => {
    const id = await detached(
      ['--name', 'later', '--', 'sh', '-c', 'cat; echo read to the end; exec sleep 1000'],
      'running',
    )
    const json = JSON.parse((await limpet('ls', '--json')).out) as { id: string }[] // its own format
    expect(json.find((session) => session.id === id)).toMatchObject({
      state: 'running',
      name: 'later',
      lifetime: 'kept',
      viewers: 0,
    })
    await waitFor(
      'what it says',
      async () => (await limpet('logs', id)).out === 'read to the end\n',
    )
    expect(await limpet('kill', '--force', 'later')).toMatchObject({ code: 0 })
  })

  test('run --detach --tty gives a terminal, --stdin an input for who attaches', async () => {
    const terminal = await detached(['--tty', '--', 'sh', '-c', 'stty size'])
    expect((await limpet('logs', terminal)).out).toBe('24 80\r\n')
    const open = await detached(
      ['--stdin', '--', 'sh', '-c', 'read line; echo "got $line"'],
      'running',
    )
    const attach = await runProgram(host.cli('attach', open), {
      environment: host.cliEnvironment,
      input: 'a line\n',
    })
    expect(said(attach)).toMatchObject({ out: 'got a line\n', code: 0 })
  })

  test('run --detach says in its exit code when there is no such program, and starts nothing', async () => {
    expect(await limpet('run', '-d', '--', 'no-such-program')).toMatchObject({ out: '', code: 127 })
    expect(await limpet('run', '-d', '--label', 'keyonly', '--', 'true')).toMatchObject({ code: 2 })
    expect(await limpet('run', '--keep', '1h', '--', 'true')).toEqual({
      out: '',
      err: expect.stringContaining('add --detach. (USAGE)'),
      code: 2,
    })
  })

  test('--keep decides how long what it said can be read', async () => {
    const id = await detached(['--keep', '1h', '--', 'echo', 'for an hour'])
    const gone = await limpet('run', '--detach', '--keep', '0s', '--', 'echo', 'for nobody')
    await waitFor('the end of what nobody keeps', async () =>
      (await limpet('logs', gone.out.trim())).err.includes('SESSION_NOT_FOUND'),
    )
    expect(await limpet('logs', id)).toEqual({ out: 'for an hour\n', err: '', code: 0 })
  })

  test('logs gives each stream byte for byte, from any offset, or stderr alone', async () => {
    const script = String.raw`printf 'one\000\377'; sleep 0.05; printf err >&2; sleep 0.05; printf two; exit 3`
    const id = await detached(['--', 'sh', '-c', script])
    const whole = await runProgram(host.cli('logs', id), { environment: host.cliEnvironment })
    expect([whole.stdout, whole.stderr.toString(), whole.code]).toEqual([
      Buffer.from('one\0\xfftwo', 'latin1'),
      'err',
      0,
    ])
    expect(await limpet('logs', '--since-offset', '5', id)).toMatchObject({
      out: 'two',
      err: 'err',
    })
    expect(await limpet('logs', '--since-offset', '8', id)).toMatchObject({ out: 'two', err: '' })
    expect(await limpet('logs', '--stderr', id)).toEqual({ out: 'err', err: '', code: 0 })
    expect(await limpet('logs', '--since-offset', 'x', id)).toMatchObject({ out: '', code: 2 })
    expect(await limpet('logs', '--since-offset', '999999', id)).toMatchObject({
      err: expect.stringContaining('(OFFSET_OUT_OF_RANGE)'),
      code: 1,
    })
  })

  test('logs ends where a running session is; logs -f goes on to its end and exits as it does', async () => {
    const fifo = `${host.scratch.home}/go`
    await runProgram(['mkfifo', fifo])
    const id = await detached(['--', 'sh', '-c', `echo before; cat ${fifo}; exit 7`], 'running')
    await waitFor('its first line', async () => (await limpet('logs', id)).out === 'before\n')
    const follower = spawn(process.execPath, host.cli('logs', '-f', id).slice(1), {
      env: host.cliEnvironment,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    follower.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    const ended = once(follower, 'close')
    await waitFor('the follower to have what there is', () => out === 'before\n')
    await runProgram(['sh', '-c', `echo after > ${fifo}`])
    await within('the end of the follower', ended)
    expect([out, follower.exitCode]).toEqual(['before\nafter\n', 7])
  })

  test('logs -f exits like a shell when a signal ended the session', async () => {
    const id = await detached(['--', 'sh', '-c', 'echo said; kill -9 $$'])
    const ended = { out: 'said\n', err: 'limpet: ended by SIGKILL\n', code: 137 }
    expect(await limpet('logs', '-f', id)).toEqual(ended)
  })

  test('logs is quiet when its reader has had enough', async () => {
    const id = await detached(['--', 'seq', '1', '200000'])
    const pipe = `${host.cli('logs', id).join(' ')} | head -n 1; echo "codes=\${PIPESTATUS[*]}"`
    const ran = await runProgram(['bash', '-c', pipe], { environment: host.cliEnvironment })
    expect(said(ran)).toEqual({ out: '1\ncodes=141 0\n', err: '', code: 0 })
  })

  test('name gives a name and takes it away', async () => {
    const id = await detached(['--', 'true'])
    expect(await limpet('name', id, 'short lived')).toEqual({ out: '', err: '', code: 0 })
    expect((await limpet('ls', '--ended')).out).toContain('short lived')
    expect(await limpet('name', 'short lived', '')).toMatchObject({ code: 0 })
    expect((await limpet('ls', '--ended')).out).not.toContain('short lived')
  })

  test('label sets, replaces, takes away and prints; ls finds by label, state and program', async () => {
    const id = await detached(['--label', 'team=web', '--label', 'kind=build', '--', 'true'])
    const other = await detached(['--label', 'team=ops', '--', 'sleep', '1000'], 'running')
    expect((await limpet('label', id)).out).toBe('kind=build\nteam=web\n')
    expect(await limpet('label', id, 'team=core', 'stage=one', 'kind-')).toMatchObject({ code: 0 })
    expect((await limpet('label', id)).out).toBe('stage=one\nteam=core\n')
    expect(await limpet('label', id, '-bad')).toMatchObject({ out: '', code: 2 })
    const idsOf = async (...args: readonly string[]): Promise<string[]> => {
      const { out } = await limpet('ls', '--json', ...args)
      return (JSON.parse(out) as { id: string }[]).map((session) => session.id) // its own format
    }
    expect(await idsOf('--all', '--label', 'team')).toEqual([other, id])
    expect(await idsOf('--label', 'team')).toEqual([other])
    expect(await idsOf('--ended', '--label', 'team=core', '--label', 'stage=one')).toEqual([id])
    expect(await idsOf('--all', '--label', 'team=core', '--label', 'stage=two')).toEqual([])
    expect(await idsOf('--all', '--program', 'nothing')).toEqual([])
    expect(await idsOf('--program', 'exec')).toContain(other)
    expect((await limpet('ls', '--lost')).err).toBe('No such session. All: limpet ls --all\n')
    expect((await limpet('ls', '--ended')).out).toMatch(/ stage=one,team=core +true$/m)
    await limpet('kill', '--force', other)
  })

  test('ls shows the most recently active session first', async () => {
    const old = await detached(['--stdin', '--label', 'order=1', '--', 'cat'], 'running')
    const young = await detached(['--stdin', '--label', 'order=2', '--', 'cat'], 'running')
    const order = async (): Promise<string[]> => {
      const { out } = await limpet('ls', '--json', '--label', 'order')
      return (JSON.parse(out) as { id: string }[]).map((session) => session.id) // its own format
    }
    expect(await order()).toEqual([young, old])
    using link = await host.link()
    await link.request('session.attach', { session: old as never, from: 'end', view: host.view(1) })
    link.input({ attachment: 1, sequence: 1, bytes: 'here\n' })
    await link.until('the echo', () => link.outputOf(1).includes('here'))
    await waitFor('the new order', async () => (await order())[0] === old)
    await limpet('kill', '--force', old, young)
  })
})
