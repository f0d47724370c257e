// Owns one process from its start to the last byte: reading, writing, signals, exit, drain.
//
//   running ──exit──▶ draining ──all streams ended──────────▶ released
//                        └──drainMs──▶ discarding ──ended──▶ released
//
// Output: output-reader → handlers. Input: write → input-writer. Must not know sessions, logs or viewers.

import type { ChildProcess } from 'node:child_process'
import type { SessionMark } from './descendants.ts'
import { endDescendants } from './end-descendants.ts'
import { NoInput, PipeInput, TerminalInput, type InputWriter } from './input-writer.ts'
import { KillLadder, NO_INPUT_LADDER, PIPES_LADDER, TERMINAL_LADDER } from './kill-ladder.ts'
import { OutputReader } from './output-reader.ts'
import type { ProcessPorts } from './ports.ts'
import { readProcessEntry } from './proc-stat.ts'
import { DRAIN_MS, type OutputStream } from './process-plan.ts'
import type { ProcessHandlers, ProcessPlan } from './process-plan.ts'
import type { ProcessRecord } from './process-record.ts'
import { parseSignal, signalGroup, signalGroups } from './signals.ts'
import type { StreamEnds } from './stream-ends.ts'

interface RunningProcessOptions {
  readonly child: ChildProcess
  readonly pid: number
  readonly plan: ProcessPlan
  readonly ends: StreamEnds
  readonly handlers: ProcessHandlers
  readonly ports: ProcessPorts
  /** By `ports.clock`. */
  readonly startMs: number
}

/** A process that `launch` started. Every method may be called at any time, also after the exit. */
export class RunningProcess {
  readonly pid: number
  /** Everything held for this process here, descriptors and timers, was given back. Never rejects. */
  readonly released: Promise<void>

  readonly #sessionId: string
  readonly #drainMs: number
  readonly #handlers: ProcessHandlers
  readonly #ports: ProcessPorts
  readonly #ends: StreamEnds
  readonly #startMs: number
  readonly #startTicks: number
  readonly #input: InputWriter
  readonly #ladder: KillLadder
  readonly #readers: Map<OutputStream, OutputReader>
  #hasInput: boolean
  #hasExited = false
  #ranMs = 0
  #isOutputOver = false
  #cancelDrain: (() => void) | undefined
  #release: () => void = () => {}

