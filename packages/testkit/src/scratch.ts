// Owns the temporary folder of one fixture: private, with a path short enough for a Unix socket, gone afterwards.

import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Scratch {
  readonly stateDirectory: string
  readonly runtimeDirectory: string
  /** Home folder of what the fixture starts: nobody's rc files. */
  readonly home: string
  /** Sockets and locks that are still there although whoever made them has ended. */
  leftovers(): Promise<string[]>
  remove(): Promise<void>
}

export async function makeScratch(): Promise<Scratch> {
  const root = await mkdtemp(join(tmpdir(), 'limpet-'))
  const stateDirectory = join(root, 'state')
  const runtimeDirectory = join(root, 'run')
  const home = join(root, 'home')
  await Promise.all(
    [stateDirectory, runtimeDirectory, home].map((path) => mkdir(path, { mode: 0o700 })),
  )
  return {
    stateDirectory,
    runtimeDirectory,
    home,
    async leftovers() {
      const inRuntime = (await readdir(runtimeDirectory)).map((name) =>
        join(runtimeDirectory, name),
      )
      const lock = join(stateDirectory, 'host.json')
      return existsSync(lock) ? [...inRuntime, lock] : inRuntime
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
