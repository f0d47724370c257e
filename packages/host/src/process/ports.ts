// Owns what all processes of one host share: the clock, prepared pipes, open terminals, the read buffer
// and the search for descendants. Built once, by main.ts.

import { isAbsolute } from 'node:path'
import { DescendantFinder } from './descendants.ts'
import { searchExecutable } from './executable.ts'
import { FifoPool } from './fifo-pool.ts'
import { Terminals } from './pty.ts'
import { bootId } from './boot-id.ts'
import { ReadTurns } from './read-turns.ts'

/** Time that never jumps, and timers; tests bring their own. */
export interface ProcessClock {
  /** Milliseconds since some fixed moment, with fractions. */
  nowMs(): number
  /** Runs `run` once after `delayMs`. @returns a function that cancels it */
  startTimer(delayMs: number, run: () => void): () => void
}

export interface ProcessPorts {
  readonly clock: ProcessClock
  readonly fifos: FifoPool
  readonly terminals: Terminals
  readonly turns: ReadTurns
  readonly descendants: DescendantFinder
  /** What tells this start of the machine from others. */
  readonly boot: string
  /** Becomes LIMPET_HOST in the environment of what ends with this host, by which the watchdog finds it. */
  readonly hostMark: string | undefined
}

export interface ProcessPortsOptions {
  /** An existing private directory (0700); pipes live in it for a moment, in a folder of their own. */
  readonly runtimeDirectory: string
  /**
   * Where `mkfifo`, `bash` and `stty` are searched, as in PATH, after the system's usual places.
   * @default the PATH of the host
   */
  readonly searchPath?: string | undefined
  /** @default none: nothing is marked */
  readonly hostMark?: string | undefined
  /** @default the system's monotonic clock */
  readonly clock?: ProcessClock | undefined
}

/** Prepares the room; close it with `closeProcessPorts`. Starts nothing and opens nothing yet. */
export function createProcessPorts(options: ProcessPortsOptions): ProcessPorts {
  const clock = options.clock ?? monotonicClock()
  const inherited = (options.searchPath ?? process.env['PATH'] ?? '').split(':').filter(isAbsolute)
  const searchPath = ['/usr/bin', '/bin', ...inherited].join(':')
  const findTool = (name: string): string | undefined => searchExecutable(name, searchPath, '/')
  return {
    clock,
    fifos: new FifoPool({ runtimeDirectory: options.runtimeDirectory, findTool }),
    terminals: new Terminals(findTool),
    turns: new ReadTurns(clock),
    descendants: new DescendantFinder(),
    boot: bootId(),
    hostMark: options.hostMark,
  }
}

/** Removes what killed hosts left in the runtime directory. */
export async function clearStalePorts(ports: ProcessPorts): Promise<void> {
  await ports.fifos.clearStale()
}

/** Removes the prepared pipes. Processes that still run keep theirs. */
export async function closeProcessPorts(ports: ProcessPorts): Promise<void> {
  await ports.fifos.close()
}

function monotonicClock(): ProcessClock {
  return {
    nowMs: () => performance.now(),
    startTimer: (delayMs, run) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  }
}
