// Owns how the connection is put into words: what is shown is what the SDK says at that moment, never a guess.

import type { ConnectionState } from '@limpet/client'
import type { VNode } from 'preact'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from './app-context.ts'
import { formatDuration, formatTime, plural } from './format.ts'

export interface ConnectionWords {
  readonly tone: 'good' | 'waiting' | 'failed'
  readonly text: string
}

/** @param now milliseconds since 1970 @param latencyMs there and back; undefined before it was measured */
export function wordsOf(
  state: ConnectionState | undefined,
  now: number,
  latencyMs?: number,
): ConnectionWords {
  if (state === undefined) return { tone: 'waiting', text: 'connecting' }
  if (state.state === 'connecting') return { tone: 'waiting', text: connectingWords(state, now) }
  if (state.state === 'closed') {
    return { tone: 'failed', text: state.error?.message ?? 'disconnected' }
  }
  const pace = latencyMs === undefined ? '' : ` · ${formatDuration(Math.max(1, latencyMs))}`
  return { tone: 'good', text: `connected${pace}` }
}

function connectingWords(
  state: Extract<ConnectionState, { state: 'connecting' }>,
  now: number,
): string {
  // The very first try: nothing has been lost yet.
  if (state.lastError === undefined) return 'connecting'
  const since = `offline since ${formatTime(state.sinceMs, now)}`
  if (state.nextRetryAtMs === undefined) return `${since}, trying now`
  const seconds = Math.max(1, Math.ceil((state.nextRetryAtMs - now) / 1000))
  return `${since}, next try in ${seconds} s`
}

/** What was typed and has not reached the program. Short waits are no news. */
export function HeldKeys({ terminal }: { readonly terminal: SessionTerminal }): VNode | null {
  const { connection } = useApp()
  const held = terminal.heldInputs.value
  if (held === 0 || connection.isConnected.value) return null
  return <span class="badge waiting">{plural(held, 'key')} held</span>
}

/** The line over everything while there is no connection, with the way to try at once. */
export function OfflineStrip(): VNode | null {
  const { connection, clock } = useApp()
  const { value: state } = connection.state
  if (state === undefined || state.state === 'connected') return null
  const { text } = wordsOf(state, clock.seconds.value)
  const isFirstTry = state.state === 'connecting' && state.lastError === undefined
  if (isFirstTry) return null
  return (
    <div class="offline" role="status">
      <span>{text}. What you type is kept.</span>
      {state.state === 'connecting' ? (
        <button type="button" class="control" onClick={() => connection.reconnectNow()}>
          Try now
        </button>
      ) : (
        <button type="button" class="control" onClick={() => location.reload()}>
          Reload
        </button>
      )}
    </div>
  )
}
