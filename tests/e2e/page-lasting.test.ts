// What lasts: sessions outlive the page and the gateway, the page comes back to them by itself, and of several
// windows on one terminal exactly one answers the program.

import { startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  blockOf,
  runLine,
  screenOf,
  startProgram,
  TestBrowser,
  waitForFocus,
  waitForScreen,
  type Visit,
} from './page-browser.ts'

let limpet: LimpetFixture
let browser: TestBrowser
let visit: Visit

beforeAll(async () => {
  browser = await TestBrowser.start()
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
})
beforeEach(async () => {
  limpet = await startLimpet()
  visit = await browser.visit(limpet)
})
afterEach(async () => {
  await visit[Symbol.asyncDispose]()
  await limpet[Symbol.asyncDispose]()
})

/** Goes to a tab by its name. */
async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Open' }).getByRole('button', { name }).first().click()
}

/** A shell and a Python, each with something in it that only its process knows. */
async function startBoth(page: Page): Promise<void> {
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  await page.keyboard.type('secret=shell-knows; clear\r')
  await startProgram(page, 'Python')
  await waitForScreen(page, />>>$/)
  await page.keyboard.type('secret = 41\r')
  await waitForScreen(page, /secret = 41\n>>>$/)
}

async function expectBoth(page: Page): Promise<void> {
  await goTo(page, 'python3')
  await waitForFocus(page)
  await page.keyboard.type('secret + 1\r')
  await waitForScreen(page, /^42$/m)
  await goTo(page, 'bash')
  await waitForFocus(page)
  await page.keyboard.type('echo $secret\r')
  await waitForScreen(page, /^shell-knows$/m)
}

describe('bash and Python', () => {
  test('live through a reload, and the page comes back to where it was', async () => {
    const { page } = visit
    await startBoth(page)
    await page.reload()
    await waitForScreen(page, /secret = 41\n>>>$/)
    expect(await page.title()).toBe('python3 · Limpet')
    await expectBoth(page)
  })

  test('live through a killed gateway; the page says so, holds what is typed, comes back logged in', async () => {
    const { page } = visit
    await startBoth(page)
    await goTo(page, 'bash')
    await waitForFocus(page)
    await limpet.killGateway()
    const strip = page
      .getByText(/^offline since \d\d:\d\d, (?:next try in \d+ s|trying now)/)
      .first()
    await strip.waitFor()
    await page.keyboard.type('echo once')
    const header = page.locator('.session-header')
    await header.getByText('9 keys held').waitFor()
    await limpet.restartGateway()
    await waitForScreen(page, /echo once$/)
    await header.getByText('keys held').waitFor({ state: 'hidden' })
    await page.getByText(/^connected/).waitFor()
    await page.keyboard.type('\r')
    expect((await waitForScreen(page, /^once$/m)).match(/once/g)).toHaveLength(2)
    await expectBoth(page)
  })

  test('are found in the list by a browser that comes later', async () => {
    await startBoth(visit.page)
    await using other = await browser.visit(limpet)
    const { page } = other
    await page
      .getByRole('navigation', { name: 'All sessions' })
      .getByRole('button', { name: /bash/ })
      .first()
      .click()
    await waitForFocus(page)
    await page.keyboard.type('echo $secret\r')
    await waitForScreen(page, /^shell-knows$/m)
    await waitForScreen(visit.page, /42|secret = 41/)
  })
})

