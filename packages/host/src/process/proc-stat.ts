// Owns the reading of /proc/<pid>/stat: who belongs to whom. Must not know why it is asked.

import { readFileSync } from 'node:fs'

/** One line of the kernel's table of processes. */
export interface ProcessEntry {
  readonly pid: number
  /** 'R', 'S', 'T', 'Z' …, see proc(5). */
  readonly state: string
  readonly parentPid: number
  readonly group: number
  /** Id of the process session: the pid of its leader. */
  readonly processSession: number
  /** Process group in the foreground of its terminal; −1 without a terminal. */
  readonly foregroundGroup: number
  /** Clock ticks after boot; tells two processes apart that had the same pid. */
  readonly startTicks: number
}

/** @returns undefined when there is no such process any more */
export function readProcessEntry(pid: number): ProcessEntry | undefined {
  try {
    // Synchronous: this file is made from the kernel's own numbers and never waits for the process.
    return parseProcessEntry(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    // It ended between being listed and being read.
    return undefined
  }
}

/** @param text "pid (command) state ppid pgrp session tty tpgid …"; the command may hold anything, ")" too */
export function parseProcessEntry(text: string): ProcessEntry | undefined {
  const commandEnd = text.lastIndexOf(')')
  const [state, ...rest] = text.slice(commandEnd + 2).split(' ')
  const numbers = rest.map(Number)
  const [parentPid, group, processSession, , foregroundGroup] = numbers
  // Field 22 of proc(5); `numbers` begins with field 4.
  const startTicks = numbers[18]
  if (
    commandEnd < 0 ||
    state === undefined ||
    parentPid === undefined ||
    group === undefined ||
    processSession === undefined ||
    foregroundGroup === undefined ||
    startTicks === undefined
  ) {
    return undefined
  }
  const pid = Number.parseInt(text, 10)
  return { pid, state, parentPid, group, processSession, foregroundGroup, startTicks }
}
