// `limpet replay` and `limpet export`: what a session showed, at its pace, or as a file.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RECORD_KIND } from '@limpet/protocol'
import {
  type RawLink,
  runProgram,
  startHost,
  TmuxTerminal,
  waitFor,
  type HostFixture,
} from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Said {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

function isResize({ record }: RawLink['records'][number]): boolean {
  return record.kind === RECORD_KIND.resize
}

describe('looking back', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  async function said(...args: readonly string[]): Promise<Said> {
    const ran = await runProgram(host.cli(...args), { environment: host.cliEnvironment })
    return { out: ran.stdout.toString(), err: ran.stderr.toString(), code: ran.code }
  }

  async function ended(script: string, options: readonly string[] = ['--tty']): Promise<string> {
    const { out } = await said('run', '--detach', ...options, '--', 'bash', '-c', script)
    const id = out.trim()
    await waitFor('its end', async () => (await said('ls', '--ended', '--json')).out.includes(id))
    return id
  }

  function terminal(args: string): Promise<TmuxTerminal> {
    const replay = `${host.cli('replay').join(' ')} ${args}; echo "exit=$?"; exec cat`
    return TmuxTerminal.start({
      folder: host.scratch.home,
      environment: host.cliEnvironment,
      argv: ['bash', '-c', replay],
    })
  }

  test('replay takes its time, as the session did, times the speed', async () => {
    const id = await ended('echo first; sleep 1.2; echo second')
    const timed = async (...options: readonly string[]): Promise<number> => {
      const startMs = performance.now()
      const { out, code } = await said('replay', ...options, id)
      expect([out, code]).toEqual(['first\r\nsecond\r\n', 0])
      return performance.now() - startMs
    }
    const [whole, fast, short] = [
      await timed(),
      await timed('--speed', '100'),
      await timed('--max-wait', '0.01'),
    ]
    expect(whole).toBeGreaterThan(1200)
    expect(whole - fast).toBeGreaterThan(500)
    expect(whole - short).toBeGreaterThan(500)
  })

  test('replay answers nothing, leaves the terminal as it was, and says how it ended', async () => {
    const id = await ended(
      'printf "\\e[?1049h\\e[?1000h\\e[?25l\\e[6n\\e[c"; echo full screen; timeout 0.2 cat; exit 3',
    )
    await using screen = await terminal(id)
    const shown = await screen.shows(/exit=0/)
    expect(shown).toContain('limpet: end of the recording; bash -c')
    expect(shown).toContain('ended with code 3')
    expect(shown).not.toContain('^[[')
    const facts = ['alternate_on', 'mouse_standard_flag', 'cursor_flag']
    expect(await Promise.all(facts.map((name) => screen.fact(name)))).toEqual(['0', '0', '1'])
  })

  test('replay is steered by keys: space stops and goes on, right skips, Ctrl-C ends', async () => {
    const script = 'echo one; sleep 0.5; echo two; sleep 0.5; echo three; exit 0'
    const id = await ended(script)
    await using screen = await terminal(`--speed 0.02 --max-wait 1000 ${id}`)
    await screen.shows(/^one$/m)
    await screen.press('Space')
    await screen.press('Right')
    await screen.press('Space')
    await screen.shows(/^two\nthree$[^]*exit=0/m)
    await using other = await terminal(`--speed 0.02 --max-wait 1000 ${id}`)
    await other.shows(/^one$/m)
    await other.press('C-c')
    expect(await other.shows(/exit=130/)).toMatch(/limpet: stopped after \d+s of the recording/)
  })

  test('replay says before when the recording is larger than the terminal, and its sizes at the end', async () => {
    using link = await host.link()
    const size = { columns: 132, rows: 43 }
    const plan = host.plan(['bash', '-c', 'read line; stty size'], { terminal: size })
    const { session } = await link.request('session.open', { plan, view: host.view(1, { size }) })
    await link.request('session.resize', { attachment: 1 as never, columns: 100, rows: 50 })
    await link.until('both sizes', () => link.records.filter(isResize).length === 2)
    link.input({ attachment: 1, sequence: 1, bytes: '\r' })
    await link.exitOf(1)
    await using screen = await terminal(session.id)
    const shown = (await screen.shows(/exit=0/)).replaceAll(/\n/g, '')
    expect(shown).toMatch(/of 132 × 43, which this terminal ?of 80 × 24 shows wrapped/)
    expect(shown).toContain('its sizes were 132 × 43, 100 × 50')
  })

  test('export writes asciicast of both versions and text, to stdout or to a file as a whole', async () => {
    const id = await ended('printf "\\e[31mred\\e[0m\\n12%%\\r100%%\\n"; exit 2')
    const lines = (await said('export', id)).out.trimEnd().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ version: 2, width: 80, height: 24 })
    const events = lines.slice(1).map((line) => JSON.parse(line) as [number, string, string]) // its format
    const output = events.filter(([, code]) => code === 'o').map(([, , data]) => data)
    expect(output.join('')).toBe('\x1b[31mred\x1b[0m\r\n12%\r100%\r\n')
    expect((await said('export', '--format', 'asciicast-v3', id)).out).toContain('"version":3')
    expect(await said('export', '--format', 'text', id)).toEqual({
      out: 'red\n100%\n',
      err: '',
      code: 0,
    })
    const file = join(host.scratch.home, 'red.txt')
    expect(await said('export', '--format', 'text', '-o', file, id)).toEqual({
      out: '',
      err: '',
      code: 0,
    })
    expect(await readFile(file, 'utf8')).toBe('red\n100%\n')
    expect((await readdir(host.scratch.home)).filter((name) => name.includes('.part'))).toEqual([])
    expect(await said('export', '--format', 'gif', id)).toMatchObject({
      err: expect.stringContaining('take one of asciicast, asciicast-v3, text. (USAGE)'),
      code: 2,
    })
    const missing = await said('export', '-o', '/no/such/folder/file', id)
    expect(missing).toMatchObject({ out: '', code: 1 })
  })

  test('export gives lines of a program on pipes the carriage returns that players need', async () => {
    const id = await ended('echo one; echo two >&2', [])
    const { out } = await said('export', id)
    expect(out).toContain(String.raw`one\r\n`)
    expect((await said('export', '--format', 'text', id)).out).toBe('one\ntwo\n')
  })
})
