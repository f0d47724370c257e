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

const children = WATCHERS.map(([command, args]) => spawn(command, args, { stdio: 'inherit' }))

/** Ends them all; each watcher of Node passes SIGTERM on to what it runs. */
const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, stop)
for (const child of children) {
  child.once('exit', stop)
  child.once('error', (error) => {
    console.error(error.message)
    process.exitCode = 1
    stop()
  })
}
