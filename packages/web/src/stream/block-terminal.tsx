// Owns a running block's terminal while somebody types into it, or the program takes the whole screen. As long as a
// program only prints, its block has lines instead (lines.tsx).

import { useComputed } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { showTerminal } from '../terminal/display.ts'
import { usedRows } from '../terminal/styled-lines.ts'
import { isOver, type SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from '../ui/app-context.ts'
import { displayPage } from '../ui/display-page.ts'
import { cellHeight, roomFor } from '../ui/room.ts'

export interface BlockTerminalProps {
  readonly terminal: SessionTerminal
  readonly label: string
  /** True: it takes the keys as soon as it is there. */
  readonly takesFocus: boolean
  /** The focus has left it, or the program has ended under it. */
  readonly leave: (reason: 'left' | 'ended') => void
}

export function BlockTerminal({ terminal, label, takesFocus, leave }: BlockTerminalProps): VNode {
  const app = useApp()
  const host = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (host.current === null) return undefined
    const display = showTerminal({
      page: displayPage(app),
      terminal,
      host: host.current,
      place: 'block',
    })
    terminal.xterm.textarea?.setAttribute('aria-label', label)
    if (takesFocus) terminal.xterm.focus()
    const follow = new ResizeObserver(() => {
      terminal.reportSize(roomFor('stream', app.settings.fontSize.peek()))
    })
    const stream = host.current.closest('.stream')
    if (stream !== null) follow.observe(stream)
    return () => {
      follow.disconnect()
      const hadFocus = terminal.xterm.element?.contains(document.activeElement) === true
      display.dispose()
      if (hadFocus) leave('ended')
    }
  }, [terminal, app, label, takesFocus])
  const rows = useComputed(() => {
    void terminal.revision.value
    if (terminal.isFullScreen.value) return terminal.size.value.rows
    const buffer = terminal.xterm.buffer.active
    return Math.min(
      terminal.size.value.rows,
      Math.max(1, usedRows(buffer) - buffer.baseY, buffer.cursorY + 1),
    )
  })
  const isWhole = terminal.isFullScreen.value
  return (
    <div
      class={`block-terminal ${isWhole ? 'whole' : ''}`}
      style={{ height: `${rows.value * cellHeight(app.settings.fontSize.value)}px` }}
      onFocusOut={(event) => {
        // The window lost the focus, and gives it back to where it was.
        if (event.relatedTarget === null && !document.hasFocus()) return
        leave(isOver(terminal.phase.peek().state) ? 'ended' : 'left')
      }}
    >
      <div
        ref={host}
        style={{
          height: `${terminal.size.value.rows * cellHeight(app.settings.fontSize.value)}px`,
        }}
      />
    </div>
  )
}
