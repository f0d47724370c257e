// Owns a real Chromium for tests of the page: pages that are logged in, what went wrong in them, and reading what
// they show. Must not know what the page is made of beyond its landmarks, names and words.

import { waitFor, type LimpetFixture } from '@limpet/testkit'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'

/** Debian's; a browser download is not possible everywhere. */
const CHROMIUM = '/usr/bin/chromium'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** CSS pixels of a letter at the size of type that the page has at first. */
const LETTER_WIDTH = 7.8

export interface BrowserOptions {
  /** False: terminals are drawn as text, which a test can read. @default false */
  readonly hasGraphics?: boolean
  /** Device pixels for each CSS pixel. @default 1 */
  readonly scale?: number
}

export interface VisitOptions {
  readonly device?: 'wide' | 'phone'
  readonly colors?: 'dark' | 'light'
  /** False: without the token in the link. @default true */
  readonly logsIn?: boolean
}

/** One browser profile with one window in it; ending it fails when the page broke its policy or threw. */
export interface Visit extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
}

export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser
  readonly #scale: number

  private constructor(browser: Browser, scale: number) {
    this.#browser = browser
    this.#scale = scale
  }

  static async start(options: BrowserOptions = {}): Promise<TestBrowser> {
    const { hasGraphics = false, scale = 1 } = options
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        ...ARGUMENTS,
        // Emulated pixels alone would leave a drawing at half its size.
        `--force-device-scale-factor=${scale}`,
        ...(hasGraphics ? [] : ['--disable-3d-apis']),
      ],
    })
    return new TestBrowser(browser, scale)
  }

  /** Opens the page as somebody with a fresh profile would, by the printed link. */
  async visit(limpet: LimpetFixture, options: VisitOptions = {}): Promise<Visit> {
    const { device = 'wide', colors = 'dark', logsIn = true } = options
    const isPhone = device === 'phone'
    const context = await this.#browser.newContext({
      viewport: isPhone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
      deviceScaleFactor: this.#scale,
      colorScheme: colors,
      hasTouch: isPhone,
      isMobile: isPhone,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const faults: string[] = []
    await context.exposeBinding('limpetTestViolation', (_source, violation: string) => {
      faults.push(violation)
    })
    await context.addInitScript(reportViolations)
    context.on('weberror', (event) => faults.push(`uncaught: ${event.error().stack ?? ''}`))
    const page = await context.newPage()
    try {
      await page.goto(logsIn ? `${limpet.url}#t=${limpet.token}` : limpet.url)
    } catch (error) {
      throw new Error(`the page does not open; the gateway said:\n${limpet.transcript()}`, {
        cause: error,
      })
    }
    return {
      page,
      context,
      async [Symbol.asyncDispose]() {
        await context.close()
        // Every test proves it: the page kept to its policy, and nothing in it threw.
        if (faults.length > 0) throw new Error(`the page went wrong:\n${faults.join('\n')}`)
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }
}

/** Runs in the page. */
function reportViolations(): void {
  const told = window as unknown as { limpetTestViolation(text: string): void } // exposed above
  addEventListener('securitypolicyviolation', (event) => {
    told.limpetTestViolation(`policy: ${event.violatedDirective} ${event.blockedURI}`)
  })
}

/** Runs a line from the bar, as a person does. */
export async function runLine(page: Page, line: string): Promise<void> {
  const bar = page.getByRole('textbox', { name: 'Command', exact: true })
  await bar.fill(line)
  await bar.press('Enter')
}

/** The newest block of a line. */
export function blockOf(page: Page, line: string) {
  return page.getByRole('article', { name: `Command ${line}` }).last()
}

/** What the terminal in front shows, row by row; rows are drawn as text. */
export async function screenOf(page: Page): Promise<string> {
  const rows = await page.locator('.xterm-rows > div').allTextContents()
  return rows
    .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
    .join('\n')
    .trimEnd()
}

/** @returns the screen once it shows what is looked for */
export async function waitForScreen(page: Page, wanted: RegExp): Promise<string> {
  let seen = ''
  return waitFor(
    `the screen to show ${String(wanted)}`,
    async () => {
      seen = await screenOf(page)
      return wanted.test(seen) ? seen : undefined
    },
    { transcript: () => seen },
  )
}

/** Where text stands in the terminal in front, for the mouse: rows take no presses, what lies under them does. */
export async function placeOf(page: Page, text: string): Promise<{ x: number; y: number }> {
  const row = page.locator('.xterm-rows > div', { hasText: text }).last()
  const box = await row.boundingBox()
  const content = (await row.textContent()) ?? ''
  if (box === null) throw new Error(`no row with ${text}`)
  return {
    x: box.x + (content.indexOf(text) + 1.5) * LETTER_WIDTH,
    y: box.y + box.height / 2,
  }
}

/** Starts a program by its button and waits until its terminal takes keys. */
export async function startProgram(page: Page, label: 'Shell' | 'Python'): Promise<void> {
  await page.locator('.starters').getByRole('button', { name: label }).click()
  await waitForFocus(page)
}

/** Until the terminal in front has the focus. */
export async function waitForFocus(page: Page): Promise<void> {
  await page.locator('.terminal-frame.focused').waitFor()
}
