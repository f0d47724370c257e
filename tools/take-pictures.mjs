// Takes the pictures of docs/images again: the built program, a real Chromium, real programs in it. Needs root for one
// of them (htop in a world of its own). LIMPET_PICTURES_HOME names a home folder to make, such as /home/ada.
// Must not know how the page is made beyond its names and words. Before: `npm run build`; after: the README.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright'

/** @import { Browser, Page } from 'playwright' */

const IMAGES = 'docs/images'

/** Somebody's home folder: nobody's files and names are in the pictures. */
const HOME = 'tools/pictures-home'

/** Arguments of `limpet serve` for a place of its own. @param {string} folder */
const serveArguments = (folder) => [
  'packages/cli/dist/main.js',
  'serve',
  '--ready-json',
  '--ephemeral',
  '--listen',
  '127.0.0.1:0',
  '--state-dir',
  join(folder, 'state'),
  '--runtime-dir',
  join(folder, 'run'),
]

/**
 * What is taken in each pair of device and theme; each step begins where the one before ended.
 * @type {ReadonlyArray<readonly [name: string, act: (page: Page) => Promise<void>]>}
 */
const WIDE = [
  ['stream', takeStream],
  ['vim', takeVim],
  ['htop', takeHtop],
  ['python', takePython],
  ['palette', takePalette],
  ['share', takeShare],
  ['player', takePlayer],
]

/** @type {typeof WIDE} */
const PHONE = [
  ['stream', takeStream],
  ['terminal', takePhoneTerminal],
  ['sessions', takePhoneSessions],
  ['player', takePlayer],
]

/** @param {Page} page @param {string} line */
async function run(page, line) {
  const bar = page.getByRole('textbox', { name: 'Command', exact: true })
  await bar.fill(line)
  await bar.press('Enter')
  return page.getByRole('article', { name: `Command ${line}` }).last()
}

/** @param {Page} page */
async function takeStream(page) {
  await run(page, 'cd ~/shore')
  await page.getByRole('button', { name: /^Commands run in .*shore$/ }).waitFor()
  const tide = await run(page, 'python3 tide.py')
  await tide.getByText(/\d ms$/).waitFor()
  const failing = await run(page, 'make test')
  await failing.getByText('exit 2').waitFor()
  const running = await run(page, 'for i in 1 2 3 4 5; do echo "wave $i"; sleep 0.7; done')
  await running.getByText('wave 3').waitFor()
}

/** @param {Page} page */
async function openShell(page) {
  await page.keyboard.press('Alt+n')
  await page.locator('.terminal-frame.focused').waitFor()
  await page.getByRole('heading', { name: 'bash' }).waitFor()
}

/** @param {Page} page */
async function takeVim(page) {
  await openShell(page)
  await page.keyboard.type('vim tide.py\r')
  await page.waitForTimeout(1200) // fixed wait: a drawing has no event
  await page.keyboard.type('7G')
}

/** @param {Page} page */
async function takeHtop(page) {
  await page.keyboard.type(':q!\r')
  // In a world of its own: what else runs on this machine is nobody's business.
  const others = 'sleep 900 & python3 -m http.server 0 >/dev/null 2>&1 & yes >/dev/null & htop'
  await page.keyboard.type(`clear; unshare --pid --fork --mount-proc bash -c '${others}'\r`)
  await page.waitForTimeout(3500) // fixed wait: the first bars of htop are still empty
}

/** @param {Page} page */
async function takePython(page) {
  await page.keyboard.type('q')
  await page.keyboard.press('Control+Shift+1')
  await page.getByRole('button', { name: 'Python' }).first().click()
  await page.locator('.terminal-frame.focused').waitFor()
  await page.getByRole('heading', { name: 'python3' }).waitFor()
  await page.waitForTimeout(500) // fixed wait: a prompt has no event
  for (const line of [
    'grip = {"rock": 0.98, "glass": 0.91, "sand": 0.02}',
    'max(grip, key=grip.get)',
    '[surface for surface in grip if grip[surface] > 0.9]',
  ]) {
    await page.keyboard.type(`${line}\r`)
  }
  await page.waitForTimeout(300) // fixed wait: as above
}

/** @param {Page} page */
async function takePalette(page) {
  await page.keyboard.press('Control+Shift+k')
  await page.getByRole('dialog', { name: 'Palette' }).waitFor()
}

