// Owns `<state>/gateways/<pid>.json`: how the command line and other programs find the gateways that run on a state
// directory. A gateway that crashed leaves its file; whoever looks next takes it away.

import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensurePrivateDirectory, processStart } from '@limpet/link'

/** A gateway that runs. */
export interface RunningGateway {
  readonly pid: number
  /** Tells a process from a later one with the same number. */
  readonly processStart: string
  /** As it is reached by default; ends in "/". No token in it. */
  readonly url: string
}

/** In the order in which they were started, as far as pids tell. */
export async function runningGateways(stateDirectory: string): Promise<readonly RunningGateway[]> {
  const folder = folderOf(stateDirectory)
  const names = await readdir(folder).catch(() => []) // no folder: no gateway ever ran
  const found: RunningGateway[] = []
  for (const name of names.filter((one) => /^\d+\.json$/.test(one))) {
    const gateway = await readGateway(join(folder, name))
    if (gateway && processStart(gateway.pid) === gateway.processStart) found.push(gateway)
    else await rm(join(folder, name), { force: true })
  }
  return found.toSorted((a, b) => a.pid - b.pid)
}

/** Says that this process serves there. @returns takes it back; of several in one process the newest counts */
export async function announceGateway(
  stateDirectory: string,
  url: string,
): Promise<() => Promise<void>> {
  const folder = folderOf(stateDirectory)
  await ensurePrivateDirectory(folder)
  await runningGateways(stateDirectory) // takes away what those who crashed have left
  const path = join(folder, `${process.pid}.json`)
  const start = processStart(process.pid) ?? 'unknown'
  const text = `${JSON.stringify({ pid: process.pid, processStart: start, url })}\n`
  const draft = `${path}.draft`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, path)
  return async () => {
    // Another gateway of this process may have written over it.
    if ((await readFile(path, 'utf8').catch(() => '')) === text) await rm(path, { force: true })
  }
}

function folderOf(stateDirectory: string): string {
  return join(stateDirectory, 'gateways')
}

async function readGateway(path: string): Promise<RunningGateway | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRunningGateway(value) ? value : undefined
  } catch {
    return undefined // gone meanwhile, or nothing of ours
  }
}

function isRunningGateway(value: unknown): value is RunningGateway {
  if (typeof value !== 'object' || value === null) return false
  const gateway = value as Record<string, unknown> // read field by field
  return (
    Number.isSafeInteger(gateway['pid']) &&
    typeof gateway['processStart'] === 'string' &&
    typeof gateway['url'] === 'string'
  )
}
