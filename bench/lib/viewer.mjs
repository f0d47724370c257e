// Owns a viewer that costs as little as a viewer can: a WebSocket, the heads of records, acknowledgements. What is
// measured is Limpet, not its SDK.

import { randomBytes } from 'node:crypto'
import {
  attachmentId,
  clientIdFrom,
  DATA_HEADER_BYTES,
  decodeFrame,
  decodeMessage,
  decodeResult,
  encodeInputFrame,
  FRAME_KIND,
  inputSequence,
  readRecordHeader,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  viewOf,
} from '@limpet/protocol'
import { WebSocket } from 'ws'

/** A quarter of the default window. */
const ACKNOWLEDGE_BYTES = 128 * 1024

/** @import { Message, MethodName, MethodParams, MethodResult, View } from '@limpet/protocol' */
/** @typedef {{ attachment: number, acknowledges?: boolean, onPayload?: (bytes: Uint8Array) => void, onCheckpoint?: () => void }} Watching */

/** One connection; any number of attachments. */
export class Viewer {
  #nextId = 1
  /** @type {Map<number, (message: Message) => void>} */
  #answers = new Map()
  /** @type {Map<number, { watching: Watching, at: number, told: number, received: number, resolve: () => void }>} */
  #watched = new Map()

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data, isBinary) => {
      const bytes = /** @type {Buffer} */ (data) // binaryType says so
      if (isBinary) this.#handleBinary(bytes)
      else this.#handleText(bytes.toString())
    })
  }

  /**
   * @param {{ readonly url: string, readonly token: string }} limpet
   * @returns {Promise<Viewer>}
   */
  static async connect(limpet) {
    const socket = new WebSocket(`${limpet.url.replace('http', 'ws')}ws`, 'limpet.v1', {
      headers: { authorization: `Bearer ${limpet.token}` },
      perMessageDeflate: false,
    })
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return new Viewer(socket)
  }

  /**
   * @template {MethodName} M
   * @param {M} method
   * @param {MethodParams<M>} params
   * @returns {Promise<MethodResult<M>>}
   */
  request(method, params) {
    const id = this.#nextId++
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return new Promise((resolve, reject) => {
      this.#answers.set(id, (message) => {
        if (message.kind === 'result') resolve(decodeResult(method, message.result))
        else reject(message.kind === 'error' ? message.error : new Error(`no answer to ${method}`))
      })
    })
  }

  /**
   * A view to ask with, and the promise of the exit record.
   * @param {Watching} watching
   * @param {Partial<View>} [more] of the view
   * @returns {{ view: View, exited: Promise<unknown> }}
   */
  watch(watching, more = {}) {
    const client = clientIdFrom(randomBytes(16))
    const view = { attachment: attachmentId(watching.attachment), client, ...more }
    const exited = new Promise((resolve) => {
      const state = { watching, at: 0, told: 0, received: 0, resolve: () => resolve(true) }
      this.#watched.set(watching.attachment, state)
    })
    return { view, exited }
  }

  /**
   * @param {number} attachment
   * @returns {number} payload bytes that came
   */
  received(attachment) {
    return this.#watched.get(attachment)?.received ?? 0
  }

  /**
   * @param {number} attachment
   * @param {number} sequence
   * @param {string} text
   */
  type(attachment, sequence, text) {
    this.socket.send(
      encodeInputFrame({
        attachment: attachmentId(attachment),
        sequence: inputSequence(sequence),
        bytes: Buffer.from(text),
        isAnswer: false,
        isLast: false,
      }),
    )
  }

  async close() {
    const closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.socket.close()
    await closed
  }

  /** @param {string} text */
  #handleText(text) {
    const message = decodeMessage(text)
    if (message.kind !== 'result' && message.kind !== 'error') return
    const id = Number(message.id)
    this.#answers.get(id)?.(message)
    this.#answers.delete(id)
  }

  /** @param {Buffer} bytes */
  #handleBinary(bytes) {
    const state = this.#watched.get(bytes.readUInt32BE(1))
    if (state === undefined) return
    if (bytes[0] === FRAME_KIND.checkpoint) {
      const frame = decodeFrame(bytes)
      if (frame.kind === 'checkpoint') state.at = frame.checkpoint.offset
      state.watching.onCheckpoint?.()
      return
    }
    const view = viewOf(bytes)
    for (let at = DATA_HEADER_BYTES; at < bytes.byteLength;) {
      const { kind, payloadBytes, offset } = readRecordHeader(view, at)
      const start = at + RECORD_HEADER_BYTES
      at = start + payloadBytes
      if (kind === RECORD_KIND.gap) continue
      state.at = offset + payloadBytes
      state.received += payloadBytes
      if (kind <= RECORD_KIND.stderr) state.watching.onPayload?.(bytes.subarray(start, at))
      if (kind === RECORD_KIND.exit) state.resolve()
    }
    if (state.watching.acknowledges !== false && state.at - state.told >= ACKNOWLEDGE_BYTES) {
      this.acknowledge(state.watching.attachment)
    }
  }

  /** @param {number} attachment */
  acknowledge(attachment) {
    const state = this.#watched.get(attachment)
    if (state === undefined) return
    state.told = state.at
    const params = { attachment, offset: state.at }
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'session.acknowledge', params }))
  }
}

/**
 * Starts `argv` and reads all of its output.
 * @param {Viewer} viewer
 * @param {number} attachment never used before
 * @param {{ argv: readonly string[], tty: boolean }} program
 * @returns {Promise<number>} megabytes a second, from the request to the exit record
 */
export async function readAll(viewer, attachment, { argv, tty }) {
  const { view, exited } = viewer.watch({ attachment })
  const start = performance.now()
  await viewer.request('program.start', { program: 'exec', argv, tty, stdin: 'empty', view })
  await exited
  return viewer.received(attachment) / ((performance.now() - start) / 1000) / 1e6
}
