// Owns how the connection is put into words: what is shown is what the SDK says at that moment, never a guess.

import type { ConnectionState } from '@limpet/client'
import type { VNode } from 'preact'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from './app-context.ts'
import { formatDuration, formatTime, plural } from './format.ts'

export interface ConnectionWords {
  readonly tone: 'good' | 'waiting' | 'failed'
  readonly text: string
  /** The same for a narrow place. @default text */
  readonly short?: string
}

/**
 * @param now milliseconds since 1970
 * @param measured there and back; since when the host behind the gateway is silent
 */
export function wordsOf(
  state: ConnectionState | undefined,
  now: number,
  measured: {
    readonly latencyMs?: number | undefined
    readonly hostSilentSinceMs?: number | undefined
  } = {},
): ConnectionWords {
  const { latencyMs, hostSilentSinceMs } = measured
  if (state === undefined) return { tone: 'waiting', text: 'connecting' }
  if (state.state === 'connecting') return connectingWords(state, now)
  if (state.state === 'closed') {
    return { tone: 'failed', text: state.error?.message ?? 'disconnected', short: 'disconnected' }
  }
  if (hostSilentSinceMs !== undefined) {
    const since = formatTime(hostSilentSinceMs, now)
    return {
      tone: 'waiting',
      text: `the host has not answered since ${since}`,
      short: `host silent since ${since}`,
    }
  }
  const pace = latencyMs === undefined ? '' : ` · ${formatDuration(Math.max(1, latencyMs))}`
  return { tone: 'good', text: `connected${pace}` }
}

function connectingWords(
  state: Extract<ConnectionState, { state: 'connecting' }>,
  now: number,
): ConnectionWords {
  // The very first try: nothing has been lost yet.
  if (state.lastError === undefined) return { tone: 'waiting', text: 'connecting' }
  const since = `offline since ${formatTime(state.sinceMs, now)}`
  const words = (next: string): ConnectionWords => ({
    tone: 'waiting',
    text: `${since}, ${next}`,
    short: `offline, ${next}`,
  })
  if (state.nextRetryAtMs === undefined) return words('trying now')
  return words(`next try in ${Math.max(1, Math.ceil((state.nextRetryAtMs - now) / 1000))} s`)
}

/** What was typed and has not reached the program. Short waits are no news. */
export function HeldKeys({ terminal }: { readonly terminal: SessionTerminal }): VNode | null {
  const { connection } = useApp()
  const held = terminal.heldInputs.value
  const isReached = connection.isConnected.value && connection.hostSilentSinceMs.value === undefined
  if (held === 0 || isReached) return null
  return <span class="badge waiting">{plural(held, 'key')} held</span>
}

/**
 * What is said in the row of tabs, or over the work where there is no such row, while there is no connection. It has a
 * place of its own there: nothing moves, no terminal changes its size.
 */
export function OfflineBadge({ floats = false }: { readonly floats?: boolean }): VNode | null {
  const { connection, clock } = useApp()
  const { value: state } = connection.state
  const hostSilentSinceMs = connection.hostSilentSinceMs.value
  if (!isLost(state)) {
    if (hostSilentSinceMs === undefined) return null
    const { text } = wordsOf(state, clock.now(), { hostSilentSinceMs })
    return (
      <div class={`badge offline waiting ${floats ? 'floats floating' : ''}`}>
        <span class="one-line" title="What you type waits until it answers.">
          {text}
        </span>
      </div>
    )
  }
  const { text, tone } = wordsOf(state, clock.seconds.value)
  const isTrying = state?.state === 'connecting'
  return (
    <div class={`badge offline ${tone} ${floats ? 'floats floating' : ''}`}>
      <span class="one-line" title={`${text}. What you type is kept.`}>
        {text}
      </span>
      <button
        type="button"
        class="control outlined"
        onClick={() => (isTrying ? connection.reconnectNow() : location.reload())}
      >
        {isTrying ? 'Try now' : 'Reload'}
      </button>
    </div>
  )
}

/** What a screen reader hears of the connection: that it went and came, not each second of a countdown. */
export function ConnectionAnnouncement(): VNode {
  const { connection, clock } = useApp()
  const { value: state } = connection.state
  const silentSince = connection.hostSilentSinceMs.value
  const words =
    isLost(state) && state !== undefined
      ? `offline since ${formatTime(state.sinceMs, clock.now())}`
      : silentSince === undefined
        ? ''
        : `the host has not answered since ${formatTime(silentSince, clock.now())}`
  return (
    <div class="visually-hidden" role="status" aria-label="Connection">
      {words}
    </div>
  )
}

/** False while it is there, and before the first try has failed: nothing has been lost yet. */
function isLost(state: ConnectionState | undefined): boolean {
  if (state === undefined || state.state === 'connected') return false
  return state.state === 'closed' || state.lastError !== undefined
}
