// Owns the player as one sees it: loads the recording, shows it, has the keys. It is loaded when somebody first
// replays something. Before: app/replay-place.tsx; after: playback.ts, and the parts of the view below.

import type { SessionInfo } from '@limpet/protocol'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../ui/app-context.ts'
import { formatBytes, nameOf } from '../ui/format.ts'
import { PlayerControls } from './player-controls.tsx'
import { PlayerHeader } from './player-header.tsx'
import { PlayerStage } from './player-stage.tsx'
import { Playback } from './playback.ts'
import { loadRecording } from './recording.ts'
import '../styles/player.css'

/** One press of an arrow key. */
const STEP_MS = 5000

export function PlayerView(props: {
  readonly session: SessionInfo
  readonly close: () => void
}): VNode {
  const { session, close } = props
  const { playback, words } = usePlayback(session)
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    section.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <section
      ref={section}
      class="view player"
      aria-label={`Replay of ${nameOf(session)}`}
      tabIndex={-1}
      onKeyDown={(event) => handleKey(event, playback, close)}
    >
      <PlayerHeader session={session} playback={playback} close={close} />
      {playback === undefined ? (
        <div class="player-stage">
          <p class="player-words" role="status">
            {words}
          </p>
        </div>
      ) : (
        <>
          <PlayerStage playback={playback} />
          {playback.recording.lostBytes > 0 && (
            <p class="player-note">
              {formatBytes(playback.recording.lostBytes)} of it are no longer kept.
            </p>
          )}
          <PlayerControls playback={playback} />
        </>
      )}
    </section>
  )
}

interface Loading {
  readonly playback: Playback | undefined
  /** What is said while there is nothing to play. */
  readonly words: string
}

function usePlayback(session: SessionInfo): Loading {
  const app = useApp()
  const [playback, setPlayback] = useState<Playback | undefined>(undefined)
  const words = useSignal('')
  useEffect(() => {
    const limpet = app.connection.limpet.peek()
    if (limpet === undefined) return undefined
    const aborter = new AbortController()
    let made: Playback | undefined
    const load = async (): Promise<void> => {
      const handleProgress = (share: number): void => {
        words.value = `Reading the log, ${Math.round(100 * share)} %`
      }
      const recording = await loadRecording(limpet, session, handleProgress, aborter.signal)
      if (aborter.signal.aborted) return
      if (recording === undefined) {
        words.value = 'Nothing was written yet.'
        return
      }
      made = new Playback(recording, app.settings.fontSize.peek())
      setPlayback(made)
    }
    load().catch((error: unknown) => {
      if (aborter.signal.aborted) return
      words.value = `Could not read the log: ${error instanceof Error ? error.message : String(error)}`
    })
    return () => {
      aborter.abort()
      made?.close()
    }
    // The session's facts change while it runs; what is replayed is what was there.
  }, [session.id, app])
  return { playback, words: words.value }
}

function handleKey(event: KeyboardEvent, playback: Playback | undefined, close: () => void): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  const isField = event.target instanceof HTMLInputElement && event.target.type !== 'range'
  if (event.key === 'Escape' && !isField) close()
  else if (isField || playback === undefined || !playByKey(event, playback)) return
  event.preventDefault()
  event.stopPropagation()
}

/** @returns false when the key means nothing here */
function playByKey({ key, target }: KeyboardEvent, playback: Playback): boolean {
  const position = playback.positionMs.peek()
  // A button that has the focus is pressed by it.
  const isButton = target instanceof HTMLButtonElement
  switch (key) {
    case ' ':
      if (isButton) return false
      playback.toggle()
      return true
    case 'ArrowLeft':
      void playback.seek(position - STEP_MS)
      return true
    case 'ArrowRight':
      void playback.seek(position + STEP_MS)
      return true
    case 'Home':
      void playback.seek(0)
      return true
    case 'End':
      void playback.seek(Number.POSITIVE_INFINITY)
      return true
    case '<':
      playback.changeSpeed(-1)
      return true
    case '>':
      playback.changeSpeed(1)
      return true
    default:
      return false
  }
}
