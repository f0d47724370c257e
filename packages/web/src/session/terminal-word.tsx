// Owns what is said below a terminal: that it has ended, failed, or only may be watched. Nothing is said while all
// is well. Typing where nothing reads makes it nod.

import type { SessionInfo } from '@limpet/protocol'
import type { ComponentChildren, VNode } from 'preact'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from '../ui/app-context.ts'
import { formatDuration, formatExit, nameOf } from '../ui/format.ts'
import { give } from '../ui/control-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'
import { durationOf, isInStream } from '../state/session-facts.ts'
import { controlWords } from './presence.tsx'

export interface TerminalWordProps {
  readonly session: SessionInfo
  readonly terminal: SessionTerminal
}

export function TerminalWord({ session, terminal }: TerminalWordProps): VNode | null {
  const { clock } = useApp()
  const { value: phase } = terminal.phase
  const refusals = terminal.refusals.value
  if (phase.state === 'failed') {
    return (
      <Word refusals={refusals}>
        <strong>Could not show {nameOf(session)}.</strong>
        <span>{phase.error.message}</span>
        <CloseTab session={session} />
      </Word>
    )
  }
  if (phase.state === 'ended') {
    const words = `${formatExit(phase.exit)}, after ${formatDuration(durationOf(session, clock.now()))}`
    return (
      <Word refusals={refusals}>
        <SessionMark session={session} />
        <strong>{nameOf(session)} has ended</strong>
        <span>
          {words}
          {refusals > 0 && '. Nothing reads what you type.'}
        </span>
        <span class="spacer" />
        <StartAgain session={session} />
        <CloseTab session={session} />
      </Word>
    )
  }
  if (phase.state === 'lost') {
    return (
      <Word refusals={refusals}>
        <SessionMark session={session} />
        <strong>{nameOf(session)} was lost with the host</strong>
        <span>
          The host crashed while it ran. What it had written is kept.
          {refusals > 0 && ' Nothing reads what you type.'}
        </span>
        <span class="spacer" />
        <StartAgain session={session} />
        <CloseTab session={session} />
      </Word>
    )
  }
  if (refusals === 0) return null
  if (!terminal.mayType) {
    return (
      <Word refusals={refusals} floats>
        <strong>You are watching.</strong>
        <span>What you type goes nowhere: your link lets you watch only.</span>
      </Word>
    )
  }
  return terminal.refusal.value === 'held' ? <Held terminal={terminal} /> : null
}

/** Until one has the keyboard again, it is said why what was typed was not taken. */
function Held({ terminal }: { readonly terminal: SessionTerminal }): VNode | null {
  const app = useApp()
  const { company, refusals } = terminal
  if (company.control.value === null || company.isMine.value) return null
  return (
    <Word refusals={refusals.value} floats>
      <strong>
        {controlWords(app, terminal).replace(/^./, (letter) => letter.toUpperCase())}.
      </strong>
      <span>What you typed was not taken.</span>
      <span class="spacer" />
      <button
        type="button"
        class="control outlined"
        onClick={() => void give(app, terminal, company.self.peek())}
      >
        Take control
      </button>
    </Word>
  )
}

/** @param props.floats over the terminal, which keeps its size, and for a while only */
function Word(props: {
  readonly refusals: number
  readonly floats?: boolean
  readonly children: ComponentChildren
}): VNode {
  const { refusals, floats = false } = props
  // A new key starts the nod anew.
  return (
    <div
      key={refusals}
      class={`terminal-word ${refusals > 0 ? 'nudged' : ''} ${floats ? 'floats floating' : ''}`}
      role="status"
    >
      {props.children}
    </div>
  )
}

function StartAgain({ session }: { readonly session: SessionInfo }): VNode | null {
  const { launcher, programs } = useApp()
  if (isInStream(session)) {
    if (!programs.hasBar.value) return null
    return (
      <button
        type="button"
        class="control outlined"
        onClick={() => void launcher.runAgain(session)}
      >
        Run again
      </button>
    )
  }
  if (!programs.startable.value.some(({ name }) => name === session.program)) return null
  return (
    <button
      type="button"
      class="control outlined"
      onClick={() => void launcher.start(session.program)}
    >
      Start a new one
    </button>
  )
}

function CloseTab({ session }: { readonly session: SessionInfo }): VNode | null {
  const { places, programs } = useApp()
  if (programs.shared.value !== undefined) return null
  return (
    <button type="button" class="control outlined" onClick={() => places.close(session.id)}>
      Close tab
    </button>
  )
}
