// Owns the player's header: what is replayed, searching it, taking it along, closing.

import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useApp } from '../ui/app-context.ts'
import { formatPath, nameOf } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { SessionMark } from '../ui/session-mark.tsx'
import { EXPORTS, exportRecording, type Export } from './export-recording.ts'
import type { Playback } from './playback.ts'
import { PlayerSearch } from './player-search.tsx'

export function PlayerHeader(props: {
  readonly session: SessionInfo
  readonly playback: Playback | undefined
  readonly close: () => void
}): VNode {
  const { session, playback, close } = props
  return (
    <header class="player-header">
      <SessionMark session={session} />
      <h1 class="session-name one-line">{nameOf(session)}</h1>
      <span class="where one-line">replay · {formatPath(session.cwd)}</span>
      <span class="spacer" />
      {playback !== undefined && (
        <>
          <PlayerSearch playback={playback} />
          <ExportButton session={session} playback={playback} />
        </>
      )}
      <button type="button" class="control square" aria-label="Close the replay" onClick={close}>
        <Icon name="close" />
      </button>
    </header>
  )
}

function ExportButton(props: {
  readonly session: SessionInfo
  readonly playback: Playback
}): VNode {
  const { floating } = useApp()
  const { session, playback } = props
  const save = async (choice: Export): Promise<void> => {
    try {
      await exportRecording(session, playback.recording, choice)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      floating.say(`Could not export it: ${reason}`, 'failed')
    }
  }
  return (
    <button
      type="button"
      class="control square"
      aria-label="Export"
      title="Export"
      aria-haspopup="menu"
      onClick={(event) => {
        const items = EXPORTS.map((choice) => ({
          label: `${choice.label} (.${choice.extension})`,
          run: () => void save(choice),
        }))
        floating.menu.value = { title: 'Export', items, ...below(event) }
      }}
    >
      <Icon name="download" />
    </button>
  )
}