test('what ran when the host was killed is said to be lost, and what it wrote stays', async () => {
  const { page } = visit
  const line = 'echo begun; sleep 1000'
  await runLine(page, line)
  await blockOf(page, line).locator('.lines').getByText('begun').waitFor()
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  await page.keyboard.type('clear; echo kep""t\r')
  await waitForScreen(page, /^kept\n.*[$#]$/)
  process.kill(limpet.hostPid, 'SIGKILL')
  const word = page.getByText('bash was lost with the host')
  await word.waitFor()
  await waitForScreen(page, /^kept\n/)
  await page.keyboard.type('x')
  await page.getByText('Nothing reads what you type.').waitFor()
  await goTo(page, 'Stream')
  await blockOf(page, line).getByText('lost with the host').waitFor()
  await blockOf(page, line).locator('.lines').getByText('begun').waitFor()
  expect(await page.getByText(/was lost with its host/).count()).toBe(0)
  await goTo(page, 'bash')
  await page.reload()
  await word.waitFor()
  await waitForScreen(page, /^kept\n/)
  await page.locator('.session-header').getByRole('button', { name: 'Actions for bash' }).click()
  await page.getByRole('menuitem', { name: 'Replay' }).click()
  await page.getByRole('region', { name: 'Replay of bash' }).waitFor()
})

test('a running command is still running in its block after a reload', async () => {
  const { page } = visit
  const line = 'echo begun; sleep 1000'
  await runLine(page, line)
  await blockOf(page, line).locator('.lines').getByText('begun').waitFor()
  await page.reload()
  await blockOf(page, line).locator('.lines').getByText('begun').waitFor()
  await blockOf(page, line).getByRole('button', { name: 'stop' }).click()
  await blockOf(page, line).getByText('interrupted').waitFor()
})

test('who logs out sees nothing any more, and everything again after the next login', async () => {
  const { page } = visit
  const line = 'i=0; while :; do echo "tick $((i++))"; sleep 0.2; done'
  await runLine(page, line)
  await blockOf(page, line).getByText('tick 1', { exact: true }).waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('log out')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Log in to Limpet' }).waitFor()
  await page.reload()
  await page.getByLabel('Link or token').fill(limpet.token)
  await page.keyboard.press('Enter')
  await blockOf(page, line).getByText('tick 1', { exact: true }).waitFor()
  const count = async (): Promise<number> =>
    (await blockOf(page, line).locator('.lines').innerText()).split('\n').length
  const before = await count()
  await waitFor('more lines', async () => (await count()) > before + 3)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('log out')
  await page.keyboard.press('Enter')
  // Without a reload between: what was attached by the old login is gone, not stuck.
  await page.getByLabel('Link or token').fill(limpet.token)
  await page.keyboard.press('Enter')
  const again = await count()
  await waitFor('more lines again', async () => (await count()) > again + 3)
})

test('a history of megabytes is there at once after a reload, not run past', async () => {
  const { page } = visit
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  await page.keyboard.type('clear; seq 1 300000; echo the end\r')
  await waitForScreen(page, /300000\nthe end\n.*[$#]$/)
  await page.reload()
  // Whatever is drawn from now on is the end, or nothing.
  await page.locator('.terminal-frame .xterm').waitFor({ state: 'attached' })
  const shown = await page.evaluate(async () => {
    const seen = new Set<string>()
    for (let frame = 0; frame < 240 && !seen.has('end'); frame += 1) {
      const isUnseen = document.querySelector('.terminal-frame.settling') !== null
      const text = document.querySelector('.xterm-rows')?.textContent ?? ''
      if (!isUnseen && text.trim() !== '')
        seen.add(text.includes('the end') ? 'end' : 'running past')
      await new Promise(requestAnimationFrame)
    }
    return [...seen]
  })
  expect(shown.at(-1)).toBe('end')
})

test('output in a tab behind is marked, until it is looked at', async () => {
  const { page } = visit
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  await page.keyboard.type('clear; (sleep 1; echo later) &\r')
  await goTo(page, 'Stream')
  const item = page.locator('.session-item', { hasText: 'bash' })
  await item.getByText('new output').waitFor({ state: 'attached' })
  await item.getByRole('button', { name: /bash/ }).first().click()
  await waitForScreen(page, /later/)
  await item.getByText('new output').waitFor({ state: 'detached' })
})

test('a second window on a terminal shows the same grid, and takes the size when it types', async () => {
  const { page } = visit
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  await page.keyboard.type(
    'clear; bash -c "trap \'stty size\' WINCH; stty size; while ! read -t 0.2 x; do :; done"\r',
  )
  const [, rows] = /^(\d+) \d+$/m.exec(await waitForScreen(page, /^\d+ \d+$/m)) ?? []
  await using other = await browser.visit(limpet)
  await other.page.setViewportSize({ width: 900, height: 500 })
  await other.page.locator('.session-item').getByRole('button', { name: /bash/ }).first().click()
  await waitForScreen(other.page, /^\d+ \d+$/m)
  expect(await other.page.locator('.xterm-rows > div').count()).toBe(Number(rows))
  await waitForFocus(other.page)
  await other.page.keyboard.type('x')
  await waitFor('the smaller grid in both', async () => {
    const [here, there] = await Promise.all([
      page.locator('.xterm-rows > div').count(),
      other.page.locator('.xterm-rows > div').count(),
    ])
    return here === there && here < Number(rows)
  })
})

/** Asks DA1, DSR and CPR 100 times, reads for each exactly what comes, and says what it got. */
const ASKING = `
import os, re, select, sys, termios, time, tty
fd = sys.stdin.fileno()
before = termios.tcgetattr(fd)
tty.setraw(fd)
counts, extra, rounds = [0, 0, 0], b"", 0
kinds = [rb"\\x1b\\[\\?[0-9;]*c", rb"\\x1b\\[0n", rb"\\x1b\\[[0-9]+;[0-9]+R"]
def read(seconds):
    ready, _, _ = select.select([fd], [], [], seconds)
    return os.read(fd, 4096) if ready else b""
for rounds in range(100):
    os.write(1, b"\\x1b[c\\x1b[5n\\x1b[6n")
    got, end = b"", time.time() + 10
    while time.time() < end and not all(re.search(kind, got) for kind in kinds):
        got += read(0.1)
    got += read(0.02)
    for index, kind in enumerate(kinds):
        counts[index] += len(re.findall(kind, got))
        got = re.sub(kind, b"", got)
    extra += got
while True:
    late = read(0.5)
    if not late: break
    extra += late
termios.tcsetattr(fd, termios.TCSADRAIN, before)
print("answers", counts, "extra", extra)
`

test('of two windows, one of them reloaded, exactly one answers each query; bash is typed nothing', async () => {
  const { page } = visit
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  const encoded = Buffer.from(ASKING).toString('base64')
  await page.keyboard.type(`clear; echo ${encoded} | base64 -d > ask.py; clear; echo ready\r`)
  await waitForScreen(page, /^ready$/m)
  const second = await visit.context.newPage()
  await second.goto(limpet.url)
  await waitForScreen(second, /^ready$/m)
  await waitForFocus(second)
  // The first window typed last: it is the responder.
  await page.bringToFront()
  await page.locator('.terminal-host').click()
  await page.keyboard.type('clear; python3 ask.py\r')
  // Reloaded in the middle of it, twice: the duty passes to the second one and its log is replayed here.
  await waitFor('the questions to begin', async () => !(await screenOf(page)).includes('ask.py'))
  await page.reload()
  await waitForFocus(page)
  await second.reload()
  await waitForFocus(second)
  const screen = await waitForScreen(page, /answers .*\n.*[$#]$/)
  expect(screen).toContain("answers [100, 100, 100] extra b''")
  await page.keyboard.type('clear; echo done\r')
  expect(await waitForScreen(page, /^done\n.*[$#]$/m)).toMatch(/^done\n[^\n]*[$#]$/)
})

test('queries in a history are not answered again by a reload', async () => {
  const { page } = visit
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  const ask = `printf '\\e[c\\e[5n\\e[6n\\e[?1004h\\e[?1004l'; read -s -t 0.5 -n 200 x`
  await page.keyboard.type(`clear; for i in 1 2 3; do ${ask}; done; clear; echo asked\r`)
  await waitForScreen(page, /^asked\n.*[$#]$/m)
  await page.reload()
  await waitForFocus(page)
  await page.keyboard.type('echo clean\r')
  expect(await waitForScreen(page, /^clean\n.*[$#]$/m)).toMatch(
    /^asked\n[^\n]*[$#] echo clean\nclean\n/,
  )
})
