// The stream: commands from the bar, as a person who has just opened the printed link runs them.

import { startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { blockOf, runLine, TestBrowser, waitForScreen, type Visit } from './page-browser.ts'

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
  await visit.page.getByRole('textbox', { name: 'Command', exact: true }).waitFor()
})
afterEach(async () => {
  await visit[Symbol.asyncDispose]()
})

describe('the login', () => {
  test('trades the token of the link for a cookie, and leaves no trace of it in the address', async () => {
    const { page, context } = visit
    expect(new URL(page.url()).hash).toBe('')
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    expect(JSON.stringify(await context.storageState())).not.toContain(limpet.token)
  })

  test('asks those without a token, says why it refuses, and takes the whole link as well', async () => {
    await using stranger = await browser.visit(limpet, { logsIn: false })
    const { page } = stranger
    const field = page.getByLabel('Link or token')
    await field.fill('nonsense')
    await field.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'The token is wrong' }).waitFor()
    await field.fill(`${limpet.link}#t=${limpet.token}`)
    await field.press('Enter')
    await page.getByRole('heading', { name: 'Running' }).waitFor()
  })
})

describe('a command', () => {
  test('shows its output, how it ended and how long it took', async () => {
    const { page } = visit
    await runLine(page, 'ls -l /')
    const block = blockOf(page, 'ls -l /')
    await block.getByText(/\d ms$/).waitFor()
    expect(await block.locator('.lines').innerText()).toMatch(/^total \d+\n(?:.*\n)*.* etc\n/)
    expect(await block.getAttribute('class')).toContain('done')
  })

  test('that fails says so, by a shape, a colour and a word', async () => {
    const { page } = visit
    await runLine(page, 'cat /not/there')
    const block = blockOf(page, 'cat /not/there')
    await block.getByText('exit 1').waitFor()
    expect(await block.locator('.lines').innerText()).toContain('No such file or directory')
    expect(await block.locator('footer').innerText()).toMatch(/^failed:/)
  })

  test('shows its lines one by one, as they are written', async () => {
    const { page } = visit
    await page.evaluate(() => {
      const seen: string[] = []
      new MutationObserver(() => {
        const [lines] = [...document.querySelectorAll('article .lines')].slice(-1)
        seen.push((lines instanceof HTMLElement ? lines.innerText : '').trim())
      }).observe(document.body, { childList: true, subtree: true, characterData: true })
      Object.assign(window, { seen })
    })
    const line = 'for i in 1 2 3; do echo $i; sleep 0.3; done'
    await runLine(page, line)
    await blockOf(page, line)
      .getByText(/\d ms$|\d s$/)
      .waitFor()
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen) // set above
    const steps = seen.filter((text, index) => text !== seen[index - 1] && /^\d/.test(text))
    expect(steps).toEqual(['1', '1\n2', '1\n2\n3'])
  })

  test('runs in a terminal: colours and carriage returns are right', async () => {
    const { page } = visit
    const line = `printf '10%%\\r100%%\\n\\e[1;31mred\\e[0m \\e[38;5;208;44mx\\e[0m\\n'; tty >/dev/null && echo tty`
    await runLine(page, line)
    const lines = blockOf(page, line).locator('.lines')
    await lines.getByText('tty').waitFor()
    expect(await lines.innerText()).toBe('100%\nred x\ntty')
    const red = lines.getByText('red', { exact: true })
    expect(await red.getAttribute('style')).toBe('color: var(--ansi-1);')
    expect(await red.getAttribute('class')).toBe('bold')
    expect(await lines.getByText('x', { exact: true }).getAttribute('style')).toContain('--ansi-4')
  })

  test('cannot put markup, or a link to a script, into the page', async () => {
    const { page } = visit
    const line = `printf '<img src=x onerror=alert(1)> javascript:alert(2) https://example.com/<b>'`
    await runLine(page, line)
    const lines = blockOf(page, line).locator('.lines')
    await lines.getByText('<img').waitFor()
    const links = await lines.locator('a').evaluateAll((all) => all.map((link) => link.outerHTML))
    expect(links).toEqual([
      '<a href="https://example.com/" target="_blank" rel="noopener noreferrer">https://example.com/</a>',
    ])
    expect(await lines.locator('img, b').count()).toBe(0)
  })

  test('of many lines is folded; all of them are one press away, and copied whole', async () => {
    const { page } = visit
    await runLine(page, 'seq 1 3000')
    const block = blockOf(page, 'seq 1 3000')
    await block.getByRole('button', { name: 'show all, 3\u202f000 lines' }).click()
    // What is not in sight is not laid out, so it is counted instead of read.
    const lines = block.locator('.lines > section > div')
    await waitFor('all lines', async () => (await lines.count()) === 3000)
    expect(await lines.first().innerText()).toBe('1')
    await block.getByRole('button', { name: 'fold' }).click()
    await waitFor('the fold', async () =>
      (await block.locator('.lines').innerText()).startsWith('2961\n'),
    )
    await block.getByRole('button', { name: 'copy' }).click()
    await page.getByText('Output copied').waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect([copied.split('\n').length, copied.slice(0, 6)]).toEqual([3001, '1\n2\n3\n'])
  })

  test('that asks is answered in its block', async () => {
    const { page } = visit
    const line = 'read -p "Name: " name; echo "hello $name"'
    await runLine(page, line)
    const block = blockOf(page, line)
    await block.getByRole('button', { name: 'it may be waiting: answer' }).click()
    await waitForScreen(page, /^Name:/)
    await page.keyboard.type('Ada')
    await waitForScreen(page, /^Name: Ada$/)
    await page.keyboard.press('Enter')
    await block.getByText('hello Ada').waitFor()
    // The bar has the focus again: one goes on where one was.
    const bar = page.getByRole('textbox', { name: 'Command', exact: true })
    await waitFor('the focus', () => bar.evaluate((field) => field === document.activeElement))
  })

  test('that takes the whole screen turns its block into a terminal, and back', async () => {
    const { page } = visit
    await runLine(page, 'vim -u NONE -n notes.txt')
    await waitForScreen(page, /^\n?~\n~\n/)
    await page.keyboard.type('ihello')
    await waitForScreen(page, /^hello\n~/)
    await page.keyboard.press('Escape')
    await page.keyboard.type(':wq\r')
    const block = blockOf(page, 'vim -u NONE -n notes.txt')
    await block.getByText(/\d s$|\d ms$/).waitFor()
    await runLine(page, 'cat notes.txt')
    await blockOf(page, 'cat notes.txt').getByText('hello').waitFor()
  })

  test('is stopped by its button, by Ctrl-C in the empty bar, and run again', async () => {
    const { page } = visit
    const block = blockOf(page, 'sleep 1000')
    await runLine(page, 'sleep 1000')
    await block.getByRole('button', { name: 'stop' }).click()
    await block.getByText('interrupted').waitFor()
    await block.getByRole('button', { name: 'run again' }).click()
    await block.getByRole('button', { name: 'stop' }).waitFor()
    await page.getByRole('textbox', { name: 'Command', exact: true }).press('Control+c')
    await block.getByText('interrupted').waitFor()
  })

  test('runs where the bar is: `cd` moves the bar, and is remembered', async () => {
    const { page } = visit
    await runLine(page, 'mkdir -p "a folder" && ls -d a*')
    await runLine(page, 'cd "a folder"')
    await page.getByRole('button', { name: /^Commands run in .*a folder$/ }).waitFor()
    await runLine(page, 'basename "$PWD"')
    await blockOf(page, 'basename "$PWD"').locator('.lines').getByText('a folder').waitFor()
    await page.reload()
    await page.getByRole('button', { name: /^Commands run in .*a folder$/ }).waitFor()
  })

  test('that cannot be started is said, and stays in the bar', async () => {
    const { page } = visit
    await runLine(page, 'mkdir -p soon-gone')
    await blockOf(page, 'mkdir -p soon-gone')
      .getByText(/\d ms$/)
      .waitFor()
    await runLine(page, 'cd soon-gone')
    await page.getByRole('button', { name: /^Commands run in .*soon-gone$/ }).waitFor()
    await runLine(page, 'rmdir "$PWD"')
    await blockOf(page, 'rmdir "$PWD"')
      .getByText(/\d ms$/)
      .waitFor()
    await runLine(page, 'echo never')
    await page.getByRole('alert').filter({ hasText: 'Could not run `echo never`' }).waitFor()
    expect(await page.getByRole('textbox', { name: 'Command', exact: true }).inputValue()).toBe(
      'echo never',
    )
  })

  test('is found again by the arrow keys, by prefix, and by Ctrl-R', async () => {
    const { page } = visit
    const bar = page.getByRole('textbox', { name: 'Command', exact: true })
    for (const line of ['echo alpha', 'true', 'echo beta']) {
      await runLine(page, line)
      await blockOf(page, line)
        .getByText(/\d ms$/)
        .waitFor()
    }
    await bar.fill('echo')
    await bar.press('ArrowUp')
    await bar.press('ArrowUp')
    expect(await bar.inputValue()).toBe('echo alpha')
    await bar.press('ArrowDown')
    expect(await bar.inputValue()).toBe('echo beta')
    await bar.fill('')
    await bar.press('Control+r')
    await page.keyboard.type('alp')
    await page.keyboard.press('Enter')
    expect(await bar.inputValue()).toBe('echo alpha')
  })
})

