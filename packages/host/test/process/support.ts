// Owns what the tests of this room share: real processes on real ports, everything they say written down,
// and waits that end with an event or with a transcript.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExitStatus } from '@limpet/protocol'
import {
  closeProcessPorts,
  createProcessPorts,
  launch,
  type OutputStream,
  type ProcessClock,
  type ProcessPlan,
  type ProcessPorts,
  type RunningProcess,
} from '../../src/process/index.ts'
import { readProcessEntry } from '../../src/process/proc-stat.ts'

const DEADLINE_MS = 8_000

/** A zombie, which waits only for its parent to look, is not running any more. */
export function isRunning(pid: number): boolean {
  const state = readProcessEntry(pid)?.state
  return state !== undefined && state !== 'Z' && state !== 'X'
}

export const ENVIRONMENT = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' }

/** Some plan around an argv; what a test cares about goes into `plan`. */
export interface Start extends Partial<ProcessPlan> {
  readonly argv: readonly string[]
  /** Called on every output, before it is written down. */
  readonly onOutput?: (watched: Watched, stream: OutputStream, bytes: Uint8Array) => void
}

/** One process under observation. */
export class Watched {
  readonly events: string[] = []
  readonly chunks: { readonly stream: OutputStream; readonly bytes: Buffer }[] = []
  exit: ExitStatus | undefined
  exitedAfterBytes = -1
  isOutputOver = false
  drainTimeout: readonly OutputStream[] | undefined
  readonly #watchers = new Set<() => void>()
  #process: RunningProcess | undefined

  get process(): RunningProcess {
    if (this.#process === undefined) throw new Error('not started')
    return this.#process
  }

  set process(started: RunningProcess) {
    this.#process = started
  }

  bytes(stream: OutputStream = 'stdout'): Buffer {
    return Buffer.concat(this.chunks.filter((c) => c.stream === stream).map((c) => c.bytes))
  }

  text(stream: OutputStream = 'stdout'): string {
    return this.bytes(stream).toString('utf8')
  }

  changed(): void {
    for (const watch of this.#watchers) watch()
  }

  type(text: string): void {
    this.process.write(Buffer.from(text), () => {})
  }

  /** Resolves when `look` is satisfied, looked at after every event. */
  async until<T>(what: string, look: () => T | undefined | false | null): Promise<T> {
    return waitFor(what, look, {
      transcript: () =>
        `${this.text()}\n--- stderr\n${this.text('stderr')}\n--- ${this.events.join(', ')}`,
      watch: (again) => {
        this.#watchers.add(again)
        return () => this.#watchers.delete(again)
      },
    })
  }

  /** Resolves when the terminal's or stdout's text matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(`output like ${pattern}`, () => pattern.exec(this.text()))
  }

  /** Resolves when exit and the end of output were both told. */
  async ended(): Promise<ExitStatus> {
    return this.until('the end', () => (this.isOutputOver ? this.exit : undefined))
  }
}

export interface WaitOptions {
  readonly transcript?: () => string
  readonly watch?: (again: () => void) => () => void
}

/** Looks again after each event, and every few milliseconds for what sends none (/proc). */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | false | null,
  { transcript, watch }: WaitOptions = {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(deadline)
      clearInterval(poll)
      stop?.()
      settle()
    }
    const again = (): void => {
      const found = look()
      if (found !== undefined && found !== false && found !== null) finish(() => resolve(found))
    }
    const late = (): void =>
      finish(() => reject(new Error(`No ${what} in ${DEADLINE_MS} ms.\n${transcript?.() ?? ''}`)))
    const deadline = setTimeout(late, DEADLINE_MS)
    const poll = setInterval(again, 10)
    const stop = watch?.(again)
    again()
  })
}

/** Waits until `command` is what the keys of the terminal reach. */
export async function foreground(watched: Watched, command: string): Promise<void> {
  await waitFor(`${command} in the foreground`, () => foregroundCommand(watched) === command)
}

/** The command line of the group that the keys reach. */
export function foregroundCommand(watched: Watched): string | undefined {
  const group = readProcessEntry(watched.process.pid)?.foregroundGroup ?? 0
  if (group <= 0) return undefined
  try {
    return readFileSync(`/proc/${group}/cmdline`, 'latin1').split('\0').join(' ').trim()
  } catch {
    return undefined
  }
}

/** Real time, and how many timers run. */
export class CountingClock implements ProcessClock {
  timers = 0

  nowMs(): number {
    return performance.now()
  }

  startTimer(delayMs: number, run: () => void): () => void {
    this.timers += 1
    let isOver = false
    const finish = (): void => {
      if (!isOver) this.timers -= 1
      isOver = true
    }
    const fire = (): void => {
      finish()
      run()
    }
    const timer = setTimeout(fire, delayMs)
    return () => {
      clearTimeout(timer)
      finish()
    }
  }
}

/** Ports, a private directory, and everything started with them; leaves nothing behind. */
export class Room {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'limpet-process-'))
  readonly ports: ProcessPorts
  readonly #watched: Watched[] = []
  #count = 0

  constructor(options: Partial<Parameters<typeof createProcessPorts>[0]> = {}) {
    this.ports = createProcessPorts({ runtimeDirectory: this.directory, ...options })
  }

  async start({ onOutput, ...plan }: Start): Promise<Watched> {
    const watched = new Watched()
    this.#count += 1
    const whole: ProcessPlan = {
      cwd: this.directory,
      environment: ENVIRONMENT,
      sessionId: `test-${process.pid}-${this.#count}-${Date.now()}`,
      ...plan,
    }
    watched.process = await launch(
      whole,
      {
        onOutput: (stream, bytes) => {
          onOutput?.(watched, stream, bytes)
          watched.chunks.push({ stream, bytes: Buffer.from(bytes) })
          watched.events.push('output')
          watched.changed()
        },
        onOutputEnd: () => {
          watched.events.push('output end')
          watched.isOutputOver = true
          watched.changed()
        },
        onExit: (status) => {
          watched.events.push('exit')
          watched.exit = status
          watched.changed()
        },
        onDrainTimeout: (streams) => {
          watched.events.push('drain timeout')
          watched.drainTimeout = streams
          watched.changed()
        },
      },
      this.ports,
    )
    this.#watched.push(watched)
    return watched
  }

  /** A command line for `bash -c`, on pipes with empty stdin. */
  async bash(script: string, plan: Partial<Start> = {}): Promise<Watched> {
    return this.start({ argv: ['bash', '-c', script], stdin: 'empty', ...plan })
  }

  /** In a terminal of 80 × 24. */
  async terminal(argv: readonly string[], plan: Partial<Start> = {}): Promise<Watched> {
    return this.start({ argv, terminal: { columns: 80, rows: 24 }, ...plan })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#watched.map((watched) => watched.process.kill()))
    await Promise.all(this.#watched.map((watched) => watched.process.released))
    await closeProcessPorts(this.ports)
    rmSync(this.directory, { recursive: true })
  }
}
