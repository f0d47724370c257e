// Runs Limpet from a tree that is being edited: compiler and page builder watch the sources, and the gateway starts
// again when its files change (sessions live on, in the host). Arguments go to `limpet serve`.
// Before: `npm run dev -- …`; after: the page, at the link that the gateway prints.
import { spawn, spawnSync } from 'node:child_process'

/** @type {ReadonlyArray<readonly [string, ReadonlyArray<string>]>} */
const WATCHERS = [
  ['tsc', ['-b', 'packages/cli', '--watch', '--preserveWatchOutput']],
  ['vite', ['build', 'packages/web', '--watch', '--logLevel', 'warn']],
  [
    process.execPath,
    [
      '--watch',
      '--watch-preserve-output',
      'packages/cli/dist/main.js',
      'serve',
      ...process.argv.slice(2),
    ],
  ],
]

// The gateway needs something to run before the watchers have said anything.
const { status } = spawnSync(process.execPath, ['tools/build.mjs'], { stdio: 'inherit' })
if (status !== 0) process.exit(1)

// Each in a process group of its own: `tsc` is a wrapper that would die alone and leave the compiler running.
const children = WATCHERS.map(([command, args]) =>
  spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true }),
)

/** Ends them all, with what they started. The host is no longer among that: sessions live on. */
const stop = () => {
  for (const { pid } of children) {
    if (pid === undefined) continue
    try {
      process.kill(-pid, 'SIGTERM')
    } catch {
      // That group is gone already; which is what was wanted.
    }
  }
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, stop)
for (const child of children) {
  child.once('exit', stop)
  child.once('error', (error) => {
    console.error(error.message)
    process.exitCode = 1
    stop()
  })
}
