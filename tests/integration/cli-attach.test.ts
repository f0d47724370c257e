// `limpet attach`: a session in a real terminal (tmux), left and come back to, its queries answered once.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram, startHost, TmuxTerminal, waitFor, type HostFixture } from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const BASH = ['bash', '--norc', '--noprofile']
const SIZE = { columns: 80, rows: 24 }

/** Asks its terminal many times, and counts the answers: exactly one each, nothing more. */
const ASKER = `
import os, re, select, sys, termios, tty
saved = termios.tcgetattr(0)
tty.setraw(0)
def read(seconds, enough=None):
    got = b''
    while not (enough and enough(got)) and select.select([0], [], [], seconds)[0]:
        got += os.read(0, 4096)
    return got
QUERIES = {b'\\x1b[c': rb'\\x1b\\[\\?[\\d;]+c', b'\\x1b[5n': rb'\\x1b\\[0n', b'\\x1b[6n': rb'\\x1b\\[\\d+;\\d+R'}
answers = wrong = 0
for turn in range(int(sys.argv[1])):
    for query, answer in QUERIES.items():
        os.write(1, query)
        got = read(5, lambda text: re.search(answer, text))
        if re.fullmatch(answer, got): answers += 1
        else: wrong += 1
extra = read(0.5)
termios.tcsetattr(0, termios.TCSANOW, saved)
print(f'answers={answers} wrong={wrong} extra={len(extra)} end')
`

