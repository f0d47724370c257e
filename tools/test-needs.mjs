// Finds the programs that the tests drive and that npm cannot bring; installs what is missing where it may
// (root on Debian or Ubuntu), else says the exact command. Never lets a test be skipped for want of a program.
// Before: `npm test`; after: the integration and end-to-end tests, which may then count on all of them.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * One thing the tests need: how to see that it is there, and the Debian packages that bring it.
 * @typedef {{ what: string, why: string, isPresent: () => boolean, packages: ReadonlyArray<string> }} Need
 */

/** The interpreter that Debian's python3-* packages belong to; another `python3` may come first in PATH. */
const SYSTEM_PYTHON = '/usr/bin/python3'

/** @type {ReadonlyArray<Need>} */
export const NEEDS = [
  program('bash', 'the shell that sessions run', ['bash']),
  program('setsid', 'starts a terminal program in its own session', ['util-linux']),
  program('ps', 'shows that no process is left behind', ['procps']),
  program('tmux', 'is the real terminal in which `limpet attach` is tested', ['tmux']),
  program('vim', 'is a full-screen program driven in the page', ['vim']),
  program('htop', 'is a full-screen program driven in the page', ['htop']),
  program('asciinema', 'plays recordings that are exported', ['asciinema']),
  program('script', 'is the terminal in which asciinema plays', ['bsdutils']),
  // A browser without any font draws empty boxes; Debian only recommends one.
  program('chromium', 'shows the page', ['chromium', 'fonts-liberation']),
  {
    what: `the module autobahn of ${SYSTEM_PYTHON}`,
    why: 'is the WebSocket client nobody here wrote',
    isPresent: () => spawnSync(SYSTEM_PYTHON, ['-c', 'import autobahn']).status === 0,
    packages: ['python3', 'python3-autobahn'],
  },
]

/**
 * @param {string} name
 * @param {string} why
 * @param {ReadonlyArray<string>} packages
 * @returns {Need}
 */
function program(name, why, packages) {
  return { what: name, why, packages, isPresent: () => isInPath(name, process.env['PATH'] ?? '') }
}

/**
 * @param {string} name
 * @param {string} path the value of PATH
 * @returns {boolean} whether an executable of that name is found
 */
export function isInPath(name, path) {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      // Not in this folder; the next one may have it.
      return false
    }
  })
}

/**
 * @param {ReadonlyArray<Need>} missing
 * @returns {string[]} arguments of apt-get, each package once
 */
export function installArguments(missing) {
  const packages = new Set(missing.flatMap((need) => need.packages))
  return ['install', '--yes', '--no-install-recommends', ...packages]
}

/** @returns {boolean} whether installing needs nobody's password */
function canInstall() {
  return (
    process.getuid?.() === 0 &&
    existsSync('/etc/debian_version') &&
    isInPath('apt-get', process.env['PATH'] ?? '')
  )
}

/** @param {ReadonlyArray<Need>} missing */
function install(missing) {
  for (const args of [['update', '--quiet'], installArguments(missing)]) {
    console.log(`apt-get ${args.join(' ')}`)
    const { status } = spawnSync('apt-get', args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (status !== 0) return
  }
}

function main() {
  const missing = () => NEEDS.filter((need) => !need.isPresent())
  const before = missing()
  if (before.length > 0 && canInstall()) install(before)
  const after = before.length > 0 ? missing() : []
  for (const { what, why } of after) console.error(`Missing: ${what}, which ${why}.`)
  if (after.length > 0) {
    console.error(
      `On Debian or Ubuntu: sudo apt-get update && sudo apt-get ${installArguments(after).join(' ')}`,
    )
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
