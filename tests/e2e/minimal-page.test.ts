// Tests examples/minimal-page in a browser: thirty lines of plain HTML and script against the run dialect.
import { startLimpet, waitFor } from '@limpet/testkit'
import { chromium } from 'playwright'
import { expect, test } from 'vitest'

/** Debian's, found in PATH; a browser without a sandbox of its own also runs as root. */
const LAUNCH = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

test('a page of one input and one output runs commands, and breaks no rule of its headers', async () => {
  await using limpet = await startLimpet()
  const browser = await chromium.launch(LAUNCH)
  try {
    const page = await browser.newPage({ baseURL: limpet.url })
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(`${message.text()} ${message.location().url}`))
    page.on('pageerror', (error) => complaints.push(error.message))
    const refused = await page.request.get('/examples/minimal-page/')
    expect(refused.status()).toBe(401)
    await page.request.post('/api/login', { data: { token: limpet.token } })

    await page.goto('/examples/minimal-page/')
    const input = page.getByLabel('Command')
    const output = page.locator('pre')
    await input.fill('for i in 1 2 3; do echo $i; done; echo oh >&2; exit 1')
    await input.press('Enter')
    await waitFor('the error', async () => (await output.textContent())?.includes('error: oh\n'))
    await input.fill('echo "<b>bold</b>"')
    await input.press('Enter')
    await waitFor('the second command', async () =>
      (await output.textContent())?.endsWith('\n<b>bold</b>\n'),
    )
    const text = (await output.textContent()) ?? ''
    expect(text).toContain('1\n2\n3\n')
    expect(await output.locator('b').count()).toBe(0)
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
  }
})
