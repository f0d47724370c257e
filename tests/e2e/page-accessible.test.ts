// The page for everyone: axe finds nothing serious on any view, in either theme; every action has a key; zoomed to
// 200 % nothing is lost; a screen reader hears what happened.

import { AxeBuilder } from '@axe-core/playwright'
import type { Limpet } from '@limpet/client'
import { startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  blockOf,
  runLine,
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
afterEach(async () => {
  await Promise.all(others.splice(0).map((client) => client.close()))
  await visit[Symbol.asyncDispose]()
})

/** What axe finds, one line for each kind of fault with the first place of it. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} — ${nodes[0]?.failureSummary}`)
}

/** Those who are here beside the page. */
const others: Limpet[] = []

/** An item of the menu of the session in front. */
async function openMenu(page: Page, item: string): Promise<void> {
  await page
    .locator('.session-header')
    .getByRole('button', { name: /^Actions for/ })
    .click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** The views, each with the way to it. */
const VIEWS: readonly (readonly [name: string, go: (page: Page) => Promise<void>])[] = [
  [
    'the empty stream',
    async (page) => page.getByRole('heading', { name: 'Run something on this machine' }).waitFor(),
  ],
  [
    'the stream with a failed, a coloured and a running command',
    async (page) => {
      const colors = `for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 208; do printf "\\e[38;5;\${i}mcolor\\e[0m "; done`
      await runLine(page, 'cat /not/there')
      await runLine(page, colors)
      await blockOf(page, colors)
        .getByText(/\d ms$/)
        .waitFor()
      await runLine(page, 'sleep 60')
      await blockOf(page, 'sleep 60').getByRole('button', { name: 'stop' }).waitFor()
    },
  ],
  [
    'a terminal',
    async (page) => {
      await startProgram(page, 'Shell')
      await waitForScreen(page, /[$#]$/)
    },
  ],
  [
    'a terminal that has ended',
    async (page) => {
      await startProgram(page, 'Shell')
      await page.keyboard.type('exit\r')
      await page.getByText('bash has ended').waitFor()
    },
  ],
  [
    'the palette',
    async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog', { name: 'Palette' }).waitFor()
    },
  ],
  [
    'the keys',
    async (page) => {
      await page.getByRole('textbox', { name: 'Command', exact: true }).waitFor()
      await page.getByRole('button', { name: 'Settings' }).focus()
      await page.keyboard.press('Shift+?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    },
  ],
  [
    'a menu',
    async (page) => {
      await page.getByRole('button', { name: 'Settings' }).click()
      await page.getByRole('menu').waitFor()
    },
  ],
  [
    'a session that somebody else has control of, with labels',
    async (page) => {
      await startProgram(page, 'Shell')
      const client = await limpet.connect()
      const [session] = await client.sessions()
      if (session === undefined) throw new Error('no session')
      await client.configure(session.id, { labels: { project: 'limpet' } })
      const other = await client.attach(session.id, { viewerName: 'Ada' })
      await other.takeControl()
      await page.locator('.session-header').getByText('Ada has control').waitFor()
      await page.keyboard.type('x')
      await page.getByText('What you typed was not taken.').waitFor()
      others.push(client)
    },
  ],
  [
    'the dialog of shares',
    async (page) => {
      await startProgram(page, 'Shell')
      await openMenu(page, 'Share…')
      await page.getByLabel('For whom').fill('Grace')
      await page.getByRole('button', { name: 'Make a link' }).click()
      await page.getByText('Links that hold').waitFor()
    },
  ],
  [
    'the dialog of labels',
    async (page) => {
      await startProgram(page, 'Shell')
      await openMenu(page, 'Labels…')
      await page.getByRole('dialog', { name: 'Labels of bash' }).waitFor()
    },
  ],
  [
    'the page of a share',
    async (page) => {
      await startProgram(page, 'Shell')
      await openMenu(page, 'Share…')
      await page.getByRole('button', { name: 'Make a link' }).click()
      await page.goto(await page.getByRole('textbox', { name: 'Link' }).inputValue())
      await page.locator('.session-header').getByText('watching', { exact: true }).waitFor()
    },
  ],
  [
    'a share that does not hold',
    async (page) => {
      await page.goto(`${limpet.url}s/0000000000000/#nothing`)
      await page.getByRole('heading', { name: 'This link does not let you in any more' }).waitFor()
    },
  ],
  [
    'the player, with what was found',
    async (page) => {
      await runLine(page, 'seq 100')
      await blockOf(page, 'seq 100').getByRole('button', { name: 'replay' }).click()
      await page.getByRole('searchbox', { name: 'Search in the whole output' }).fill('7')
      await page.getByText(/^1 of \d+$/).waitFor()
    },
  ],
  [
    'the search of what was run',
    async (page) => {
      const bar = page.getByRole('textbox', { name: 'Command', exact: true })
      await bar.press('Control+r')
      await page.getByRole('combobox').waitFor()
    },
  ],
]

function withLimpet(): void {
  beforeAll(async () => {
    limpet = await startLimpet()
  })
  afterAll(async () => {
    await limpet[Symbol.asyncDispose]()
  })
}

describe.each(['dark', 'light'] as const)(
  'in the %s theme, axe finds nothing serious on',
  (colors) => {
    withLimpet()
    test.each(VIEWS)('%s', async (_name, go) => {
      visit = await browser.visit(limpet, { colors })
      await visit.page.getByRole('heading', { name: 'Running' }).waitFor()
      await go(visit.page)
      expect(await faultsOf(visit.page)).toEqual([])
    })

    test('the login', async () => {
      visit = await browser.visit(limpet, { colors, logsIn: false })
      await visit.page.getByLabel('Link or token').waitFor()
      expect(await faultsOf(visit.page)).toEqual([])
    })

    test('the page of a phone', async () => {
      visit = await browser.visit(limpet, { colors, device: 'phone' })
      const { page } = visit
      await page.getByRole('textbox', { name: 'Command', exact: true }).waitFor()
      expect(await faultsOf(page)).toEqual([])
      await page.getByRole('button', { name: 'Sessions' }).click()
      expect(await faultsOf(page)).toEqual([])
    })
  },
)

describe('by keyboard alone', () => {
  withLimpet()
  beforeEach(async () => {
    visit = await browser.visit(limpet)
    await visit.page.getByRole('textbox', { name: 'Command', exact: true }).waitFor()
  })

  test('a shell is opened, left, found again in the palette, and closed', async () => {
    const { page } = visit
    await page.keyboard.press('Alt+n')
    await waitForFocus(page)
    await waitForScreen(page, /[$#]$/)
    await page.keyboard.press('Control+Shift+1')
    const bar = page.getByRole('textbox', { name: 'Command', exact: true })
    await waitFor('the bar to have the focus', () =>
      bar.evaluate((field) => field === document.activeElement),
    )
    await page.keyboard.press('Control+k')
    await page.keyboard.type('bash')
    await page.keyboard.press('Enter')
    await waitForFocus(page)
    await page.keyboard.press('Control+Shift+k')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Alt+w')
    await page.getByRole('dialog', { name: 'Close bash?' }).waitFor()
    await page.keyboard.press('Enter')
    await bar.waitFor()
  })

  test('the focus is always visible', async () => {
    const { page } = visit
    await runLine(page, 'echo focus')
    await blockOf(page, 'echo focus')
      .getByText(/\d ms$/)
      .waitFor()
    const unseen: string[] = []
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab')
      const lacking = await page.evaluate(() => {
        const focused = document.activeElement
        if (!(focused instanceof HTMLElement) || focused === document.body) return undefined
        const box = focused.getBoundingClientRect()
        const style = getComputedStyle(focused)
        const holder = focused.closest('.bar')
        const isMarked =
          style.outlineStyle !== 'none' ||
          (holder !== null && getComputedStyle(holder).boxShadow.includes('2px'))
        const isShown = box.width > 0 && box.height > 0 && Number(style.opacity) > 0
        return isMarked && isShown ? undefined : focused.outerHTML.slice(0, 120)
      })
      if (lacking !== undefined) unseen.push(lacking)
    }
    expect(unseen).toEqual([])
  })

  test('a menu is opened, walked and left; the focus comes back', async () => {
    const { page } = visit
    const settings = page.getByRole('button', { name: 'Settings' })
    await settings.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemradio', { name: 'Colours of the system' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    await waitFor('the focus to come back', () =>
      settings.evaluate((button) => button === document.activeElement),
    )
  })
})

describe('nothing is lost', () => {
  withLimpet()

  test('at 200 %, which is half the room', async () => {
    visit = await browser.visit(limpet)
    const { page } = visit
    await page.setViewportSize({ width: 720, height: 450 })
    await runLine(page, 'echo zoomed')
    await blockOf(page, 'echo zoomed')
      .getByText(/\d ms$/)
      .waitFor()
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBe(0)
    for (const name of ['Run', 'Settings', 'Open the palette']) {
      expect(await page.getByRole('button', { name, exact: true }).isVisible()).toBe(true)
    }
  })

  test('a screen reader hears how a command ended, not each of its lines, and may read the terminal as text', async () => {
    visit = await browser.visit(limpet)
    const { page } = visit
    await runLine(page, 'seq 1 500')
    await page
      .getByRole('status', { name: 'Newest command' })
      .getByText('seq 1 500: done, 500 lines')
      .waitFor({ state: 'attached' })
    expect(await page.getByRole('log').getAttribute('aria-live')).toBe('off')
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('menuitemradio', { name: 'Screen reader mode' }).click()
    await startProgram(page, 'Shell')
    await page.keyboard.type('echo read me\r')
    await page
      .locator('.xterm-accessibility')
      .getByText('read me', { exact: true })
      .waitFor({ state: 'attached' })
  })
})
