// `limpet attach` shows the screen as it is: bounded in time whatever the history, right for full-screen programs,
// and it gives the terminal back. Seen in a real terminal (tmux).

import {
  runProgram,
  startHost,
  startLimpet,
  TmuxTerminal,
  waitFor,
  type HostFixture,
  type LimpetFixture,
} from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const SIZE = { columns: 80, rows: 24 }
const BASH = ['bash', '--norc', '--noprofile']

describe('limpet attach, from the screen', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  async function open(argv: readonly string[]): Promise<string> {
    using link = await host.link()
    const environment = { ...host.cliEnvironment, PS1: '$ ', TERM: 'xterm-256color' }
    const plan = host.plan(argv, { terminal: SIZE, environment })
    const { session } = await link.request('session.open', { plan })
    return session.id
  }

  /** A terminal with something on its screen, that attaches and says afterwards how that ended. */
  function terminal(args: string): Promise<TmuxTerminal> {
    const attach = `echo was here before; ${host.cli('attach').join(' ')} ${args}; echo "exit=$?"; exec cat`
    return TmuxTerminal.start({
      folder: host.scratch.home,
      environment: host.cliEnvironment,
      argv: ['bash', '-c', attach],
      ...SIZE,
    })
  }

  /** @returns once the session's log has come to an end for now */
  async function logged(id: string, what: string): Promise<void> {
    await waitFor(`${what} in the log`, async () => {
      const ran = await runProgram(host.cli('logs', id), { environment: host.cliEnvironment })
      return ran.stdout.includes(what)
    })
  }

  test('shows the end of a long history at once, and what was on the screen before is kept above', async () => {
    const id = await open(['bash', '-c', 'seq 1 300000; echo all of it; exec cat'])
    await logged(id, 'all of it')
    await using screen = await terminal(id)
    const shown = await screen.shows(/^all of it$/m)
    expect(shown).toMatch(/299999\n300000\nall of it\n/)
    expect(shown).not.toContain('was here before')
    expect(Number(await screen.fact('history_size'))).toBeGreaterThanOrEqual(SIZE.rows)
    await screen.type('typed')
    await screen.press('Enter')
    await screen.shows(/^typed\ntyped$/m)
  })

  test('restores a full-screen program as the other terminal shows it, and leaves the modes as found', async () => {
    const id = await open([
      'vim',
      '-u',
      'NONE',
      '-N',
      '--cmd',
      'set mouse=a noswapfile ruler',
      '+split',
      '+help',
    ])
    let before = ''
    {
      await using first = await terminal(id)
      await first.shows(/\[Help\]|help\.txt/)
      await first.type(':echo "marked" | normal 3j')
      await first.press('Enter')
      before = await first.shows(/marked/)
      await first.press('C-\\', 'C-\\')
      await first.shows(/exit=0/)
    }
    await using second = await terminal(id)
    await waitFor('the same screen', async () => (await second.screen()) === before, {
      transcript: () => before,
    })
    expect(await second.fact('alternate_on')).toBe('1')
    await second.press('C-\\', 'C-\\')
    const left = await second.shows(/exit=0/)
    expect(left).toContain('limpet: detached; it goes on.')
    const facts = [
      'alternate_on',
      'mouse_any_flag',
      'keypad_flag',
      'keypad_cursor_flag',
      'cursor_flag',
    ]
    expect(await Promise.all(facts.map((name) => second.fact(name)))).toEqual([
      '0',
      '0',
      '0',
      '0',
      '1',
    ])
    await runProgram(host.cli('kill', '--force', id), { environment: host.cliEnvironment })
  })

  test('shows everything that is kept with --history, and only what is new with --no-history', async () => {
    const id = await open(BASH)
    await runProgram(host.cli('attach', id), {
      environment: host.cliEnvironment,
      input: 'seq 1 60; clear\r',
      onStarted: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          if (chunk.includes('60\r\n')) child.kill('SIGTERM')
        })
      },
    })
    await using whole = await terminal(`--history ${id}`)
    await whole.shows(/^\$/m)
    await using fresh = await terminal(`--no-history ${id}`)
    await fresh.shows(/attached to/)
    await fresh.type('echo new')
    await fresh.press('Enter')
    expect(await fresh.shows(/^new$/m)).toContain('was here before')
  })

  test('only watches with --read-only: no key, no size, no answer reaches the program', async () => {
    const id = await open([
      'bash',
      '-c',
      'echo ready; read line; echo "got <$line>"; stty size; exec cat',
    ])
    await using watcher = await terminal(`--read-only ${id}`)
    await watcher.shows(/ready/)
    await watcher.resize(60, 20)
    await watcher.type('from the watcher')
    await watcher.press('Enter')
    await using typist = await terminal(id)
    await typist.shows(/ready/)
    await typist.type('from the typist')
    await typist.press('Enter')
    await watcher.shows(/got <from the typist>/)
    expect(await watcher.shows(/24 80/)).not.toContain('from the watcher')
    await watcher.press('C-\\', 'C-\\')
    expect(await watcher.shows(/exit=0/)).toContain('limpet: detached')
  })

  test('shows the last screen of a session that has ended, and how it ended', async () => {
    const id = await open(['bash', '-c', 'seq 1 500; exit 4'])
    await logged(id, '500\r\n')
    await using screen = await terminal(id)
    const shown = await screen.shows(/exit=4/)
    expect(shown).toMatch(/500\nlimpet: bash -c seq 1 500; exit 4 ended with code 4\nexit=4/)
  })
})

