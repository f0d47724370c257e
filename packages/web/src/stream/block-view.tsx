// Owns one block of the stream: the command, its output, how it ended, what can be done with it. Running or ended,
// it is the same block.

import { useSignal, useSignalEffect } from '@preact/signals'
import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { FOLDED_LINES, NO_OUTPUT } from '../terminal/output.ts'
import { outcomeOf } from '../state/session-facts.ts'
import { useApp } from '../ui/app-context.ts'
import { focusBar } from '../ui/focus.ts'
import { formatBytes, formatPath, formatTime, plural } from '../ui/format.ts'
import { replaySession, sessionMenu } from '../ui/session-actions.ts'
import { BlockFoot } from './block-foot.tsx'
import { BlockTerminal } from './block-terminal.tsx'
import { Lines } from './lines.tsx'

/** How long a block that was looked for is marked. */
const FOUND_MS = 1500

export interface BlockViewProps {
  readonly session: SessionInfo
  readonly isNewest: boolean
}

export function BlockView({ session, isNewest }: BlockViewProps): VNode {
  const app = useApp()
  const element = useRef<HTMLElement>(null)
  useLoadInView(element, session)
  const isWanted = app.blocks.wanted.value === session.id
  useEffect(() => {
    if (!isWanted) return undefined
    app.blocks.followsEnd.value = false
    element.current?.scrollIntoView({ block: 'nearest' })
    element.current?.focus({ preventScroll: true })
    const timer = setTimeout(() => {
      app.blocks.wanted.value = undefined
    }, FOUND_MS)
    return () => clearTimeout(timer)
  }, [isWanted, app])
  const classes = ['block', outcomeOf(session), isNewest ? 'newest' : '', isWanted ? 'found' : '']
  return (
    <article
      ref={element}
      class={classes.join(' ')}
      aria-label={`Command ${session.title}`}
      tabIndex={-1}
      data-session={session.id}
      onContextMenu={(event) => {
        // Text that is selected, and links, have the browser's own menu.
        if (!isPlainPress(event)) return
        event.preventDefault()
        const { clientX: x, clientY: y } = event
        app.floating.menu.value = { ...sessionMenu(app, session), x, y }
      }}
    >
      <BlockHead session={session} />
      <BlockBody session={session} />
      <BlockFoot session={session} />
    </article>
  )
}

function BlockHead({ session }: { readonly session: SessionInfo }): VNode {
  const { clock } = useApp()
  const isOpen = useSignal(false)
  return (
    <header class="block-head">
      <button
        type="button"
        class={`block-command ${isOpen.value ? 'open' : 'one-line'}`}
        title={isOpen.value ? undefined : session.title}
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value
        }}
      >
        {session.title}
      </button>
      <span class="block-when">
        {formatPath(session.cwd)} · {formatTime(session.startedAt, clock.now())}
      </span>
    </header>
  )
}

function BlockBody({ session }: { readonly session: SessionInfo }): VNode {
  const { blocks, launcher, places } = useApp()
  const block = blocks.of(session.id)
  const { value: terminal } = block.terminal
  const isTyping = useSignal(false)
  const isFullScreen = terminal?.isFullScreen.value ?? false
  const isElsewhere = places.tabs.value.includes(session.id)
  // A program of one's own that takes the screen takes the keys, too, as in any terminal.
  const takesFocus = isTyping.value || launcher.ownCommands.value.has(session.id)
  useSignalEffect(() => {
    if (block.wantsKeys.value) {
      block.wantsKeys.value = false
      isTyping.value = true
    }
  })
  if (terminal !== undefined && !isElsewhere && (isFullScreen || isTyping.value)) {
    return (
      <BlockTerminal
        terminal={terminal}
        label={`Terminal of ${session.title}`}
        takesFocus={takesFocus}
        leave={(reason) => {
          isTyping.value = false
          if (reason === 'ended') focusBar()
        }}
      />
    )
  }
  const startTyping = (): void => {
    const isSelecting = document.getSelection()?.isCollapsed === false
    if (terminal?.mayType === true && session.state === 'running' && !isSelecting)
      isTyping.value = true
  }
  return (
    <div onClick={startTyping}>
      {block.trouble.value !== undefined && <p class="block-note">{block.trouble.value}</p>}
      <BlockLines session={session} />
    </div>
  )
}

function BlockLines({ session }: { readonly session: SessionInfo }): VNode {
  const { blocks } = useApp()
  const block = blocks.of(session.id)
  const { lines, total, isCut } = block.output.value ?? NO_OUTPUT
  const isUnfolded = block.isUnfolded.value
  const top = useRef<HTMLDivElement>(null)
  const isWhole = isUnfolded && lines.length > FOLDED_LINES
  // Who asked for all of it wants to read it from its first line.
  useLayoutEffect(() => {
    if (!isWhole) return
    blocks.followsEnd.value = false
    top.current?.closest('article')?.scrollIntoView({ block: 'start' })
  }, [isWhole, blocks])
  return (
    <div ref={top}>
      <MissingNote session={session} />
      {total > FOLDED_LINES && (
        <button
          type="button"
          class="control fold"
          aria-expanded={isUnfolded}
          onClick={(event) => {
            event.stopPropagation()
            if (isUnfolded) blocks.fold(session)
            else void blocks.unfold(session)
          }}
        >
          {isUnfolded ? 'fold' : `show all, ${plural(total, 'line')}${isCut ? ' kept' : ''}`}
        </button>
      )}
      <Lines lines={lines} />
    </div>
  )
}

/** What stood before the first line, and how to see it. */
function MissingNote({ session }: { readonly session: SessionInfo }): VNode | null {
  const app = useApp()
  const { earlierBytes, lostBytes } = app.blocks.of(session.id).missing.value
  if (earlierBytes === 0 && lostBytes === 0) return null
  return (
    <p class="block-note">
      {lostBytes > 0 && <span>{formatBytes(lostBytes)} are no longer kept. </span>}
      {earlierBytes > 0 && (
        <>
          {formatBytes(earlierBytes)} of earlier output:{' '}
          <button
            type="button"
            class="as-link"
            onClick={(event) => {
              event.stopPropagation()
              replaySession(app, session)
            }}
          >
            replay
          </button>
        </>
      )}
    </p>
  )
}

/** Reads a block's output when it comes near: an old stream costs nothing. */
function useLoadInView(
  element: { readonly current: HTMLElement | null },
  session: SessionInfo,
): void {
  const { blocks } = useApp()
  useEffect(() => {
    if (element.current === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return
        observer.disconnect()
        void blocks.load(session)
      },
      { rootMargin: '600px 0px' },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
    // The session's facts change; that it is to be loaded does not.
  }, [session.id, blocks])
}

function isPlainPress(event: MouseEvent): boolean {
  const isOnLink = event.target instanceof Element && event.target.closest('a, .xterm') !== null
  return !isOnLink && document.getSelection()?.isCollapsed !== false
}
