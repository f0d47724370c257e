// Proves recordings with players that nobody here wrote: asciinema's own for the terminal (Debian's, version 2) and
// for the browser (npm's, both versions). What a real program wrote into a real terminal is exported by the SDK,
// played to its end, and read from what the player shows.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { asciicast, type AsciicastOptions, type Limpet, type Session } from '@limpet/client'
import { startLimpet, waitFor, within } from '@limpet/testkit'
import { chromium, type Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'

const BUNDLE = createRequire(import.meta.url).resolve(
  'asciinema-player/dist/bundle/asciinema-player.min.js',
)

/** Colours, a character that comes in two parts, a line that is written over, and one for a wider terminal. */
const PROGRAM = `
printf '\\033[31mrot\\033[0m \\303'; sleep 0.1; printf '\\251\\342\\202'; sleep 0.1; printf '\\254 \\360\\237\\230\\200\\n'
printf 'Fortschritt 10%%'; sleep 0.1; printf '\\rFortschritt 100%%\\n'
read -r line
printf '%090d\\n' 7
exit 3`

const LONG = `${'0'.repeat(89)}7`

let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
})

afterAll(() => browser.close())

test('asciinema of Debian plays a recording of version 2 with the right text', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const file = join(limpet.scratch.home, 'demo.cast')
  await writeFile(file, await recordingOf(client, 2))
  // It wants a terminal to be controlled from; `script` gives it one, and what it shows.
  const player = spawn('script', ['-qefc', `asciinema cat ${file}`, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', HOME: limpet.scratch.home },
  })
  const parts: Buffer[] = []
  player.stdout.on('data', (part: Buffer) => parts.push(part))
  const [code] = await within('asciinema cat', once(player, 'close'))
  const shown = Buffer.concat(parts).toString().replaceAll(/\r+\n/g, '\n')
  expect(code).toBe(0)
  expect(shown).toContain(
    `\u001B[31mrot\u001B[0m é€ 😀\nFortschritt 10%\rFortschritt 100%\n\n${LONG}\n`,
  )
})

test.each([2, 3] as const)(
  'asciinema-player plays a recording of version %i in Chromium with the right text, sizes and length',
  async (version) => {
    await using limpet = await startLimpet()
    await using client = await limpet.connect()
    const recording = await recordingOf(client, version)
    const page = await browser.newPage()
    try {
      await page.setContent('<div id="player"></div>')
      await page.addScriptTag({ path: BUNDLE })
      // In the page, as a script: it is the player's own interface, which has no types here.
      await page.evaluate(`
        window.player = AsciinemaPlayer.create(
          { data: ${JSON.stringify(recording)} },
          document.getElementById('player'),
          { preload: true, speed: 4, controls: false },
        )
        window.hasEnded = new Promise((resolve) => player.addEventListener('ended', resolve))
        void player.play()
      `)
      await page.evaluate('window.hasEnded')
      // It draws what it has played with the next frame.
      await page.waitForFunction(`document.querySelectorAll('.ap-line').length === 30`)
      const lines = await page.locator('.ap-line').allInnerTexts()
      const text = lines.map((line) => line.replaceAll('\u00A0', ' ').trimEnd())
      expect(text.slice(0, 4)).toEqual(['rot é€ 😀', 'Fortschritt 100%', '', LONG])
      expect(await page.evaluate('player.getDuration()')).toBeGreaterThan(0.3)
    } finally {
      await page.close()
    }
  },
)

/** Runs the program in a terminal, makes the terminal larger on the way, and exports what the log holds. */
async function recordingOf(client: Limpet, version: AsciicastOptions['version']): Promise<string> {
  const size = { columns: 80, rows: 24 }
  const choice = { argv: ['sh', '-c', PROGRAM], tty: true }
  let written = ''
  const session = await client.open(choice, {
    ...size,
    sink: {
      handleRecord(record, handle: Session) {
        if (record.type === 'output') written += Buffer.from(record.bytes).toString()
        handle.acknowledge(record.end)
      },
    },
  })
  await waitFor('the program waits for a line', () => written.includes('100%'))
  await session.resize(100, 30)
  await session.write('\r')
  expect(await session.exited).toMatchObject({ code: 3 })
  let recording = ''
  const records = client.history(session.id)
  for await (const line of asciicast(records, { version, size, title: 'Demo' })) recording += line
  return recording
}
