// Owns this page's one way to the machine: logged in or not, connected or since when not, how fast. Everything shown
// about it is what the SDK says at that moment. Before: login.ts; after: everybody who asks the host for something.

import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { connectInBackground, type ConnectionState, type Limpet } from '@limpet/client'
import { checkLogin, logIn, logOut } from './login.ts'

/** starting: nobody knows yet. out: a token is needed. in: there is a Limpet, connected or on its way. */
export type LoginPhase = 'starting' | 'out' | 'in'

export interface Connection {
  readonly phase: ReadonlySignal<LoginPhase>
  /** Undefined while not logged in. */
  readonly limpet: ReadonlySignal<Limpet | undefined>
  readonly state: ReadonlySignal<ConnectionState | undefined>
  /** There and back to the host, in milliseconds; undefined until it was measured. */
  readonly latencyMs: ReadonlySignal<number | undefined>
  readonly isConnected: ReadonlySignal<boolean>
  /** Why the last login was refused, for people. */
  readonly refusal: ReadonlySignal<string | undefined>
  /** Finds out whether this browser is logged in, trading `token` if there is one. */
  start(token: string | undefined): Promise<void>
  logIn(token: string): Promise<void>
  logOut(): Promise<void>
  /** Tries again at once, or asks for a sign of life. */
  reconnectNow(): void
}

/** Between two measurements while somebody looks. */
const PING_EVERY_MS = 10_000

/** After a connection opened everything asks at once; a moment later the measure is fair. */
const FIRST_PING_MS = 1000

/** @param address of the page, with its base path */
export function createConnection(address: string): Connection {
  const phase = signal<LoginPhase>('starting')
  const limpet = signal<Limpet | undefined>(undefined)
  const state = signal<ConnectionState | undefined>(undefined)
  const latencyMs = signal<number | undefined>(undefined)
  const refusal = signal<string | undefined>(undefined)

  const leave = (): void => {
    void limpet.peek()?.close()
    limpet.value = undefined
    state.value = undefined
    latencyMs.value = undefined
    phase.value = 'out'
  }
  const measure = async (): Promise<void> => {
    if (document.hidden || state.peek()?.state !== 'connected') return
    // Lost while it was measured: the state says so.
    latencyMs.value = await limpet.peek()?.ping().catch(() => undefined)
  }
  const enter = (): void => {
    const opened = connectInBackground(address)
    limpet.value = opened
    state.value = opened.connection
    phase.value = 'in'
    opened.onStateChange((next) => {
      if (limpet.peek() !== opened) return
      state.value = next
      if (next.state === 'connected') setTimeout(() => void measure(), FIRST_PING_MS)
      if (next.state === 'closed' && next.error?.code === 'UNAUTHENTICATED') leave()
    })
  }
  const tryToken = async (token: string): Promise<void> => {
    const answer = await logIn(token)
    refusal.value = undefined
    if (answer.state === 'in') return enter()
    refusal.value =
      answer.state === 'refused'
        ? answer.message
        : 'The machine does not answer. Is `limpet serve` running?'
    phase.value = 'out'
  }
  watchBrowser(() => limpet.peek()?.reconnectNow(), measure)
  return {
    phase,
    limpet,
    state,
    latencyMs,
    isConnected: computed(() => state.value?.state === 'connected'),
    refusal,
    logIn: tryToken,
    async start(token) {
      if (token !== undefined) return tryToken(token)
      const answer = await checkLogin()
      if (answer.state === 'out') phase.value = 'out'
      // When nobody answered, the connection says so and tries on.
      else enter()
    },
    async logOut() {
      await logOut()
      leave()
    },
    reconnectNow: () => limpet.peek()?.reconnectNow(),
  }
}

/** What a browser knows about a network or a sleep that is over; it lives as long as the page. */
function watchBrowser(reconnect: () => void, measure: () => Promise<void>): void {
  window.addEventListener('online', reconnect)
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) reconnect()
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) reconnect()
  })
  setInterval(() => void measure(), PING_EVERY_MS)
}