describe('limpet attach --url', () => {
  /** A terminal that is attached through a gateway. */
  async function attached(limpet: LimpetFixture, argv: readonly string[]): Promise<TmuxTerminal> {
    await using client = await limpet.connect()
    const environment = { PS1: '$ ', TERM: 'xterm-256color' }
    const session = await client.open({ argv, tty: true, environment }, SIZE)
    const attach = limpet.cli('attach', '--url', limpet.url, session.id).join(' ')
    return await TmuxTerminal.start({
      folder: limpet.scratch.home,
      environment: { ...limpet.cliEnvironment, LIMPET_TOKEN: limpet.token },
      argv: ['bash', '-c', `${attach}; echo "exit=$?"; exec cat`],
      ...SIZE,
    })
  }

  test('says when the connection is lost, gives the screen back when it is there again, and goes on', async () => {
    await using limpet = await startLimpet()
    await using screen = await attached(limpet, BASH)
    await screen.shows(/^\$/m)
    await screen.type('echo kept on screen')
    await screen.press('Enter')
    const before = await screen.shows(/^kept on screen$/m)
    await limpet.killGateway()
    const away = await screen.shows(/the connection was lost; connecting again/)
    expect(away).not.toContain('kept on screen')
    await screen.type('echo typed "while" away')
    await screen.press('Enter')
    await limpet.restartGateway()
    const back = await screen.shows(/^typed while away$/m)
    expect(back).toContain(before.trimEnd())
    expect(back).not.toContain('connection was lost')
    await screen.type('exit 6')
    await screen.press('Enter')
    await screen.shows(/exit=6/)
  })

  test('says it in the last line of a full-screen program, which draws it again afterwards', async () => {
    await using limpet = await startLimpet()
    await using screen = await attached(limpet, ['vim', '-u', 'NONE', '-N', '--cmd', 'set ruler'])
    await screen.shows(/VIM - Vi IMproved/)
    await screen.type('ione line')
    await screen.press('Escape')
    const before = await screen.shows(/^one line$[^]*1,8 +All/m)
    await limpet.killGateway()
    const away = await screen.shows(/the connection was lost; connecting again/)
    expect(away).toMatch(/^one line$/m)
    await limpet.restartGateway()
    await waitFor('the screen as it was', async () => (await screen.screen()) === before, {
      transcript: () => before,
    })
  })
})
