// Owns what the outcome of one command looks like to a run client: the three formats, as pure translations
// from facts to messages. Must not know sockets or sessions.
//
//   text    stdout as it is; lines of stderr as "error: …"; an empty message when there was nothing
//   gather  the same in exactly one message: stdout, then the errors
//   json    {id, stream, data} …, then {id, exit} or {id, error}

import { LimpetError, type ExitStatus } from '@limpet/protocol'
import { MAX_GATHERED_BYTES } from '../../limits.ts'
import { LineSplitter } from './line-splitter.ts'
import { StreamDecoder } from './stream-decoder.ts'

export type Stream = 'stdout' | 'stderr'

/** Translates the facts of one command, in their order, into the messages that are to be sent. */
export interface CommandFormat {
  /** @throws LimpetError when it is more than the format can hold: the command is to be ended */
  output(stream: Stream, bytes: Uint8Array): readonly string[]
  /** Output that was produced faster than it was taken for so long that the host no longer has it. */
  gap(missingBytes: number): readonly string[]
  exit(exit: ExitStatus): readonly string[]
  /** It could not be started, or was lost; nothing follows. */
  failure(error: LimpetError): readonly string[]
}

export type FormatName = 'text' | 'gather' | 'json'

/** @param id 1 for the first command of a connection */
export function createFormat(name: FormatName, id: number): CommandFormat {
  const make: Readonly<Record<FormatName, () => CommandFormat>> = {
    text: () => new TextFormat(),
    gather: () => new GatherFormat(),
    json: () => new JsonFormat(id),
  }
  return make[name]()
}

class TextFormat implements CommandFormat {
  readonly #stdout = new StreamDecoder()
  readonly #stderr = new StreamDecoder()
  readonly #errorLines = new LineSplitter()
  #hasOutput = false
  #hasErrors = false

  output(stream: Stream, bytes: Uint8Array): readonly string[] {
    return stream === 'stdout'
      ? this.#said(this.#stdout.decode(bytes))
      : this.#complained(this.#errorLines.push(this.#stderr.decode(bytes)))
  }

  gap(missingBytes: number): readonly string[] {
    return this.#complained([missing(missingBytes)])
  }

  exit(exit: ExitStatus): readonly string[] {
    const rest = [
      ...this.#said(this.#stdout.end()),
      ...this.#complained(this.#errorLines.push(this.#stderr.end())),
      ...this.#complained(this.#errorLines.end()),
    ]
    const failed = failureOf(exit, this.#hasErrors)
    if (failed !== undefined) return [...rest, `error: ${failed}`]
    return this.#hasOutput || this.#hasErrors ? rest : ['']
  }

  failure(error: LimpetError): readonly string[] {
    return [`error: ${error.message}`]
  }

  #said(text: string): readonly string[] {
    if (text === '') return []
    this.#hasOutput = true
    return [text]
  }

  #complained(lines: readonly string[]): readonly string[] {
    if (lines.length > 0) this.#hasErrors = true
    return lines.map((line) => `error: ${line}`)
  }
}

class GatherFormat implements CommandFormat {
  readonly #stdout = new StreamDecoder()
  readonly #stderr = new StreamDecoder()
  readonly #parts = { stdout: '', stderr: '' }
  #bytes = 0

  output(stream: Stream, bytes: Uint8Array): readonly string[] {
    this.#bytes += bytes.byteLength
    if (this.#bytes > MAX_GATHERED_BYTES) {
      throw new LimpetError(
        'OUTPUT_OVERFLOW',
        `The command wrote more than ${MAX_GATHERED_BYTES} bytes and was ended. Without gather=1 output has no limit.`,
        { details: { limitBytes: MAX_GATHERED_BYTES } },
      )
    }
    this.#parts[stream] += (stream === 'stdout' ? this.#stdout : this.#stderr).decode(bytes)
    return []
  }

  gap(missingBytes: number): readonly string[] {
    this.#parts.stderr += `${missing(missingBytes)}\n`
    return []
  }

  exit(exit: ExitStatus): readonly string[] {
    const said = this.#parts.stdout + this.#stdout.end()
    const complained = this.#parts.stderr + this.#stderr.end()
    const lines = new LineSplitter()
    const errors = [...lines.push(complained), ...lines.end()]
    const failed = failureOf(exit, errors.length > 0)
    if (failed !== undefined) errors.push(failed)
    if (errors.length === 0) return [said]
    const before = said === '' || said.endsWith('\n') ? said : `${said}\n`
    return [before + errors.map((line) => `error: ${line}`).join('\n')]
  }

  failure(error: LimpetError): readonly string[] {
    return [`error: ${error.message}`]
  }
}

class JsonFormat implements CommandFormat {
  readonly #id: number
  readonly #decoders = { stdout: new StreamDecoder(), stderr: new StreamDecoder() }

  constructor(id: number) {
    this.#id = id
  }

  output(stream: Stream, bytes: Uint8Array): readonly string[] {
    return this.#said(stream, this.#decoders[stream].decode(bytes))
  }

  gap(missingBytes: number): readonly string[] {
    return [JSON.stringify({ id: this.#id, gap: { missingBytes } })]
  }

  exit({ code, signal, durationMs }: ExitStatus): readonly string[] {
    return [
      ...this.#said('stdout', this.#decoders.stdout.end()),
      ...this.#said('stderr', this.#decoders.stderr.end()),
      JSON.stringify({ id: this.#id, exit: { code, signal, durationMs } }),
    ]
  }

  failure({ code, message, details }: LimpetError): readonly string[] {
    return [JSON.stringify({ id: this.#id, error: { code, message, details } })]
  }

  #said(stream: Stream, data: string): readonly string[] {
    return data === '' ? [] : [JSON.stringify({ id: this.#id, stream, data })]
  }
}

/** What is to be said of an exit that the command itself did not explain. */
function failureOf({ code, signal }: ExitStatus, hasErrors: boolean): string | undefined {
  if (signal !== null) return `ended by ${signal}`
  return code !== 0 && !hasErrors ? `ended with exit code ${code}` : undefined
}

function missing(bytes: number): string {
  return `${bytes} bytes of output are missing: they came faster than they were taken`
}
