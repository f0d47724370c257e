// Owns what /proc says of processes: the proof that nothing leaks. Linux only.

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface ProcessFacts {
  readonly descriptors: number
  readonly residentBytes: number
  /** Children that ended and were not waited for. */
  readonly zombies: number
}

/** @throws Error when there is no such process */
export function processFacts(pid: number): ProcessFacts {
  return {
    descriptors: openDescriptors(pid).length,
    residentBytes: residentBytes(pid),
    zombies: childrenOf(pid).filter((child) => stateOf(child) === 'Z').length,
  }
}

/** What each open descriptor points to, such as "socket:[123]" or a path. */
export function openDescriptors(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)]
    } catch {
      return [] // closed since it was listed
    }
  })
}

export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

/** Direct children, zombies included. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statFields(candidate)?.[1] === String(pid))
}

/** True while the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = stateOf(pid)
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** Processes whose environment has this variable with this value: descendants of a fixture, wherever they went. */
export function processesWith(variable: string, value: string): number[] {
  const entry = `${variable}=${value}`
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => environmentOf(name).includes(entry))
    .map(Number)
    .filter(isAlive)
}

function environmentOf(pid: string): string[] {
  const path = `/proc/${pid}/environ`
  try {
    return existsSync(path) ? readFileSync(path, 'utf8').split('\0') : []
  } catch {
    return [] // another user's, or gone
  }
}

function stateOf(pid: number): string | undefined {
  return statFields(pid)?.[0]
}

/** Fields of proc_pid_stat(5) from the third (state) on. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name may hold spaces and parentheses; the last one closes it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
