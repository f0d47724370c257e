// Owns this page's one way to the machine: logged in or not, connected or since when not, how fast. Everything shown
// about it is what the SDK says at that moment. Before: login.ts; after: everybody who asks the host for something.

import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { connectInBackground, type ConnectionState, type Limpet } from '@limpet/client'
import { checkLogin, logIn, logOut, shareInAddress } from './login.ts'

/** starting: nobody knows yet. out: a token is needed. in: there is a Limpet, connected or on its way. */
export type LoginPhase = 'starting' | 'out' | 'in'

/** Between two measurements while somebody looks. */
const PING_EVERY_MS = 10_000

/** After a connection opened everything asks at once; a moment later the measure is fair. */
const FIRST_PING_MS = 1000

export class Connection {
  readonly phase: Signal<LoginPhase> = signal('starting')
  /** Undefined while not logged in. */
  readonly limpet: Signal<Limpet | undefined> = signal(undefined)
  readonly state: Signal<ConnectionState | undefined> = signal(undefined)
  /** There and back to the host, in milliseconds; undefined until it was measured. */
  readonly latencyMs: Signal<number | undefined> = signal(undefined)
  readonly isConnected: ReadonlySignal<boolean> = computed(
    () => this.state.value?.state === 'connected',
  )
  /** Why the last login was refused, for people. */
  readonly refusal: Signal<string | undefined> = signal(undefined)
  /** Since when the host does not answer, in milliseconds since 1970; undefined while it does. */
  readonly hostSilentSinceMs: Signal<number | undefined> = signal(undefined)
  /** True when the page was opened by a share's link: it has one session, and no login form. */
  readonly isShare: boolean
  readonly #address: string
  readonly #now: () => number

  /** @param address of the page, with its base path @param now milliseconds since 1970 */
  constructor(address: string, now: () => number) {
    this.#address = address
    this.#now = now
    this.isShare = shareInAddress(address) !== undefined
  }

  /** Finds out whether this browser is logged in, trading `token` if there is one. */
  async start(token: string | undefined): Promise<void> {
    if (token !== undefined) return this.logIn(token)
    const answer = await checkLogin()
    if (answer.state === 'out') this.phase.value = 'out'
    // When nobody answered, the connection says so and tries on.
    else this.#enter()
  }

  async logIn(token: string): Promise<void> {
    const answer = await logIn(token)
    this.refusal.value = undefined
    if (answer.state === 'in') return this.#enter()
    this.refusal.value =
      answer.state === 'refused'
        ? answer.message
        : 'The machine does not answer. Is `limpet serve` running?'
    this.phase.value = 'out'
  }

  async logOut(): Promise<void> {
    await logOut()
    this.#leave()
  }

  /** Tries again at once, or asks for a sign of life. */
  reconnectNow(): void {
    this.limpet.peek()?.reconnectNow()
  }

  /** Listens to what the browser knows of networks and sleep, and measures, as long as the page lives. */
  watch(): void {
    const reconnect = (): void => this.reconnectNow()
    window.addEventListener('online', reconnect)
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) reconnect()
    })
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) reconnect()
    })
    setInterval(() => void this.#measure(), PING_EVERY_MS)
  }

  #enter(): void {
    const limpet = connectInBackground(this.#address)
    limpet.onHostState((state) => {
      if (this.limpet.peek() !== limpet) return
      this.hostSilentSinceMs.value = state === 'unresponsive' ? this.#now() : undefined
    })
    this.limpet.value = limpet
    this.state.value = limpet.connection
    this.phase.value = 'in'
    limpet.onStateChange((state) => {
      if (this.limpet.peek() !== limpet) return
      this.state.value = state
      if (state.state === 'connected') setTimeout(() => void this.#measure(), FIRST_PING_MS)
      if (state.state === 'closed' && state.error?.code === 'UNAUTHENTICATED') this.#leave()
    })
  }

  #leave(): void {
    void this.limpet.peek()?.close()
    this.limpet.value = undefined
    this.state.value = undefined
    this.latencyMs.value = undefined
    this.hostSilentSinceMs.value = undefined
    this.phase.value = 'out'
  }

  async #measure(): Promise<void> {
    const limpet = this.limpet.peek()
    if (limpet === undefined || document.hidden || limpet.state !== 'connected') return
    // Lost while it was measured: the state says so.
    this.latencyMs.value = await limpet.ping().catch(() => undefined)
  }
}
