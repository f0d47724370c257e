// Several people on one session: shares made and taken back in the page, who is here, who types, whose size it has,
// and what was seen on whatever device. That the host enforces it is tested by raw frames: gateway-shares.test.ts.

import { startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
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
  await startProgram(visit.page, 'Shell')
  await waitForScreen(visit.page, /[$#]$/)
})
afterEach(async () => {
  await visit[Symbol.asyncDispose]()
  await limpet[Symbol.asyncDispose]()
})

const headerOf = (page: Page) => page.locator('.session-header')

async function chooseInMenu(page: Page, item: string): Promise<void> {
  await headerOf(page)
    .getByRole('button', { name: /^Actions for/ })
    .click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

async function openShareDialog(page: Page) {
  await chooseInMenu(page, 'Share…')
  const dialog = page.getByRole('dialog', { name: 'Share bash' })
  await dialog.waitFor()
  return dialog
}

/** Makes a share as a person does. @returns its link */
async function share(page: Page, name: string, role: 'May watch' | 'May watch and type') {
  const dialog = await openShareDialog(page)
  await dialog.getByLabel('For whom').fill(name)
  await dialog.getByLabel(role, { exact: true }).check()
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue()
  await dialog.getByRole('button', { name: 'Copy' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link)
  await dialog.getByRole('button', { name: 'Done', exact: true }).click()
  return link
}

/** Somebody with another browser opens the link. */
async function follow(link: string): Promise<Visit> {
  const guest = await browser.visit(limpet, { logsIn: false })
  await guest.page.goto(link)
  await waitForScreen(guest.page, /[$#]$/)
  return guest
}

async function typeInto(page: Page, text: string): Promise<void> {
  await page.locator('.terminal-host').click()
  await waitForFocus(page)
  await page.keyboard.type(text)
}

describe('a link to watch', () => {
  test('shows that one session, live; what is typed there goes nowhere, and that is said', async () => {
    const { page } = visit
    const link = await share(page, 'Grace', 'May watch')
    expect(link).toMatch(/\/s\/[0-9a-v]{13}\/#[\w-]{22,}$/)
    await using guest = await follow(link)
    const { page: theirs } = guest
    expect(new URL(theirs.url()).hash).toBe('')
    await headerOf(theirs).getByText('watching', { exact: true }).waitFor()
    expect(await theirs.locator('.sidebar, .bar, .starters').count()).toBe(0)
    await headerOf(page).getByText('Grace watching').waitFor()
    await typeInto(page, 'clear; echo hel""lo\r')
    await waitForScreen(theirs, /^hello\n/)
    await typeInto(theirs, 'touch hacked\r')
    await theirs.getByText('You are watching.').waitFor()
    await page.keyboard.type('ls -A | grep -c hack""ed\r')
    await waitForScreen(page, /^0$/m)
    // A smaller window of theirs changes nothing for us.
    const grid = await page.locator('.xterm-rows > div').count()
    await theirs.setViewportSize({ width: 700, height: 400 })
    await page.keyboard.type('clear; stty size\r')
    const screen = await waitForScreen(page, /^\d+ \d+$/m)
    expect(screen).toContain(`${grid} `)
    await waitFor('the whole grid in theirs', async () =>
      (await theirs.locator('.xterm-rows > div').count()) === grid ? true : undefined,
    )
  })

  test('lets nobody in any more, and says so, once it was taken back', async () => {
    const { page } = visit
    const link = await share(page, 'Grace', 'May watch')
    await using guest = await follow(link)
    const dialog = await openShareDialog(page)
    await dialog.getByRole('button', { name: 'Revoke the link of Grace' }).click()
    await guest.page
      .getByRole('heading', { name: 'This link does not let you in any more' })
      .waitFor()
    await guest.page.goto(link)
    await guest.page.reload()
    await guest.page
      .getByRole('heading', { name: 'This link does not let you in any more' })
      .waitFor()
    await dialog.getByText('Links that hold').waitFor({ state: 'detached' })
  })
})

test('the keyboard is handed over and back; who has it not is told', async () => {
  const { page } = visit
  const link = await share(page, 'Ada', 'May watch and type')
  await using guest = await follow(link)
  const { page: theirs } = guest
  await headerOf(theirs).getByText('typing', { exact: true }).waitFor()
  await headerOf(page).getByText('with Ada').waitFor()
  await headerOf(page).getByRole('button', { name: 'typing: everyone' }).click()
  await page.getByRole('menuitem', { name: 'Take control' }).click()
  await headerOf(page).getByText('you have control').waitFor()

  await headerOf(theirs).getByText('owner has control').waitFor()
  await typeInto(theirs, 'x')
  await theirs.getByText('What you typed was not taken.').waitFor()

  await headerOf(page).getByRole('button', { name: 'you have control' }).click()
  await page.getByRole('menuitem', { name: 'Hand to Ada' }).click()
  await headerOf(page).getByText('Ada has control').waitFor()
  await typeInto(theirs, 'clear; echo by""ada\r')
  await waitForScreen(page, /^byada\n/)
  await typeInto(page, 'echo no\r')
  await page.getByText('Ada has control.').waitFor()

  await headerOf(theirs).getByRole('button', { name: 'you have control' }).click()
  await theirs.getByRole('menuitem', { name: 'Let everyone type' }).click()
  await headerOf(page).getByRole('button', { name: 'typing: everyone' }).waitFor()
  await typeInto(page, 'clear; echo by""owner\r')
  await waitForScreen(theirs, /^byowner\n/)
  expect(await screenOf(theirs)).not.toContain('echo no')
})

test('who comes and goes is told to screen readers, once', async () => {
  const { page } = visit
  const link = await share(page, 'Grace', 'May watch')
  const guest = await follow(link)
  const status = page.getByRole('status', { name: 'Who is here' })
  await status.getByText('Grace joined').waitFor({ state: 'attached' })
  await guest[Symbol.asyncDispose]()
  await status.getByText('Grace left').waitFor({ state: 'attached' })
  await headerOf(page).getByText('Grace watching').waitFor({ state: 'detached' })
})

describe('whose size it has', () => {
  test('is a choice: the smallest of two windows, then one size whatever comes', async () => {
    const { page } = visit
    await using other = await browser.visit(limpet)
    const { page: second } = other
    await second.setViewportSize({ width: 1000, height: 600 })
    await second.locator('.session-item').getByRole('button', { name: /bash/ }).first().click()
    await waitForScreen(second, /[$#]$/)
    const rowsOf = (from: Page) => from.locator('.xterm-rows > div').count()
    const large = await rowsOf(page)
    const choose = async (rule: string): Promise<void> => {
      await chooseInMenu(page, 'Size…')
      await page.getByRole('menuitemradio', { name: rule }).click()
    }
    await choose('Size of the smallest window')
    await waitFor('the smaller grid in both', async () => {
      const rows = await rowsOf(page)
      return rows < large && rows === (await rowsOf(second)) ? rows : undefined
    })
    const small = await rowsOf(page)
    await choose('Always')
    await second.setViewportSize({ width: 800, height: 400 })
    await typeInto(second, 'clear; stty size\r')
    await waitForScreen(second, new RegExp(`^${small} \\d+$`, 'm'))
    expect(await rowsOf(page)).toBe(small)
  })
})

test('output that was seen in one browser is seen in the other', async () => {
  const { page } = visit
  await page.keyboard.type('clear; (sleep 2; echo later) &\r')
  await page
    .getByRole('navigation', { name: 'Open' })
    .getByRole('button', { name: 'Stream' })
    .click()
  await using other = await browser.visit(limpet)
  const markOf = (from: Page) =>
    from.locator('.session-item', { hasText: 'bash' }).getByText('new output')
  await Promise.all([page, other.page].map((from) => markOf(from).waitFor({ state: 'attached' })))
  await other.page.locator('.session-item').getByRole('button', { name: /bash/ }).first().click()
  await waitForScreen(other.page, /later/)
  await markOf(page).waitFor({ state: 'detached' })
  // A reload asks the host, not the browser.
  await page.reload()
  await page.locator('.session-item', { hasText: 'bash' }).waitFor()
  expect(await markOf(page).count()).toBe(0)
})

test('labels are given in the page, and find the session', async () => {
  const { page } = visit
  await chooseInMenu(page, 'Labels…')
  await page.getByRole('textbox', { name: 'Labels of bash' }).fill('project=limpet urgent')
  await page.keyboard.press('Enter')
  const item = page.locator('.session-item', { hasText: 'bash' })
  await item.getByText('project=limpet').waitFor()
  await startProgram(page, 'Python')
  const find = page.getByRole('searchbox', { name: /^Find sessions/ })
  await find.fill('limpet urg')
  await page.locator('.session-item', { hasText: 'python' }).waitFor({ state: 'detached' })
  expect(await item.count()).toBe(1)
  await find.press('Escape')
  await page.locator('.session-item', { hasText: 'python' }).waitFor()
})
