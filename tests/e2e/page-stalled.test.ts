// A page whose tab is blocked, as by a sleeping machine: the program does not wait for it longer than stallMs, and the
// page catches up by a gap and a checkpoint.

import { inRound, startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { screenOf, startProgram, TestBrowser, waitForScreen, type Visit } from './page-browser.ts'

/** How long the tab does nothing at all: longer than stallMs. */
const BLOCKED_MS = inRound(12_000, 60_000)

/** More than a log keeps. */
const FLOOD_MEGABYTES = inRound(120, 200)

/** FLOW-3: one that acknowledges nothing for so long lags. */
const STALL_MS = 10_000

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

/** Prints so many megabytes in lines, and says how long its longest wait was and how long all of it took. */
const FLOOD = `
import os, time
block = (b"x" * 99 + b"\\n") * 655
begun = last = time.monotonic()
longest = 0
for _ in range(${FLOOD_MEGABYTES} * 1000000 // len(block)):
    view = memoryview(block)
    while view:
        view = view[os.write(1, view):]
        now = time.monotonic()
        longest, last = max(longest, now - last), now
os.write(1, b"longest wait %.1f s of %.1f s\\n" % (longest, last - begun))
`

test('[FLOW-3] a tab that is blocked stops a build for stallMs at most, and catches up', async () => {
  const { page } = visit
  await startProgram(page, 'Shell')
  await waitForScreen(page, /[$#]$/)
  const encoded = Buffer.from(FLOOD).toString('base64')
  await page.keyboard.type(`clear; echo ${encoded} | base64 -d > flood.py; clear; echo rea""dy\r`)
  await waitForScreen(page, /^ready$/m)
  await page.keyboard.type('python3 flood.py\r')
  await waitForScreen(page, /x{50}/)
  await page.evaluate((ms) => {
    const end = performance.now() + ms
    while (performance.now() < end); // nothing else runs in this tab
  }, BLOCKED_MS)
  const [, wait] = await waitFor(
    'the page to catch up',
    async () =>
      /longest wait ([\d.]+) s of [\d.]+ s\n.*[$#]$/.exec(await screenOf(page)) ?? undefined,
    { deadlineMs: 120_000 },
  )
  const words = await page.locator('.terminal-chip').innerText()
  expect(words).toMatch(/^skipped [\d.]+ MB/)
  process.stdout.write(
    `stalled page: the program waited ${wait} s at most; ${words.split('\n')[0]}\n`,
  )
  expect(Number(wait) * 1000).toBeLessThan(STALL_MS + 2000)
  // What is typed is answered, where it should be.
  await page.keyboard.type('clear; echo awa""ke\r')
  await waitForScreen(page, /^awake\n.*[$#]$/)
}, 240_000)
