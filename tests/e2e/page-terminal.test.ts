// Terminals in the page, with the programs that people use in them.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  placeOf,
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

describe('a shell', () => {
  beforeEach(async () => {
    await startProgram(visit.page, 'Shell')
    await waitForScreen(visit.page, /[$#]$/)
  })

  test('runs vim, htop, and gives Ctrl-C to what runs', async () => {
    const { page } = visit
    await page.keyboard.type('vim -u NONE -n poem.txt\r')
    await waitForScreen(page, /^\n?~\n~\n/)
    await page.keyboard.type('iShe sells sea shells')
    await page.keyboard.press('Escape')
    await page.keyboard.type(':wq\r')
    await waitForScreen(page, /poem\.txt.*written|[$#]$/)
    const file = join(limpet.scratch.home, 'poem.txt')
    await waitFor('the file', () => readFile(file, 'utf8').catch(() => undefined))
    expect(await readFile(file, 'utf8')).toBe('She sells sea shells\n')

    await page.keyboard.type('clear; htop\r')
    await waitForScreen(page, /PID.*USER[^]*F10 ?Quit/)
    await page.keyboard.type('q')
    await waitForScreen(page, /[$#]$/)

    // Not before it sleeps: a Ctrl-C that meets clear at its end leaves the rest of the line running.
    await page.keyboard.type('clear; echo as""leep; sleep 1000\r')
    await waitForScreen(page, /^asleep$/)
    await page.keyboard.press('Control+c')
    await waitForScreen(page, /\^C\n.*[$#]$/)
  })

  test('has every key but the chords of the page', async () => {
    const { page } = visit
    await page.keyboard.type(
      'stty raw -echo; dd bs=1 count=6 2>/dev/null | od -An -tx1; stty sane\r',
    )
    // Ctrl-K, Alt-1, Ctrl-R, Alt-N (two bytes each with Alt): all of them mean something to the page elsewhere.
    await waitFor('dd to read', async () => (await screenOf(page)).includes('od -An'))
    for (const key of ['Control+k', 'Alt+1', 'Control+r', 'Alt+n']) await page.keyboard.press(key)
    await waitForScreen(page, /0b 1b 31 12 1b 6e/)
    await page.keyboard.press('Control+Shift+k')
    await page.getByRole('dialog', { name: 'Palette' }).waitFor()
    await page.keyboard.press('Escape')
    // Escape leaves to the page: where Alt-1 is the stream again.
    await page.keyboard.press('Alt+1')
    await page.getByRole('textbox', { name: 'Command', exact: true }).waitFor()
  })

  test('is resized with the window', async () => {
    const { page } = visit
    // What the program is told each time that its terminal changes.
    await page.keyboard.type(
      `clear; bash -c "trap 'stty size' WINCH; stty size; while :; do sleep 0.1; done"\r`,
    )
    const drawnRows = (): Promise<number> => page.locator('.xterm-rows > div').count()
    const told = async (): Promise<readonly number[]> =>
      (/^(\d+ \d+)$/m.exec((await screenOf(page)).split('\n').at(-1) ?? '')?.[1] ?? '')
        .split(' ')
        .map(Number)
    await waitForScreen(page, /^\d+ \d+$/m)
    const [rows = 0, columns = 0] = await told()
    expect(rows).toBe(await drawnRows())
    await page.setViewportSize({ width: 1000, height: 600 })
    await waitFor('a smaller size', async () => {
      const [fewerRows = 0, fewerColumns = 0] = await told()
      return fewerRows < rows && fewerColumns < columns && fewerRows === (await drawnRows())
    })
    await page.keyboard.press('Control+c')
  })

  test('asks before a paste of several lines runs, and never takes the end mark from a paste', async () => {
    const { page } = visit
    // A program without bracketed paste.
    await page.keyboard.type('clear; echo ready; cat -v\r')
    await waitForScreen(page, /^ready$/)
    const paste = async (text: string): Promise<void> => {
      await page.evaluate((value) => navigator.clipboard.writeText(value), text)
      await page.keyboard.press('Control+Shift+v')
    }
    await paste('one\ntwo\n')
    const dialog = page.getByRole('dialog', { name: 'Paste 2 lines?' })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await screenOf(page)).not.toContain('one')
    await paste('one\ntwo\n')
    await dialog.getByRole('button', { name: 'Paste' }).click()
    await waitForScreen(page, /one\ntwo\none\ntwo/)
    await paste('a\u001b[201~b\u0003c')
    await waitForScreen(page, /^a\[201~bc$/m)
    await page.keyboard.press('Control+c')
  })

  test('copies what is selected, and finds what is searched', async () => {
    const { page } = visit
    await page.keyboard.type('clear; echo a needle; echo the needle is here\r')
    await waitForScreen(page, /^the needle is here$/m)
    const { x, y } = await placeOf(page, 'needle is here')
    await page.mouse.dblclick(x, y)
    await page.keyboard.press('Control+Shift+c')
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('needle')
    await page.keyboard.press('Control+Shift+f')
    await page.getByLabel('Search in the terminal').fill('needle')
    await page.getByText('2 of 2').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('1 of 2').waitFor()
    await page.keyboard.press('Escape')
    await waitForFocus(page)
  })

  test('cannot name itself in markup, write to the clipboard unasked, or read it at all', async () => {
    const { page } = visit
    await page.evaluate(() => navigator.clipboard.writeText('mine'))
    const encoded = Buffer.from('stolen').toString('base64')
    await page.keyboard.type(
      `clear; printf '\\e]2;<img src=x onerror=alert(1)>\\a\\e]52;c;${encoded}\\a\\e]52;c;?\\a'; read -t 1 -n 1 x; echo "read: [$x]"\r`,
    )
    await waitForScreen(page, /^read: \[\]$/m)
    await page.locator('.session-header').getByText('<img src=x onerror=alert(1)>').waitFor()
    expect(await page.locator('.session-header img').count()).toBe(0)
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine')
  })

  test('shows where a link leads when its text says something else', async () => {
    const { page, context } = visit
    const opened: string[] = []
    await context.route('https://*.example/**', (route) => route.fulfill({ body: 'there' }))
    context.on('page', (other) => opened.push(other.url()))
    const link = (target: string, text: string): string => `\\e]8;;${target}\\a${text}\\e]8;;\\a\\n`
    await page.keyboard.type(
      `clear; printf '${link('https://evil.example/', 'https://good.example/')}${link('javascript:alert(1)', 'script')}'\r`,
    )
    await waitForScreen(page, /^script$/m)
    const press = async (text: string): Promise<void> => {
      const { x, y } = await placeOf(page, text)
      await page.mouse.move(x, y)
      await page.mouse.move(x + 2, y)
      await page.mouse.click(x + 2, y)
    }
    await press('script')
    await press('https://good')
    const dialog = page.getByRole('dialog', { name: 'Open this address?' })
    await dialog.getByText('https://evil.example/').waitFor()
    expect(opened).toEqual([])
    const popup = context.waitForEvent('page')
    await dialog.getByRole('button', { name: 'Open' }).click()
    const other = await popup
    await other.waitForURL('https://evil.example/')
    expect(await other.evaluate(() => window.opener === null)).toBe(true)
  })

  test('that has ended says so, and that nothing reads what is typed', async () => {
    const { page } = visit
    await page.keyboard.type('exit 3\r')
    await page.getByText('bash has ended').waitFor()
    await page.getByText(/^exit 3, after/).waitFor()
    await page.keyboard.type('x')
    await page.getByText('Nothing reads what you type.').waitFor()
    await page.getByRole('button', { name: 'Start a new one' }).click()
    await page.getByText('bash has ended').waitFor({ state: 'hidden' })
    await waitForScreen(page, /[$#]$/)
  })

  test('is renamed in place, ended from its menu, and gone from the list when forgotten', async () => {
    const { page } = visit
    const item = page.locator('.session-item.current')
    await item.hover()
    await item.getByRole('button', { name: /^Actions for/ }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: /^New name/ }).fill('build box')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'build box' }).waitFor()
    await page.getByRole('button', { name: 'Actions for build box' }).last().click()
    await page.getByRole('menuitem', { name: 'End…' }).click()
    await page.getByRole('button', { name: 'End it' }).click()
    await page.getByText('build box has ended').waitFor()
    await page.getByRole('button', { name: 'Actions for build box' }).last().click()
    await page.getByRole('menuitem', { name: 'Forget' }).click()
    await waitFor('the line to go', async () => (await page.getByText('build box').count()) === 0)
  })
})

test('Python keeps what was assigned', async () => {
  const { page } = visit
  await startProgram(page, 'Python')
  await waitForScreen(page, />>>$/)
  await page.keyboard.type('x = 41\r')
  await page.keyboard.type('x + 1\r')
  await waitForScreen(page, /^42\n>>>$/m)
})

test('a terminal is drawn by the graphics card where there is one', async () => {
  await using graphics = await TestBrowser.start({ hasGraphics: true })
  await using other = await graphics.visit(limpet)
  const { page } = other
  await startProgram(page, 'Shell')
  await page.keyboard.type('printf "\\e[2J\\e[H\\e[48;2;255;0;0m\\e[2J"; sleep 1000\r')
  const canvas = page.locator('.xterm-screen canvas:not(.xterm-link-layer)').first()
  await waitFor('red pixels', async () => {
    const picture = await canvas.screenshot()
    // A PNG of one colour is small; what counts is that it is no longer the empty ground.
    return page.evaluate(async (encoded) => {
      const image = new Image()
      image.src = `data:image/png;base64,${encoded}`
      await image.decode()
      const context = new OffscreenCanvas(1, 1).getContext('2d')
      context?.drawImage(image, -200, -200)
      const [red = 0, green = 0, blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? []
      return red > 200 && green < 60 && blue < 60
    }, picture.toString('base64'))
  })
})
