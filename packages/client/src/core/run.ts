// Owns `run`: one program from start to end, its output collected. Made of nothing but what users have, too.

import { LimpetError, type ExitStatus } from '@limpet/protocol'
import { deferred } from './deferred.ts'
import { MAX_RUN_OUTPUT_BYTES } from './limits.ts'
import type { OpenOptions, ProgramChoice } from './open-options.ts'
import type { OutputRecord } from './output-record.ts'
import type { Session } from './session.ts'
import { bytesOf, joined, textOf } from './text.ts'

/** The part of an AbortSignal that is used: the library types of the core know none. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Some output of a running command. */
export interface RunOutput {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Uint8Array
}

export interface RunOptions {
  /** A program that accepts an argv. @default "exec" */
  readonly program?: string
  /** Absolute path. @default the home folder */
  readonly cwd?: string
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** What the program reads; without it its input is empty. */
  readonly stdin?: string | Uint8Array
  /** Ends the program by steps; the promise is rejected with its reason at once. */
  readonly signal?: AbortSignalLike
  /** Called with output as it comes, before it is collected. */
  readonly onOutput?: (output: RunOutput) => void
  /** Both streams together; more ends the program and is refused with OUTPUT_OVERFLOW. @default 64 MiB */
  readonly maxOutputBytes?: number
}

/** What a program that ran to its end has left. */
export interface RunResult {
  /** As UTF-8; what is not is U+FFFD here and itself in `stdoutBytes`. */
  readonly stdout: string
  readonly stderr: string
  readonly stdoutBytes: Uint8Array
  readonly stderrBytes: Uint8Array
  readonly exit: ExitStatus
  /** Output that the host no longer had when it could be sent; 0 unless this program stood still for long. */
  readonly missingBytes: number
}

/** What `run` needs of a Limpet. */
export interface Runner {
  open(choice: ProgramChoice, options: OpenOptions): Promise<Session>
}

/** @throws LimpetError what `open` throws, CONNECTION_LOST, OUTPUT_OVERFLOW; or the signal's reason */
export async function run(
  runner: Runner,
  argv: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  throwIfAborted(options.signal)
  const { program = 'exec', cwd, environment, stdin, signal } = options
  const collector = new OutputCollector(options)
  const choice = {
    program,
    argv,
    stdin: stdin === undefined ? 'empty' : 'pipe',
    ...(cwd !== undefined && { cwd }),
    ...(environment && { environment }),
  } as const
  const sink = {
    handleRecord(record: OutputRecord, session: Session): void {
      session.acknowledge(record.end)
      collector.collect(record)
    },
  }
  const aborted = deferred<never>()
  const abort = (): void => aborted.reject(reasonOf(signal))
  signal?.addEventListener('abort', abort)
  const opening = runner.open(choice, { lifetime: 'client', sink })
  try {
    const session = await Promise.race([opening, aborted.promise])
    if (stdin !== undefined) feed(session, stdin)
    const ends = [session.exited, collector.overflow, aborted.promise, lossOf(session, argv)]
    return collector.result(await Promise.race(ends))
  } catch (error) {
    opening.then(abandon, () => {}) // a start that failed has nothing to end
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

class OutputCollector {
  readonly #limitBytes: number
  readonly #handleOutput: ((output: RunOutput) => void) | undefined
  readonly #parts: { readonly stdout: Uint8Array[]; readonly stderr: Uint8Array[] } = {
    stdout: [],
    stderr: [],
  }
  readonly #overflow = deferred<never>()
  #bytes = 0
  #missingBytes = 0

  constructor(options: RunOptions) {
    this.#limitBytes = options.maxOutputBytes ?? MAX_RUN_OUTPUT_BYTES
    this.#handleOutput = options.onOutput
    this.#overflow.promise.catch(() => {}) // it may come when the run has failed already
  }

  get overflow(): Promise<never> {
    return this.#overflow.promise
  }

  collect(record: OutputRecord): void {
    if (record.type === 'gap') this.#missingBytes += record.gap.to - record.gap.from
    if (record.type !== 'output' || this.#bytes > this.#limitBytes) return
    const { stream, bytes } = record
    this.#bytes += bytes.byteLength
    if (this.#bytes > this.#limitBytes) return this.#overflow.reject(overflow(this.#limitBytes))
    this.#parts[stream].push(bytes)
    this.#handleOutput?.({ stream, bytes })
  }

  result(exit: ExitStatus): RunResult {
    const stdoutBytes = joined(this.#parts.stdout)
    const stderrBytes = joined(this.#parts.stderr)
    const [stdout, stderr] = [textOf(stdoutBytes), textOf(stderrBytes)]
    return { stdout, stderr, stdoutBytes, stderrBytes, exit, missingBytes: this.#missingBytes }
  }
}

/** A program may end without reading all of its input, as `head` does: that is no failure of the run. */
function feed(session: Session, stdin: string | Uint8Array): void {
  session.write(bytesOf(stdin)).catch(() => {})
  session.endInput().catch(() => {})
}

/** The caller has gone: ends what it started, and tells nobody. */
function abandon(session: Session): void {
  session
    .kill()
    .catch(() => {}) // it has ended, or the connection is gone and ends it
    .then(() => session.detach())
    .catch(() => {})
}

function throwIfAborted(signal: AbortSignalLike | undefined): void {
  if (signal?.aborted) throw reasonOf(signal)
}

/** Whatever the caller aborted with is what it gets back; only an Error can be thrown well. */
function reasonOf(signal: AbortSignalLike | undefined): Error {
  const reason = signal?.reason
  return reason instanceof Error ? reason : new Error('The run was aborted.', { cause: reason })
}

/** The host ends the program with the connection that opened it: waiting for another would be in vain. */
function lossOf(session: Session, argv: readonly string[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    const look = (): void => {
      if (session.state === 'resuming') reject(lostRun(session, argv))
    }
    session.onStateChange(look)
    look()
  })
}

function lostRun(session: Session, argv: readonly string[]): LimpetError {
  return new LimpetError(
    'CONNECTION_LOST',
    `The connection ended before ${argv[0] ?? 'the program'} did; the host ends the program, too.`,
    { details: { session: session.id } },
  )
}

function overflow(limitBytes: number): LimpetError {
  return new LimpetError(
    'OUTPUT_OVERFLOW',
    `The program wrote more than ${limitBytes} bytes and was ended. Use open() to read without end, or raise maxOutputBytes.`,
    { details: { limitBytes } },
  )
}