test('the bar keeps its text, and the stream its blocks, over a reload', async () => {
  const { page } = visit
  await runLine(page, 'echo kept')
  await blockOf(page, 'echo kept')
    .getByText(/\d ms$/)
    .waitFor()
  await page.getByRole('textbox', { name: 'Command', exact: true }).fill('half a thou')
  await page.reload()
  await blockOf(page, 'echo kept').locator('.lines').getByText('kept').waitFor()
  expect(await page.getByRole('textbox', { name: 'Command', exact: true }).inputValue()).toBe(
    'half a thou',
  )
})

test('who reads further up is not taken away by what others run, and comes back to the same place', async () => {
  const { page } = visit
  for (const line of ['seq 1 30', 'seq 31 60', 'seq 61 90']) {
    await runLine(page, line)
    await blockOf(page, line)
      .getByText(/\d ms$/)
      .waitFor()
  }
  const stream = page.locator('.stream')
  await stream.evaluate((element) => element.scrollTo({ top: 100 }))
  await page.getByRole('button', { name: 'newest' }).waitFor()
  const other = await limpet.connect()
  await other.open('command', { line: 'echo from elsewhere', tty: true, columns: 80, rows: 24 })
  await blockOf(page, 'echo from elsewhere').waitFor({ state: 'attached' })
  await other.close()
  expect(await stream.evaluate((element) => element.scrollTop)).toBe(100)
  await page.getByRole('button', { name: 'Shell' }).first().click()
  await page.locator('.terminal-frame').waitFor()
  await page.keyboard.press('Control+Shift+1')
  await waitFor('the same place', () =>
    stream.evaluate((element) => Math.abs(element.scrollTop - 100) < 2),
  )
  await page.getByRole('button', { name: 'newest' }).click()
  await blockOf(page, 'echo from elsewhere').locator('.lines').getByText('from elsewhere').waitFor()
})
