// Owns `<state>/host.json`: how a host is found, and how it is known to be dead.

import { readFileSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LimpetError } from '@limpet/protocol'

/** What a running host says of itself. */
export interface HostFile {
  readonly socket: string
  readonly pid: number
  /** Tells a process from a later one with the same number; see `processStart`. */
  readonly processStart: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly protocol: number
  readonly build: string
}

function hostFilePath(stateDirectory: string): string {
  return join(stateDirectory, 'host.json')
}

/** @returns undefined when there is none, or only a broken one (a host writes it whole or not at all) */
export async function readHostFile(stateDirectory: string): Promise<HostFile | undefined> {
  let text: string
  try {
    text = await readFile(hostFilePath(stateDirectory), 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new LimpetError('HOST_UNREACHABLE', `Cannot read ${hostFilePath(stateDirectory)}.`, {
      cause: error,
    })
  }
  try {
    const value: unknown = JSON.parse(text)
    return isHostFile(value) ? value : undefined
  } catch {
    return undefined // not JSON: no host wrote this
  }
}

/** Replaces the file in one step. */
export async function writeHostFile(stateDirectory: string, file: HostFile): Promise<void> {
  const path = hostFilePath(stateDirectory)
  const draft = `${path}.${process.pid}`
  try {
    await writeFile(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

export async function removeHostFile(stateDirectory: string): Promise<void> {
  await rm(hostFilePath(stateDirectory), { force: true })
}

/** True while the very process that wrote the file is there. */
export function isHostAlive(file: HostFile): boolean {
  return processStart(file.pid) === file.processStart
}

/**
 * Start of a process in clock ticks since boot (field 22 of proc_pid_stat(5)), as text; undefined when
 * there is no such process, or only its zombie. Without /proc: "unknown" while the number is in use.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name may hold spaces and parentheses; the last one closes it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return process.platform !== 'linux' && isPidInUse(pid) ? 'unknown' : undefined
  }
}

function isPidInUse(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function isHostFile(value: unknown): value is HostFile {
  if (typeof value !== 'object' || value === null) return false
  const file = value as Record<string, unknown> // read field by field
  return (
    typeof file['socket'] === 'string' &&
    typeof file['processStart'] === 'string' &&
    typeof file['build'] === 'string' &&
    Number.isSafeInteger(file['pid']) &&
    Number.isSafeInteger(file['startedAt']) &&
    Number.isSafeInteger(file['protocol'])
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
