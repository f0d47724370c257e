// The page on a phone: one thing at a time, a key bar, fingers. And the page of a gateway for a single program.

import { startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  blockOf,
  runLine,
  screenOf,
  TestBrowser,
  waitForFocus,
  waitForScreen,
  type Visit,
} from './page-browser.ts'

let browser: TestBrowser

beforeAll(async () => {
  browser = await TestBrowser.start()
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
})

describe('on a phone', () => {
  let limpet: LimpetFixture
  let visit: Visit

  beforeAll(async () => {
    limpet = await startLimpet()
  })
  afterAll(async () => {
    await limpet[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    visit = await browser.visit(limpet, { device: 'phone' })
  })
  afterEach(async () => {
    await visit[Symbol.asyncDispose]()
  })

  async function startShell(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'New', exact: true }).tap()
    await page.getByRole('menuitem', { name: 'Shell' }).tap()
    await waitForScreen(page, /[$#]$/)
  }

  test('a command runs, and its menu has what the wide page shows', async () => {
    const { page } = visit
    await runLine(page, 'echo small; printf "%0200d" 7')
    const block = blockOf(page, 'echo small; printf "%0200d" 7')
    await block.getByText(/\d ms$/).waitFor()
    await block.getByRole('button', { name: /^Actions for/ }).tap()
    const items = await page.getByRole('menuitem').allInnerTexts()
    expect(items).toEqual([
      'Open as terminal',
      'Show in the stream',
      'Replay',
      'Copy output',
      'Run again',
      'Labels…',
      'Copy link',
      'Share…',
      'Forget',
    ])
  })

  test('the page never scrolls sideways, and everything to press is large enough for a finger', async () => {
    const { page } = visit
    await runLine(page, 'printf "%0500d" 7')
    await blockOf(page, 'printf "%0500d" 7')
      .getByText(/\d ms$/)
      .waitFor()
    const places: (() => Promise<void>)[] = [
      async () => {},
      async () => page.getByRole('button', { name: 'Sessions' }).tap(),
      async () => startShell(page),
    ]
    for (const go of places) {
      await go()
      const { overflow, small } = await page.evaluate(() => {
        const targets = [...document.querySelectorAll<HTMLElement>('button, input, textarea, a')]
        const isOnScreen = (element: HTMLElement): boolean =>
          element.checkVisibility() && element.closest('.xterm, .lines, .visually-hidden') === null
        const tooSmall = targets
          .filter(isOnScreen)
          .filter(
            (element) =>
              element.getBoundingClientRect().height < 44 &&
              element.closest('.block-head, textarea') === null,
          )
        return {
          overflow: document.documentElement.scrollWidth - innerWidth,
          small: tooSmall.map((element) => element.outerHTML.slice(0, 100)),
        }
      })
      expect({ overflow, small }).toEqual({ overflow: 0, small: [] })
    }
  })

  test('the key bar types what its keyboard lacks: Escape, Tab, arrows, Ctrl that sticks', async () => {
    const { page } = visit
    await startShell(page)
    const key = (name: string) =>
      page.getByRole('toolbar', { name: 'Keys' }).getByRole('button', { name, exact: true })
    await page.locator('.terminal-host').tap()
    await waitForFocus(page)
    await page.keyboard.type('clear; echo one\r')
    await waitForScreen(page, /^one$/m)
    await key('Up').tap()
    await waitForScreen(page, /[$#] clear; echo one$/)
    await key('Control, for the next key').tap()
    await page.keyboard.type('u')
    await waitForScreen(page, /[$#]$/)
    // It stuck for one key only.
    await page.keyboard.type('u')
    await waitForScreen(page, /[$#] u$/)
    await key('Control, for the next key').tap()
    await page.keyboard.type('c')
    await page.keyboard.type('cat -v\r')
    await key('Escape').tap()
    await key('|').tap()
    await key('Alt, for the next key').tap()
    await key('~').tap()
    await waitForScreen(page, /^\^\[\|\^\[~$/m)
    await key('Control, for the next key').tap()
    await page.keyboard.type('c')
    await key('Paste').tap()
    await page.getByLabel('Text to paste').fill('echo pasted')
    await page.getByRole('dialog', { name: 'Paste' }).getByRole('button', { name: 'Paste' }).tap()
    await waitForScreen(page, /[$#] echo pasted$/)
  })

  test('no keys are offered where nothing reads them any more', async () => {
    const { page } = visit
    await startShell(page)
    const keys = page.getByRole('toolbar', { name: 'Keys' })
    await keys.waitFor()
    await page.locator('.terminal-host').tap()
    await waitForFocus(page)
    await page.keyboard.type('exit\r')
    await page.getByText('bash has ended').waitFor()
    await keys.waitFor({ state: 'detached' })
  })

  test('a finger scrolls back, two change the size of type', async () => {
    const { page } = visit
    await startShell(page)
    await page.locator('.terminal-host').tap()
    await page.keyboard.type('clear; seq 1 200\r')
    await waitForScreen(page, /200\n.*[$#]$/)
    const touch = (from: readonly number[], to: readonly number[]): Promise<void> =>
      page.evaluate(
        ([starts, ends]) => {
          const host = document.querySelector('.terminal-host')
          const target = document.querySelector('.xterm-screen')
          if (!host || !target) throw new Error('no terminal')
          const touches = (places: readonly number[]): Touch[] =>
            places.map(
              (clientY, identifier) => new Touch({ identifier, target, clientX: 200, clientY }),
            )
          const send = (type: string, list: Touch[]): void => {
            const options = { touches: list, changedTouches: list, bubbles: true, cancelable: true }
            target.dispatchEvent(new TouchEvent(type, options))
          }
          send('touchstart', touches(starts))
          for (let step = 1; step <= 10; step += 1) {
            send(
              'touchmove',
              touches(
                starts.map((start, index) => start + (((ends[index] ?? 0) - start) * step) / 10),
              ),
            )
          }
          send('touchend', [])
        },
        [from, to] as const,
      )
    await touch([200], [600])
    await waitFor('older lines', async () => !(await screenOf(page)).includes('200'))
    const before = await page.locator('.xterm-rows > div').count()
    await touch([300, 400], [200, 500])
    await waitFor(
      'larger type',
      async () => (await page.locator('.xterm-rows > div').count()) < before,
    )
  })

  test('a terminal does not call up the keyboard by itself', async () => {
    const { page } = visit
    await startShell(page)
    expect(await page.evaluate(() => document.activeElement?.className)).not.toContain('xterm')
  })
})

describe('a gateway for one program', () => {
  let limpet: LimpetFixture
  beforeAll(async () => {
    limpet = await startLimpet({ args: ['--', 'bash', '--norc'] })
  })
  afterAll(async () => {
    await limpet[Symbol.asyncDispose]()
  })

  test('opens it for each visitor, who comes back to it; there is no bar and nothing else to start', async () => {
    await using first = await browser.visit(limpet)
    const { page } = first
    await waitForFocus(page)
    await page.keyboard.type('mine=first; clear\r')
    expect(await page.getByRole('textbox', { name: 'Command', exact: true }).count()).toBe(0)
    expect(await page.getByRole('complementary', { name: 'Sessions' }).count()).toBe(0)
    await using second = await browser.visit(limpet)
    await waitForFocus(second.page)
    await second.page.keyboard.type('echo "[$mine]"\r')
    await waitForScreen(second.page, /^\[\]$/m)
    await page.reload()
    await waitForFocus(page)
    await page.keyboard.type('echo "[$mine]"\r')
    await waitForScreen(page, /^\[first\]$/m)
  })
})
