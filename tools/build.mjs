// Builds what `limpet serve` needs: the packages by the compiler, then the page, unless it is newer than all it is made of.
// Must not know what the page contains. Before: `npm start`, `npm run build`; after: packages/cli/dist/main.js.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BUILT_PAGE = 'packages/web/dist/page/index.html'

/** Everything the page is made of, the lock file standing for its libraries. */
const PAGE_SOURCES = [
  'packages/web/build',
  'packages/web/index.html',
  'packages/web/package.json',
  'packages/web/public',
  'packages/web/src',
  'packages/web/vite.config.ts',
  'packages/client/src',
  'packages/protocol/src',
  'package-lock.json',
]

/**
 * @param {string} path a file, a folder, or nothing
 * @returns {number} milliseconds since 1970 of the newest change in it, folders included (they notice deletions); 0 when there is nothing
 */
export function newestChange(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))))
}

/**
 * @param {string} command
 * @param {ReadonlyArray<string>} args
 * @returns {boolean} whether it succeeded; else it said why
 */
function succeeds(command, args) {
  // Scripts of package.json have node_modules/.bin in their PATH.
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0
}

/** @returns {boolean} also true while there is no page at all */
function isPageFresh() {
  if (!existsSync('packages/web/index.html')) return true
  return newestChange(BUILT_PAGE) >= Math.max(...PAGE_SOURCES.map(newestChange))
}

function main() {
  const isBuilt =
    succeeds('tsc', ['-b', 'packages/cli']) &&
    (isPageFresh() || succeeds('vite', ['build', 'packages/web', '--logLevel', 'warn']))
  if (!isBuilt) {
    process.exitCode = 1
    return
  }
  // Beside the program, so that the published package serves them too.
  cpSync('examples', 'packages/cli/dist/examples', { recursive: true })
  // `npm ci` linked it before there was anything to make executable.
  chmodSync('packages/cli/dist/main.js', 0o755)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
