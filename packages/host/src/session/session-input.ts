// Owns the way of input into one session: at most once, in order, never after its end. Before: the link's
// input frames; after: the process's stdin or terminal. Acknowledges what was written [INPUT].

import { LimpetError, MAX_UNACKNOWLEDGED_INPUT_BYTES, type InputFrame } from '@limpet/protocol'
import type { RunningProcess } from '../process/index.ts'
import type { Attachment } from './attachment.ts'
import { InputLedger } from './input-ledger.ts'

export interface SessionInputOptions {
  readonly isTerminal: boolean
  /** True when the process was given nothing to read from. */
  readonly isEmpty: boolean
  readonly attachments: () => Iterable<Attachment>
  /** False while somebody else has control [CTRL-9]. */
  readonly mayType: (attachment: Attachment) => boolean
  /** True when this viewer's terminal may answer queries now. */
  readonly acceptsAnswer: (attachment: Attachment) => boolean
  /** Somebody typed: size and responder follow. */
  readonly handleTyped: (attachment: Attachment) => void
}

export class SessionInput {
  readonly ledger: InputLedger = new InputLedger(MAX_UNACKNOWLEDGED_INPUT_BYTES)
  readonly #options: SessionInputOptions
  #isClosed: boolean

  constructor(options: SessionInputOptions) {
    this.#options = options
    this.#isClosed = options.isEmpty
  }

  /** @throws LimpetError INPUT_GAP, INPUT_OVERFLOW, INPUT_CLOSED, CONTROL_HELD; nothing is applied then */
  write(process: RunningProcess, attachment: Attachment, frame: InputFrame): void {
    const { client } = attachment
    const bytes = frame.bytes.byteLength
    const isNew = frame.sequence > this.ledger.taken(client)
    if (this.#isClosed && isNew) throw inputClosed()
    // Before it is counted: the number stays free. What a terminal answers is not typed.
    if (isNew && !frame.isAnswer && !this.#options.mayType(attachment)) throw controlHeld()
    const verdict = this.ledger.take(client, frame.sequence, bytes)
    if (verdict === 'gap' || verdict === 'overflow') throw this.#refusal(verdict, attachment, frame)
    if (verdict === 'known') return this.#acknowledge(attachment)
    const settle = (): void => {
      this.ledger.settle(client, frame.sequence, bytes)
      for (const viewer of this.#options.attachments()) {
        if (viewer.client === client) this.#acknowledge(viewer)
      }
    }
    // An answer of one who has not the duty would be read as typed: it is dropped, and counts as applied.
    if (frame.isAnswer && !this.#options.acceptsAnswer(attachment)) return settle()
    if (!frame.isAnswer) this.#options.handleTyped(attachment)
    // The frame is a view of the socket's buffer, and the process may take its bytes later: here it is copied, where
    // nothing can refuse it any more. A flood of refused frames must not cost memory.
    if (bytes > 0) process.write(new Uint8Array(frame.bytes), settle)
    if (!frame.isLast) return
    // A terminal's end of input is a key that the program may read on after; a pipe's is final.
    this.#isClosed = !this.#options.isTerminal
    process.endInput()
    if (bytes === 0) settle()
  }

  #acknowledge(attachment: Attachment): void {
    const sequence = this.ledger.written(attachment.client)
    attachment.connection.notify('input.acknowledged', { attachment: attachment.id, sequence })
  }

  #refusal(verdict: 'gap' | 'overflow', attachment: Attachment, frame: InputFrame): LimpetError {
    const taken = this.ledger.taken(attachment.client)
    const details = { sequence: frame.sequence, taken }
    if (verdict === 'gap') {
      return new LimpetError(
        'INPUT_GAP',
        `Input ${frame.sequence} came, ${taken + 1} is missing.`,
        { details },
      )
    }
    return new LimpetError(
      'INPUT_OVERFLOW',
      `More than ${MAX_UNACKNOWLEDGED_INPUT_BYTES} bytes of input wait to be written.`,
      { details: { ...details, limitBytes: MAX_UNACKNOWLEDGED_INPUT_BYTES } },
    )
  }
}

function controlHeld(): LimpetError {
  return new LimpetError('CONTROL_HELD', 'Another viewer has control; take it to type.')
}

function inputClosed(): LimpetError {
  return new LimpetError(
    'INPUT_CLOSED',
    'The input of this session was ended; nothing more can be typed.',
  )
}