describe('limpet attach', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  async function open(argv: readonly string[], name?: string): Promise<string> {
    using link = await host.link()
    const plan = host.plan(argv, {
      terminal: SIZE,
      environment: { ...host.cliEnvironment, PS1: '$ ' },
    })
    const { session } = await link.request('session.open', {
      plan,
      ...(name !== undefined && { name }),
    })
    return session.id
  }

  /** A terminal whose program is a shell that attaches, and says afterwards how that ended. */
  function terminal(args: string, size = SIZE): Promise<TmuxTerminal> {
    const attach = `${host.cli('attach').join(' ')} ${args}; echo "exit=$?"; stty -a | tr ';' '\\n' | grep -w echo; exec cat`
    return TmuxTerminal.start({
      folder: host.scratch.home,
      environment: host.cliEnvironment,
      argv: ['bash', '-c', attach],
      ...size,
    })
  }

  test('drives bash, leaves it by the detach key, and comes back to it', async () => {
    const id = await open(BASH)
    {
      await using first = await terminal(`--history ${id}`)
      await first.shows(/attached to bash.*; detach with ctrl-\\ ctrl-\\/)
      await first.type('WHERE=here; echo "6 * 7 = $((6 * 7))"')
      await first.press('Enter')
      await first.shows(/^6 \* 7 = 42$/m)
      await first.press('C-\\', 'C-\\')
      const left = await first.shows(/exit=\d+/)
      expect(left).toContain(
        `limpet: detached; it goes on. Come back with: limpet attach ${id.slice(0, 8)}`,
      )
      expect(left).toContain('exit=0')
    }
    await using second = await terminal(id.slice(0, 10))
    await second.shows(/^6 \* 7 = 42$/m)
    await second.type('echo "still $WHERE"; exit 5')
    await second.press('Enter')
    const ended = await second.shows(/exit=\d+/)
    expect(ended).toMatch(/^still here$/m)
    expect(ended).toContain('limpet: bash --norc --noprofile ended with code 5')
    expect(ended).toContain('exit=5')
  })

  test('takes Ctrl-C, Ctrl-D and one Ctrl-\\ to the program', async () => {
    const id = await open(BASH)
    await using screen = await terminal(id)
    await screen.shows(/^\$/m)
    for (const [turn, key] of ['C-c', 'C-\\'].entries()) {
      await screen.type(`(echo started $((${turn} + 1)); exec sleep 1000); echo "over: $?"`)
      await screen.press('Enter')
      await screen.shows(new RegExp(`^started ${turn + 1}$`, 'm'))
      await screen.press(key)
    }
    await screen.shows(/^over: 131$/m)
    await screen.press('C-d')
    await screen.shows(/exit=0/)
  })

  test("gives the session the terminal's size, and each new one", async () => {
    const id = await open(BASH)
    await using screen = await terminal(id, { columns: 100, rows: 30 })
    await screen.shows(/^\$/m)
    await screen.type('stty size')
    await screen.press('Enter')
    await screen.shows(/^30 100$/m)
    await screen.resize(70, 20)
    await screen.type('stty size')
    await screen.press('Enter')
    await screen.shows(/^20 70$/m)
  })

  test('gives the terminal back as it was, however the session is left', async () => {
    const script = 'printf "\\e[?1049h\\e[?25l\\e[?1000h\\e[?2004hfull screen"; exec sleep 1000'
    const id = await open(['bash', '-c', script])
    await using screen = await terminal(id)
    await screen.shows(/full screen/)
    expect(await screen.fact('alternate_on')).toBe('1')
    expect(await screen.fact('mouse_standard_flag')).toBe('1')
    const { stdout } = await runProgram(['pgrep', '-f', `attach ${id}`])
    // The youngest: the shell around it has the same words in its command line.
    process.kill(Number(stdout.toString().trim().split('\n').at(-1)), 'SIGTERM')
    const left = await screen.shows(/exit=\d+\n.*\becho\b/)
    expect(left).toContain('exit=143')
    const facts = ['alternate_on', 'mouse_standard_flag', 'cursor_flag']
    expect(await Promise.all(facts.map((name) => screen.fact(name)))).toEqual(['0', '0', '1'])
    expect(left).not.toMatch(/-echo\b/)
  })

  test('answers each query of the program exactly once, with two terminals attached', async () => {
    const asker = join(host.scratch.home, 'asker.py')
    await writeFile(asker, ASKER)
    const id = await open(['bash', '-c', `read go; python3 ${asker} 100; read go`])
    await using first = await terminal(`--history ${id}`)
    await first.shows(/attached to/)
    await using second = await terminal(`--history ${id}`)
    await second.shows(/attached to/)
    await second.press('Enter')
    await waitFor(
      'all answers',
      async () => {
        const screen = await second.screen()
        return /answers=.*end/.test(screen)
      },
      { deadlineMs: 50_000, transcript: () => 'no count of answers' },
    )
    expect(await second.screen()).toContain('answers=300 wrong=0 extra=0')
  })

  test('never answers what was asked before it came', async () => {
    const script =
      'printf "\\e[c\\e[6n\\e[5n"; read go; stty raw -echo; printf "asked long ago"; timeout 1 cat -v; echo over'
    const id = await open(['bash', '-c', script])
    using link = await host.link()
    await link.request('session.attach', {
      session: id as never,
      from: 'start',
      view: host.view(1),
    })
    // Nobody else can, so the host answers [RESP-6]; the terminal's echo shows it.
    await link.until('the answers of the host', () => link.outputOf(1).includes('^[[0n'))
    await using screen = await terminal(`--history ${id}`)
    await screen.shows(/attached to/)
    await screen.press('Enter')
    const over = await screen.shows(/asked long ago[^"]*over/)
    expect(over.match(/\^\[\[0n/g)).toHaveLength(1)
    expect(over.slice(over.lastIndexOf('asked long ago'))).not.toContain('^[[')
  })

  test('shows the log of a session that has ended, and its exit code', async () => {
    const id = await open(['bash', '-c', 'echo what it said; exit 9'])
    const ran = await runProgram(host.cli('attach', id), { environment: host.cliEnvironment })
    expect([ran.stdout.toString(), ran.code]).toEqual([
      expect.stringContaining('what it said\r\n'),
      9,
    ])
    expect(ran.stderr.toString()).toMatch(/^limpet: .* ended with code 9\n$/)
  })

  test('knows sessions by name, and says when there is none', async () => {
    await open(['bash', '-c', 'exit 3'], 'three')
    const byName = await runProgram(host.cli('attach', 'three'), {
      environment: host.cliEnvironment,
    })
    expect(byName.code).toBe(3)
    const none = await runProgram(host.cli('attach', 'nobody'), {
      environment: host.cliEnvironment,
    })
    expect([none.code, none.stderr.toString()]).toEqual([
      1,
      'limpet: No session is called "nobody". See: limpet ls --all (SESSION_NOT_FOUND)\n',
    ])
  })

  test('shows a session on pipes as streams, types lines into it and leaves it running', async () => {
    using link = await host.link()
    const script = 'while read line; do echo "got $line"; echo "err $line" >&2; done; echo over'
    const { session } = await link.request('session.open', {
      plan: host.plan(['sh', '-c', script]),
      view: host.view(1),
    })
    const ran = await runProgram(host.cli('attach', session.id), {
      environment: host.cliEnvironment,
      input: 'one\n',
      onStarted: (child) => {
        let seen = ''
        for (const stream of [child.stdout, child.stderr]) {
          stream?.on('data', (chunk: Buffer) => {
            seen += chunk.toString()
            const hasSeenAll = seen.includes('got one') && seen.includes('err one')
            if (hasSeenAll && !child.killed) child.kill('SIGINT')
          })
        }
      },
    })
    expect(ran.stdout.toString()).toBe('got one\n')
    expect(ran.stderr.toString()).toContain('err one\nlimpet: detached')
    expect(ran.code).toBe(0)
    const { sessions } = await link.request('session.list', {})
    expect(sessions.find(({ id }) => id === session.id)?.state).toBe('running')
  })

  test('refuses to show a session inside itself', async () => {
    const id = await open(BASH)
    await using screen = await terminal(id)
    await screen.shows(/^\$/m)
    await screen.type(`${host.cli('attach').join(' ')} ${id}`)
    await screen.press('Enter')
    await screen.shows(/You are inside this session/)
  })
})
