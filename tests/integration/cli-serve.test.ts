// `limpet serve`: what it says, to whom, how it ends, and what goes on then.

import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  isAlive,
  makeScratch,
  runProgram,
  startLimpet,
  TmuxTerminal,
  waitFor,
  type LimpetFixture,
  type Ran,
} from '@limpet/testkit'
import { describe, expect, test } from 'vitest'

function said({ stdout, stderr, code }: Ran): { out: string; err: string; code: number | null } {
  return { out: stdout.toString(), err: stderr.toString(), code }
}

function serve(limpet: LimpetFixture, ...args: readonly string[]): Promise<Ran> {
  return runProgram(limpet.cli('serve', ...args), { environment: limpet.cliEnvironment })
}

describe('limpet serve', () => {
  test('prints exactly one line of JSON once it listens', async () => {
    await using limpet = await startLimpet()
    const lines = limpet.gateway.stdout.split('\n')
    expect([lines.length, lines[1]]).toEqual([2, ''])
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      url: limpet.url,
      token: (await readFile(join(limpet.stateDirectory, 'token'), 'utf8')).trim(),
      pid: limpet.gateway.pid,
      hostPid: limpet.hostPid,
    })
    const { mode } = await stat(join(limpet.stateDirectory, 'token'))
    expect((mode & 0o777).toString(8)).toBe('600')
    expect(isAlive(limpet.hostPid)).toBe(true)
  })

  test('takes the token of the environment before that of the file', async () => {
    const token = 'A'.repeat(43)
    await using limpet = await startLimpet({ environment: { LIMPET_TOKEN: token } })
    await using client = await limpet.connect()
    expect([limpet.token, client.state]).toEqual([token, 'connected'])
    const weak = await runProgram(limpet.cli('serve', '--listen', '127.0.0.1:0'), {
      environment: { ...limpet.cliEnvironment, LIMPET_TOKEN: 'password' },
    })
    expect(said(weak)).toEqual({
      out: '',
      err: expect.stringContaining('(PARAMETERS_INVALID)'),
      code: 1,
    })
  })

  test('shows the link to a person, and on Ctrl-C says what still runs and how to end it', async () => {
    const scratch = await makeScratch()
    await using limpet = await startLimpet()
    const shell = `${limpet.cli('serve', '--listen', '127.0.0.1:0').join(' ')}; echo "exit=$?"; exec cat`
    try {
      await using screen = await TmuxTerminal.start({
        folder: scratch.home,
        environment: limpet.cliEnvironment,
        argv: ['bash', '-c', shell],
        columns: 120,
      })
      const shown = await screen.shows(/Stop with Ctrl-C/)
      expect(shown).toMatch(
        new RegExp(`http://limpet-[0-9a-f]{8}\\.localhost:\\d+/#t=${limpet.token}`),
      )
      expect(shown).toMatch(new RegExp(`http://127\\.0\\.0\\.1:\\d+/#t=${limpet.token}`))
      await using client = await limpet.connect()
      await using session = await client.open({ argv: ['cat'] })
      await screen.press('C-c')
      const left = await screen.shows(/exit=\d+/)
      expect(left).toContain(
        '1 session still runs. See them with "limpet ls", end them with "limpet stop".',
      )
      expect(left).toContain('exit=0')
      expect(session.info.state).toBe('running')
      await session.close()
    } finally {
      await scratch.remove()
    }
  })

  test('tells a log file where the token is, and never the token', async () => {
    await using limpet = await startLimpet()
    const ran = await runProgram(limpet.cli('serve', '--listen', '127.0.0.1:0'), {
      environment: limpet.cliEnvironment,
      onStarted: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
    })
    const { out, err, code } = said(ran)
    expect(out).toBe(
      `Limpet serves at ${/http:\/\/127\.0\.0\.1:\d+\//.exec(out)?.[0]}\nThe token to log in is in ${join(limpet.stateDirectory, 'token')}\n`,
    )
    expect(`${out}${err}`).not.toContain(limpet.token)
    expect(code).toBe(0)
  })

  test('says that a port is in use, and what to do', async () => {
    await using limpet = await startLimpet()
    const { port } = new URL(limpet.url)
    expect(said(await serve(limpet, '--listen', `127.0.0.1:${port}`))).toEqual({
      out: '',
      err: expect.stringMatching(/^limpet: port \d+ .* --listen 127\.0\.0\.1:0 \(PORT_IN_USE\)\n$/),
      code: 1,
    })
  })

  test('refuses a wrong configuration with the place of the mistake', async () => {
    await using limpet = await startLimpet()
    const file = join(limpet.scratch.home, 'limpet.yaml')
    await writeFile(file, 'programs:\n  build:\n    command: make\n')
    expect(said(await serve(limpet, '--config', file))).toEqual({
      out: '',
      err: expect.stringMatching(
        /limpet\.yaml:3: programs\.build\.command: .*\(CONFIG_INVALID\)\n$/s,
      ),
      code: 78,
    })
    expect(said(await serve(limpet, '--listen', '0.0.0.0:0'))).toMatchObject({
      err: expect.stringContaining('--allow-remote'),
      code: 78,
    })
    expect(said(await serve(limpet, '--listen', 'nonsense'))).toMatchObject({ code: 78 })
    expect(said(await serve(limpet, '--nonsense'))).toMatchObject({ code: 2 })
  })

  test('offers just the program after --, which runs where it was started', async () => {
    await using limpet = await startLimpet({ args: ['--', 'sh', '-c', 'pwd; exec cat'] })
    await using client = await limpet.connect()
    const { programs } = await client.programs()
    expect(programs.map(({ name, accepts, tty }) => ({ name, accepts, tty }))).toEqual([
      { name: 'sh', accepts: 'nothing', tty: 'always' },
    ])
    await using session = await client.open('sh')
    for await (const record of session.output) {
      if (record.type !== 'output') continue
      expect(Buffer.from(record.bytes).toString()).toContain(process.cwd())
      break
    }
    await expect(client.run(['true'])).rejects.toMatchObject({ code: 'PROGRAM_NOT_FOUND' })
    await session.close()
  })

  test('leaves sessions and host alone on SIGTERM, unless it is ephemeral', async () => {
    await using limpet = await startLimpet()
    await using client = await limpet.connect()
    const session = await client.open({ argv: ['cat'] })
    const { pid = 0 } = session.info
    await limpet.stopGateway()
    expect(limpet.gateway.child.exitCode).toBe(0)
    expect([isAlive(pid), isAlive(limpet.hostPid)]).toEqual([true, true])

    const ran = await serveBriefly(limpet)
    expect(ran.code).toBe(0)
    expect([isAlive(pid), isAlive(limpet.hostPid)]).toEqual([false, false])
  })

  test('ends at once at the second signal', async () => {
    await using limpet = await startLimpet({ args: ['--ephemeral'] })
    await using client = await limpet.connect()
    await client.open({ argv: ['sh', '-c', 'trap "" TERM HUP; while :; do sleep 1; done'] })
    limpet.gateway.child.kill('SIGINT')
    limpet.gateway.child.kill('SIGTERM')
    await waitFor('the end of the gateway', () => limpet.gateway.hasExited, { deadlineMs: 3000 })
    // Which of the two was handled first is the kernel's choice.
    expect([130, 143]).toContain(limpet.gateway.child.exitCode)
  })
})

/** An ephemeral one on the same directories, told to end as soon as it listens. */
function serveBriefly(limpet: LimpetFixture): Promise<Ran> {
  const args = ['serve', '--ephemeral', '--ready-json', '--listen', '127.0.0.1:0']
  return runProgram(limpet.cli(...args), {
    environment: limpet.cliEnvironment,
    onStarted: (child) => child.stdout?.once('data', () => child.kill('SIGTERM')),
  })
}
