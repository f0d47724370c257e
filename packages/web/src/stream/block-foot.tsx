// Owns the last line of a block: how it stands, how long it took, and what can be done now.

import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import type { Block } from '../state/blocks.ts'
import { durationOf } from '../state/session-facts.ts'
import { useApp } from '../ui/app-context.ts'
import { formatDuration, formatElapsed, formatExit, nameOf } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { copyLink, copyOutput, replaySession, sessionMenu } from '../ui/session-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'
import { useIsAsking } from './use-is-asking.ts'

export function BlockFoot({ session }: { readonly session: SessionInfo }): VNode {
  const app = useApp()
  const block = app.blocks.of(session.id)
  const isRunning = session.state === 'running'
  return (
    <footer class="block-foot">
      <span class="block-state">
        <SessionMark session={session} />
        <State session={session} />
      </span>
      {isRunning && <Answer session={session} block={block} />}
      {isRunning && <StopButton session={session} block={block} />}
      <div class="block-actions">
        {!isRunning && <EndedButtons session={session} />}
        <button type="button" class="control" onClick={() => app.places.go(session.id)}>
          open as terminal
        </button>
        <button type="button" class="control" onClick={() => void copyLink(app, session)}>
          link
        </button>
      </div>
      <button
        type="button"
        class="control square block-more"
        aria-label={`Actions for ${nameOf(session)}`}
        aria-haspopup="menu"
        onClick={(event) => {
          app.floating.menu.value = { ...sessionMenu(app, session), ...below(event) }
        }}
      >
        <Icon name="more" />
      </button>
    </footer>
  )
}

function State({ session }: { readonly session: SessionInfo }): VNode {
  const { clock } = useApp()
  if (session.state === 'running') {
    return <span>{formatElapsed(durationOf(session, clock.seconds.value))}</span>
  }
  const { exit } = session
  const duration = formatDuration(durationOf(session, clock.now()))
  if (session.state === 'lost') return <span>lost with the host</span>
  return (
    <span>
      {exit === undefined || exit.code === 0 ? duration : `${formatExit(exit)} · ${duration}`}
    </span>
  )
}

function EndedButtons({ session }: { readonly session: SessionInfo }): VNode {
  const app = useApp()
  return (
    <>
      <button type="button" class="control" onClick={() => void copyOutput(app, session)}>
        copy
      </button>
      <button type="button" class="control" onClick={() => replaySession(app, session)}>
        replay
      </button>
      {app.programs.hasBar.value && (
        <button type="button" class="control" onClick={() => void app.launcher.runAgain(session)}>
          run again
        </button>
      )}
    </>
  )
}

/** First a request, as Ctrl-C is; a program that does not listen is ended by the second press. */
function StopButton({
  session,
  block,
}: {
  readonly session: SessionInfo
  readonly block: Block
}): VNode | null {
  const { launcher, programs } = useApp()
  if (!programs.may('type')) return null
  const isStopping = block.isStopping.value
  return (
    <button
      type="button"
      class={`control ${isStopping ? 'dangerous' : ''}`}
      onClick={() => {
        if (isStopping) void launcher.end(session)
        else void launcher.interrupt(session)
        block.isStopping.value = true
      }}
    >
      {isStopping ? 'end it now' : 'stop'}
    </button>
  )
}

/** The way to type into a running command; amber when it seems to wait for somebody. */
function Answer({
  session,
  block,
}: {
  readonly session: SessionInfo
  readonly block: Block
}): VNode | null {
  const { value: terminal } = block.terminal
  const isAsking = useIsAsking(block)
  if (terminal === undefined || !terminal.mayType || !terminal.isTty) return null
  if (terminal.isFullScreen.value) return null
  return (
    <button
      type="button"
      class={`control ${isAsking ? 'block-asking' : ''}`}
      title={`Type into ${nameOf(session)}`}
      onClick={() => {
        block.wantsKeys.value = true
      }}
    >
      {isAsking ? 'it may be waiting: answer' : 'type into it'}
    </button>
  )
}
