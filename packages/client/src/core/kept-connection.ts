// Owns that there is a connection: dials, waits by the backoff table, dials again, and says truly how it
// stands. Knows no session. Before: `dial`; after: the attachments and requests of one Limpet.
//
//   start → dial → greet → connected → lost → wait → dial …      closed: by `close`, or by an error that
//                                                                no retry can mend (a wrong token)

import { LimpetError, type Channel } from '@limpet/protocol'
import { retryDelayMs } from './backoff.ts'
import { Connection, type ConnectionHandlers } from './connection.ts'
import type { ConnectionState } from './connection-state.ts'
import { DIAL_DEADLINE_MS, PROBE_DEADLINE_MS, STABLE_CONNECTION_MS } from './limits.ts'
import { Listeners } from './listeners.ts'
import { dialError, unanswered } from './lost.ts'
import type { Runtime } from './runtime.ts'

export interface KeptConnectionOptions {
  readonly dial: () => Promise<Channel>
  readonly runtime: Runtime
  readonly framesStay: boolean
  /** False: the first loss closes. */
  readonly reconnect: boolean
  /** True: even the very first try is repeated. */
  readonly retriesFirst: boolean
  /** Called with each open connection: what must come back is asked for here, without waiting. */
  readonly handleOpened: (connection: Connection) => void
  /** Resolves when the far end has proved itself. */
  readonly greet: (connection: Connection) => Promise<void>
  readonly handlers: Omit<ConnectionHandlers, 'handleLost'>
  /** The connection is gone; another one may come. */
  readonly handleLost: () => void
  /** None will come any more. */
  readonly handleClosed: (error: LimpetError | undefined) => void
}

export class KeptConnection {
  readonly #options: KeptConnectionOptions
  readonly #listeners: Listeners<ConnectionState>
  #state: ConnectionState
  #connection: Connection | undefined
  /** Number of the present try since the last good connection. */
  #attempt = 1
  #hasConnected = false
  #cancelRetry: (() => void) | undefined

  constructor(options: KeptConnectionOptions) {
    this.#options = options
    this.#listeners = new Listeners(options.runtime)
    this.#state = this.#connecting({ sinceMs: options.runtime.wallClockMs() })
  }

  get state(): ConnectionState {
    return this.#state
  }

  onStateChange(listener: (state: ConnectionState) => void): () => void {
    return this.#listeners.add(listener)
  }

  start(): void {
    void this.#try()
  }

  /** A hint that trying again, or asking for a sign of life, is worth it now. */
  reconnectNow(): void {
    if (this.#state.state === 'connected') this.#connection?.probe(PROBE_DEADLINE_MS)
    else if (this.#cancelRetry) this.#retry()
  }

  /** @throws LimpetError why it closed, or CONNECTION_LOST when the time is over; without deadline it waits */
  connected(deadlineMs?: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const settle = (state: ConnectionState): boolean => {
        if (state.state === 'connecting') return false
        if (state.state === 'closed') reject(state.error ?? closedByUser())
        else if (this.#connection) resolve(this.#connection)
        return true
      }
      if (settle(this.#state)) return
      let cancel = (): void => {}
      const unsubscribe = this.onStateChange((state) => {
        if (!settle(state)) return
        unsubscribe()
        cancel()
      })
      if (deadlineMs === undefined) return
      cancel = this.#options.runtime.setTimer(() => {
        unsubscribe()
        const lastError = this.#state.state === 'connecting' ? this.#state.lastError : undefined
        reject(lastError ?? unanswered('a connection', deadlineMs))
      }, deadlineMs)
    })
  }

  /** Idempotent. @returns when the socket is gone */
  async close(error?: LimpetError): Promise<void> {
    if (this.#state.state === 'closed') return
    const connection = this.#connection
    this.#connection = undefined
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#change({ state: 'closed', sinceMs: this.#options.runtime.wallClockMs(), error })
    this.#options.handleClosed(error)
    await connection?.close()
  }

  async #try(): Promise<void> {
    let connection: Connection | undefined
    try {
      const channel = await this.#dial()
      if (this.#state.state === 'closed') return channel.close()
      connection = this.#adopt(channel)
      await this.#options.greet(connection)
    } catch (error) {
      // A connection that ended by itself has told so: handleLost decides what comes next.
      if (connection && this.#connection !== connection) return
      this.#connection = undefined
      void connection?.close()
      this.#failed(dialError(error))
      return
    }
    if (this.#connection !== connection) return
    this.#hasConnected = true
    this.#change({ state: 'connected', sinceMs: this.#options.runtime.wallClockMs() })
  }

  #adopt(channel: Channel): Connection {
    const { runtime, framesStay, handlers, handleOpened } = this.#options
    const openedMs = runtime.monotonicMs()
    const connection: Connection = new Connection({
      channel,
      runtime,
      framesStay,
      handlers: {
        ...handlers,
        handleLost: (error) => {
          if (this.#connection !== connection) return
          if (runtime.monotonicMs() - openedMs >= STABLE_CONNECTION_MS) this.#attempt = 0
          this.#connection = undefined
          this.#failed(error)
        },
      },
    })
    this.#connection = connection
    handleOpened(connection)
    return connection
  }

  /** The deadline covers the dial; one that succeeds too late is closed at once. */
  #dial(): Promise<Channel> {
    return new Promise((resolve, reject) => {
      let isLate = false
      const cancel = this.#options.runtime.setTimer(() => {
        isLate = true
        reject(unanswered('the connection to open', DIAL_DEADLINE_MS))
      }, DIAL_DEADLINE_MS)
      this.#options.dial().then(
        (channel) => {
          cancel()
          if (isLate) channel.close()
          else resolve(channel)
        },
        (error: unknown) => {
          cancel()
          reject(dialError(error))
        },
      )
    })
  }

  #failed(error: LimpetError): void {
    const { runtime, reconnect, retriesFirst, handleLost } = this.#options
    const mayTry = this.#hasConnected ? reconnect : retriesFirst
    if (!mayTry || !error.definition.retriable) return void this.close(error)
    const nowMs = runtime.wallClockMs()
    const sinceMs = this.#state.state === 'connecting' ? this.#state.sinceMs : nowMs
    const delayMs = retryDelayMs(this.#attempt, runtime.random())
    this.#attempt++
    this.#cancelRetry = runtime.setTimer(() => this.#retry(), delayMs)
    handleLost()
    this.#change(this.#connecting({ sinceMs, nextRetryAtMs: nowMs + delayMs, lastError: error }))
  }

  #retry(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    if (this.#state.state !== 'connecting') return
    const { sinceMs, lastError } = this.#state
    this.#change(this.#connecting({ sinceMs, lastError }))
    void this.#try()
  }

  #connecting(facts: {
    sinceMs: number
    nextRetryAtMs?: number
    lastError?: LimpetError | undefined
  }): ConnectionState {
    const { sinceMs, nextRetryAtMs, lastError } = facts
    return { state: 'connecting', sinceMs, attempt: this.#attempt, nextRetryAtMs, lastError }
  }

  #change(state: ConnectionState): void {
    this.#state = state
    this.#listeners.emit(state)
  }
}

function closedByUser(): LimpetError {
  return new LimpetError('CONNECTION_LOST', 'This Limpet was closed.')
}
