// What happened can be seen again: the player plays ended and running sessions, finds text in the whole output, and
// lets one take it along.

import { readFile } from 'node:fs/promises'
import { startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import type { Download, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  blockOf,
  runLine,
  startProgram,
  TestBrowser,
  waitForScreen,
  type Visit,
} from './page-browser.ts'

let limpet: LimpetFixture
let browser: TestBrowser
let visit: Visit

beforeAll(async () => {
  limpet = await startLimpet()
  browser = await TestBrowser.start()
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await limpet[Symbol.asyncDispose]()
})
beforeEach(async () => {
  visit = await browser.visit(limpet)
})
afterEach(async () => {
  await visit[Symbol.asyncDispose]()
})

/** What the player shows, row by row. */
async function shownIn(page: Page): Promise<string> {
  const rows = await page.locator('.player-screen.seen .xterm-rows > div').allTextContents()
  return rows
    .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
    .join('\n')
    .trimEnd()
}

async function waitForShown(page: Page, wanted: RegExp): Promise<string> {
  let seen = ''
  return waitFor(
    `the player to show ${String(wanted)}`,
    async () => {
      seen = await shownIn(page)
      return wanted.test(seen) ? seen : undefined
    },
    { transcript: () => seen },
  )
}

/** Runs a line to its end and opens its replay. */
async function replayLine(page: Page, line: string): Promise<void> {
  await runLine(page, line)
  const block = blockOf(page, line)
  await block.getByRole('button', { name: 'replay' }).click()
  await page.getByRole('region', { name: `Replay of ${line}` }).waitFor()
}

describe('the player', () => {
  test('plays an ended session as it was written, and goes anywhere in it by keys', async () => {
    const { page } = visit
    await replayLine(page, 'for i in 1 2 3 4; do echo wave $i; sleep 0.5; done; sleep 1; echo end')
    await waitForShown(page, /^wave 1$/)
    await waitForShown(page, /^wave 1\nwave 2\nwave 3\nwave 4\nend$/)
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await page.keyboard.press('Home')
    await waitForShown(page, /^(?:wave 1)?$/)
    await page.keyboard.press('End')
    await waitForShown(page, /\nend$/)
    const position = page.getByRole('slider', { name: 'Position' })
    expect(await position.getAttribute('aria-valuetext')).toMatch(
      /^0:0[23] of 0:0[23], \d\d:\d\d:\d\d$/,
    )
    // From its end, Space plays it once more.
    await page.keyboard.press(' ')
    await waitForShown(page, /^wave 1$/)
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    // Other colours hold at once, as in every terminal.
    const colorOf = (): Promise<string> =>
      page
        .locator('.player-screen.seen .xterm-rows')
        .evaluate((rows) => getComputedStyle(rows).color)
    const dark = await colorOf()
    await page.emulateMedia({ colorScheme: 'light' })
    await waitFor('the light colours', async () => (await colorOf()) !== dark)
    await page.locator('.player').focus()
    await page.keyboard.press('Escape')
    await page.getByRole('textbox', { name: 'Command', exact: true }).waitFor()
  })

  test('finds text in the whole output, and jumps to the moment it was written', async () => {
    const { page } = visit
    await replayLine(page, 'seq 1 400000; echo "the need""le"; sleep 0.3; seq 1 400000')
    await page.getByRole('slider', { name: 'Position' }).waitFor()
    const search = page.getByRole('searchbox', { name: 'Search in the whole output' })
    await search.fill('THE NEEDLE')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    await waitForShown(page, /the needle/)
    await search.fill('not there')
    await page.getByText('none', { exact: true }).waitFor()
    // Five megabytes back and forth.
    await page.locator('.player').focus()
    await page.keyboard.press('End')
    await waitForShown(page, /399999\n400000$/)
    await search.fill('the needle')
    await waitForShown(page, /the needle/)
  })

  test('plays a running session up to now, and a full-screen program as it was', async () => {
    const { page } = visit
    await startProgram(page, 'Shell')
    await waitForScreen(page, /[$#]$/)
    await page.keyboard.type('vim -u NONE -n poem.txt\r')
    await waitForScreen(page, /^\n?~\n~\n/)
    await page.keyboard.type('iShe sells sea shells')
    await waitForScreen(page, /She sells sea shells/)
    await page
      .locator('.session-header')
      .getByRole('button', { name: /^Actions for/ })
      .click()
    await page.getByRole('menuitem', { name: 'Replay' }).click()
    await page.getByRole('slider', { name: 'Position' }).waitFor()
    await page.keyboard.press('End')
    await waitForShown(page, /^She sells sea shells\n~\n~\n/)
    await page.keyboard.press('Home')
    await waitFor('its beginning', async () => !(await shownIn(page)).includes('She') || undefined)
    await page.getByRole('button', { name: 'Close the replay' }).click()
    await waitForScreen(page, /^She sells sea shells\n~\n/)
  })

  test('lets one take it along: asciicast in both versions, and text', async () => {
    const { page } = visit
    await replayLine(page, "printf '\\e[1mbold\\e[0m grü\\303\\237e\\n'")
    await page.getByRole('slider', { name: 'Position' }).waitFor()
    const save = async (label: string): Promise<string> => {
      await page.getByRole('button', { name: 'Export' }).click()
      const [download]: readonly [Download, void] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: label }).click(),
      ])
      return readFile(await download.path(), 'utf8')
    }
    const two = await save('asciicast v2')
    expect(JSON.parse(two.split('\n')[0] ?? '')).toMatchObject({
      version: 2,
      width: expect.any(Number),
    })
    const three = await save('asciicast v3')
    expect(JSON.parse(three.split('\n')[0] ?? '')).toMatchObject({ version: 3 })
    expect(three).toContain('bold')
    expect(await save('Plain text')).toBe('bold grüße\n')
  })
})