  constructor(options: RunningProcessOptions) {
    const { child, pid, plan, ends, handlers, ports, startMs } = options
    this.pid = pid
    // Of the plan nothing else stays: values of an environment are not held.
    this.#sessionId = plan.sessionId
    this.#drainMs = plan.drainMs ?? DRAIN_MS
    this.#handlers = handlers
    this.#ports = ports
    this.#ends = ends
    this.#startMs = startMs
    // Even if it has ended by now, nobody has waited for it yet: its entry is there.
    this.#startTicks = readProcessEntry(pid)?.startTicks ?? 0
    this.released = new Promise((resolve) => (this.#release = resolve))
    this.#hasInput = ends.input !== undefined
    this.#input = inputFor(ends, ports)
    // Ours is kept open for a terminal: a program that closes all of its own for a while (daemons do, and
    // come back by /dev/tty) must not end the stream; after the exit it no longer matters.
    if (ends.terminal === undefined) ends.closeChildSide()
    this.#ladder = new KillLadder({
      rungs: () => this.#rungs(),
      startTimer: (delayMs, run) => ports.clock.startTimer(delayMs, run),
      endInput: () => this.endInput(),
      signal: (name) => signalGroups(pid, name),
    })
    this.#readers = new Map(
      ends.outputs.map(({ stream, descriptor }) => [stream, this.#read(stream, descriptor)]),
    )
    child.once('exit', (code, signal) => this.#handleExit(code, signal))
  }

  /** By which it is known again when this host is gone. */
  get record(): ProcessRecord {
    return { pid: this.pid, startTicks: this.#startTicks, boot: this.#ports.boot }
  }

  /** Stops reading; soon the process waits in its next write. No effect after the exit [LOG-4]. */
  pauseOutput(): void {
    if (this.#hasExited) return
    for (const reader of this.#readers.values()) reader.pause()
  }

  resumeOutput(): void {
    for (const reader of this.#readers.values()) reader.resume()
  }

  /**
   * Writes to the process's standard input or terminal, in order.
   * @param bytes must not change until `onWritten`
   * @param onWritten once: the process's pipe or terminal has them, or LimpetError INPUT_CLOSED
   */
  write(bytes: Uint8Array, onWritten: (error?: Error) => void): void {
    // Who types is active: floods elsewhere step back for the answer.
    this.#ports.turns.take(this)
    this.#input.write(bytes, onWritten)
  }

  /** Pipes: closes standard input after pending writes. Terminal: types the end of input (^D). */
  endInput(): void {
    if (this.#ends.terminal === undefined) this.#hasInput = false
    this.#input.end()
  }

  /** @throws RangeError when a side is not 1 to 65 535 cells. No effect on pipes and after the exit. */
  resize(columns: number, rows: number): void {
    if (this.#ends.terminal === undefined || this.#hasExited) return
    this.#ports.terminals.resize(this.#ends.terminal.master, { columns, rows })
  }

  /**
   * Sends a signal to the leader's process group; in a terminal SIGINT, SIGQUIT and SIGTSTP go to the
   * group in the foreground, as the keys ^C, ^\ and ^Z do. No effect after the exit.
   * @throws LimpetError SIGNAL_UNKNOWN, FORBIDDEN (the group runs as another user)
   */
  signal(name: string): void {
    const known = parseSignal(name)
    if (!this.#hasExited) signalGroup(this.pid, known)
  }

  /** Asks the process to end, then insists (`kill-ladder.ts`): gone within 5 s. Idempotent. */
  stop(): void {
    if (!this.#hasExited) this.#ladder.climb()
  }

  /**
   * SIGKILL at once, for the process and all descendants.
   * @returns pids that could not be ended, after at most 2 s
   */
  async kill(): Promise<readonly number[]> {
    if (!this.#hasExited) signalGroups(this.pid, 'SIGKILL')
    return this.#endDescendants({ atOnce: true })
  }

  /**
   * Ends what the process left behind: asked at once, forced after 1 s.
   * @returns pids that could not be ended, after at most 2 s
   */
  async endDescendants(): Promise<readonly number[]> {
    return this.#endDescendants({ atOnce: false })
  }

  async #endDescendants({ atOnce }: { readonly atOnce: boolean }): Promise<readonly number[]> {
    const { descendants: finder, clock } = this.#ports
    return endDescendants({ finder, clock, atOnce, mark: () => this.#mark() })
  }

  #mark(): SessionMark {
    const sessionId = this.#sessionId
    const ranMs = this.#hasExited ? this.#ranMs : this.#ports.clock.nowMs() - this.#startMs
    const hasExited = this.#hasExited
    return { leader: this.pid, startTicks: this.#startTicks, sessionId, ranMs, hasExited }
  }

  #rungs(): typeof PIPES_LADDER {
    if (this.#ends.terminal !== undefined) return TERMINAL_LADDER
    return this.#hasInput ? PIPES_LADDER : NO_INPUT_LADDER
  }

  #read(stream: OutputStream, descriptor: number): OutputReader {
    return new OutputReader({
      descriptor,
      kind: this.#ends.terminal === undefined ? 'pipe' : 'terminal',
      turns: this.#ports.turns,
      owner: this,
      onBytes: (bytes) => this.#handlers.onOutput(stream, bytes),
      onEnd: () => this.#handleEnd(stream),
    })
  }

  #handleEnd(stream: OutputStream): void {
    this.#readers.delete(stream)
    if (this.#ends.terminal !== undefined) {
      // Its descriptor was the reader's, and may be another file's by now.
      this.#input.close()
      this.#ports.terminals.released()
    }
    if (this.#readers.size > 0) return
    this.#endOutput()
    if (this.#hasExited) this.#release()
  }

  #handleExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#ranMs = this.#ports.clock.nowMs() - this.#startMs
    this.#hasExited = true
    this.#ladder.leave()
    this.#input.close()
    this.#ends.closeChildSide()
    this.#handlers.onExit({ code, signal, durationMs: Math.round(this.#ranMs) })
    if (this.#readers.size === 0) {
      this.#release()
      return
    }
    this.resumeOutput()
    this.#cancelDrain = this.#ports.clock.startTimer(this.#drainMs, () =>
      this.#handleDrainTimeout(),
    )
  }

  /** Whatever the kernel holds by now still counts as the process's own. */
  #handleDrainTimeout(): void {
    const held = [...this.#readers].filter(([, reader]) => !reader.sweep())
    if (held.length === 0) return
    for (const reader of this.#readers.values()) reader.discard()
    this.#handlers.onDrainTimeout?.(held.map(([stream]) => stream))
    this.#endOutput()
  }

  #endOutput(): void {
    this.#cancelDrain?.()
    if (this.#isOutputOver) return
    this.#isOutputOver = true
    this.#handlers.onOutputEnd()
  }
}

function inputFor({ input, terminal }: StreamEnds, { clock }: ProcessPorts): InputWriter {
  if (input === undefined) return new NoInput()
  if (terminal === undefined) return new PipeInput(input)
  return new TerminalInput(input, (delayMs, run) => clock.startTimer(delayMs, run))
}
