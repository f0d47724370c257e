// A terminal comes back as it was, however long its history: the page is reloaded, and shows the same pixels, at once.

import { inRound, startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  startProgram,
  TestBrowser,
  waitForFocus,
  waitForScreen,
  type Visit,
} from './page-browser.ts'

/** The last number of the history: 11 MB of them for every day, 100 MB in the soak. */
const LAST = inRound(1_500_000, 12_500_000)

/** From attaching to the first whole screen, in milliseconds; the machine may be busy with other tests. */
const FIRST_SCREEN_MS = inRound(500, 100)

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

/** A shell in which so much was printed, and nothing of it is on the screen any more. */
async function startLongShell(page: Page): Promise<void> {
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  await page.keyboard.type(`seq 1 ${LAST}; clear; echo prin""ted\r`)
  await waitFor(
    'the history',
    async () => (await textOf(page)).startsWith('printed\n') || undefined,
    {
      deadlineMs: 240_000,
    },
  )
}

async function textOf(page: Page): Promise<string> {
  const rows = await page.locator('.xterm-rows > div').allTextContents()
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n')
}

/** What the terminal shows, once it has come to rest. */
async function pictureOf(page: Page): Promise<Buffer> {
  await waitForFocus(page)
  let before = await page.locator('.terminal-host').screenshot()
  return waitFor('the screen to rest', async () => {
    const now = await page.locator('.terminal-host').screenshot()
    if (now.equals(before)) return now
    before = now
    return undefined
  })
}

/** Milliseconds from asking to be attached to the first whole screen. */
async function firstScreenMs(page: Page): Promise<number> {
  return waitFor('the measure', () =>
    page.evaluate(() => performance.getEntriesByName('limpet:first-screen').at(-1)?.duration),
  )
}

async function measureReload(page: Page): Promise<number> {
  await page.reload()
  await waitForFocus(page)
  return firstScreenMs(page)
}

describe('a reloaded page', { timeout: 300_000 }, () => {
  test('shows vim with a split as it was, pixel by pixel, and fast behind a long history', async () => {
    const { page } = visit
    await startProgram(page, 'Shell')
    await waitForScreen(page, /[$#]$/)
    // The first time, the browser has everything to compile.
    await measureReload(page)
    const emptyMs = await measureReload(page)
    await page.keyboard.type('exit\r')
    await page.getByText('bash has ended').waitFor()
    await startLongShell(page)
    const commands = [
      'set number laststatus=2',
      'call setline(1, map(range(200), {i -> "line " . i . repeat(" word", i % 9)}))',
      'syntax on',
      'vsplit',
      'normal 40Gzt',
    ]
    const options = commands.map((command) => `-c '${command}'`).join(' ')
    await page.keyboard.type(`clear; vim -u NONE -n ${options} poem.txt\r`)
    await waitForScreen(page, /40 line 39.*[^]*poem\.txt/)
    const before = await pictureOf(page)
    const ms = await measureReload(page)
    await waitForScreen(page, /40 line 39.*[^]*poem\.txt/)
    const after = await pictureOf(page)
    expect(after.equals(before), 'the pictures before and after').toBe(true)
    process.stdout.write(
      `first screen: ${ms.toFixed(0)} ms behind ${(LAST * 8) / 1e6} MB, ${emptyMs.toFixed(0)} ms behind nothing\n`,
    )
    expect(ms).toBeLessThan(FIRST_SCREEN_MS)
    // It is no picture: vim goes on where it was.
    await page.keyboard.type(':only\r:1\r')
    await waitForScreen(page, /^\s+1 line 0\n\s+2 line 1 word/)
  })

  test('shows htop as it was, and htop goes on', async () => {
    const { page } = visit
    await startProgram(page, 'Shell')
    await waitForScreen(page, /[$#]$/)
    // Every ten seconds: between two of its pictures there is time for a reload.
    const isEqual = async (): Promise<boolean> => {
      await page.keyboard.type('clear; htop -d 100\r')
      await waitForScreen(page, /PID.*USER[^]*F10 ?Quit/)
      const before = await pictureOf(page)
      await page.reload()
      await waitForScreen(page, /PID.*USER[^]*F10 ?Quit/)
      const after = await pictureOf(page)
      await page.keyboard.press('q')
      await waitForScreen(page, /[$#]$/)
      return after.equals(before)
    }
    // On a busy machine ten seconds may be over in the middle: then once more.
    expect((await isEqual()) || (await isEqual()) || (await isEqual())).toBe(true)
  })
})

test('a block of a huge output reads its end only, and says how much there was before', async () => {
  const { page } = visit
  const client = await limpet.connect()
  const session = await client.open('command', { line: 'seq 1 1000000', columns: 80, rows: 24 })
  await session.discardOutput()
  await client.close()
  await page.reload()
  const block = page.getByRole('article', { name: 'Command seq 1 1000000' })
  await block.getByText('1000000', { exact: true }).waitFor()
  await block.getByText(/^\d\.\d MB of earlier output/).waitFor()
  await block.getByRole('button', { name: 'replay' }).first().click()
  await page.getByRole('region', { name: 'Replay of seq 1 1000000' }).waitFor()
})