/** @param {Page} page */
async function takeShare(page) {
  await page.keyboard.press('Escape')
  await page
    .locator('.session-header')
    .getByRole('button', { name: /^Actions for/ })
    .click()
  await page.getByRole('menuitem', { name: 'Share…' }).click()
  await page.getByLabel('For whom').fill('Grace')
  await page.getByRole('button', { name: 'Make a link' }).click()
  await page.getByText('Links that hold').waitFor()
}

/** @param {Page} page */
async function takePlayer(page) {
  const isPhone = (page.viewportSize()?.width ?? 0) < 720
  if (isPhone) await page.getByRole('button', { name: 'Stream' }).tap()
  else await page.getByRole('button', { name: 'Done', exact: true }).click()
  if (!isPhone) await page.keyboard.press('Control+Shift+1')
  const block = page.getByRole('article', { name: /^Command for i in/ }).last()
  if (isPhone) {
    await block.getByRole('button', { name: /^Actions for/ }).tap()
    await page.getByRole('menuitem', { name: 'Replay' }).tap()
  } else {
    await block.getByRole('button', { name: 'replay' }).click()
  }
  await page.getByRole('searchbox', { name: 'Search in the whole output' }).fill('wave 4')
  await page.getByText('1 of 1', { exact: true }).waitFor()
  await page.waitForTimeout(500) // fixed wait: a drawing has no event
}

/** @param {Page} page */
async function takePhoneTerminal(page) {
  await page.getByRole('button', { name: 'New', exact: true }).tap()
  await page.getByRole('menuitem', { name: 'Shell' }).tap()
  await page.locator('.terminal-host .xterm').waitFor()
  await page.locator('.terminal-host').tap()
  await page.keyboard.type('clear; python3 tide.py; ls -la --color\r')
  await page.waitForTimeout(800) // fixed wait: a drawing has no event
}

/** @param {Page} page */
async function takePhoneSessions(page) {
  await page.getByRole('button', { name: 'Sessions' }).tap()
}

/**
 * @param {Browser} browser
 * @param {{ url: string, token: string }} limpet
 * @param {{ device: 'wide' | 'phone', colors: 'dark' | 'light' }} look
 */
async function takeAll(browser, limpet, { device, colors }) {
  const isPhone = device === 'phone'
  const context = await browser.newContext({
    viewport: isPhone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    deviceScaleFactor: 2,
    colorScheme: colors,
    hasTouch: isPhone,
    isMobile: isPhone,
  })
  const page = await context.newPage()
  await page.goto(`${limpet.url}#t=${limpet.token}`)
  for (const [name, act] of isPhone ? PHONE : WIDE) {
    await act(page)
    await page.waitForTimeout(300) // fixed wait: for what still moves
    await page.screenshot({
      path: join(IMAGES, `${device}-${colors}-${name}.png`),
      animations: 'disabled',
    })
  }
  await context.close()
}

/** A Limpet of its own in a folder of its own, for one look: nothing of another one is in the list. */
async function withLimpet(
  /** @type {(limpet: { url: string, token: string }) => Promise<void>} */ use,
) {
  const folder = mkdtempSync(join(tmpdir(), 'limpet-pictures-'))
  const home = process.env['LIMPET_PICTURES_HOME'] ?? join(folder, 'home')
  cpSync(HOME, home, { recursive: true })
  const server = spawn(process.execPath, serveArguments(folder), {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', SHELL: '/bin/bash' },
  })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  try {
    await use(await readyLine(server.stdout))
  } finally {
    server.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {import('node:stream').Readable} output
 * @returns {Promise<{ url: string, token: string }>} what `--ready-json` says in its one line
 */
async function readyLine(output) {
  for await (const line of createInterface({ input: output })) {
    /** @type {unknown} */
    const ready = JSON.parse(line)
    if (typeof ready !== 'object' || !ready || !('url' in ready) || !('token' in ready)) continue
    return { url: String(ready.url), token: String(ready.token) }
  }
  throw new Error('limpet serve ended before it listened')
}

mkdirSync(IMAGES, { recursive: true })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  // Real pixels: with emulated ones alone a drawing by the graphics card has half its size.
  args: ['--no-sandbox', '--disable-gpu', '--force-device-scale-factor=2'],
})
for (const device of /** @type {const} */ (['wide', 'phone'])) {
  for (const colors of /** @type {const} */ (['dark', 'light'])) {
    await withLimpet((limpet) => takeAll(browser, limpet, { device, colors }))
    console.log(`${device}, ${colors}`)
  }
}
await browser.close()
