// Owns the frame in which a terminal is shown whole: it settles unseen, shows where the focus is, searches, and has
// the keys that phones lack.

import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { KeyBar } from '../phone/key-bar.tsx'
import { handleTouches } from '../phone/touches.ts'
import { showTerminal, type Display } from '../terminal/display.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from '../ui/app-context.ts'
import { displayPage } from '../ui/display-page.ts'
import { formatBytes, nameOf } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { hasKeyboard } from '../ui/platform.ts'
import { TerminalSearch } from './terminal-search.tsx'

/** A history that takes longer is shown while it is still being read. */
const SETTLE_MS = 300

export interface TerminalFrameProps {
  readonly terminal: SessionTerminal
  readonly session: SessionInfo
}

export function TerminalFrame({ terminal, session }: TerminalFrameProps): VNode {
  const app = useApp()
  const host = useRef<HTMLDivElement>(null)
  const [display, setDisplay] = useState<Display | undefined>(undefined)
  const isSearching = useSignal(false)
  const hasFocus = useSignal(false)
  const isSettling = useSettling(terminal)
  useEffect(() => {
    if (host.current === null) return undefined
    const shown = showTerminal({
      page: displayPage(app),
      terminal,
      host: host.current,
      place: 'frame',
      search: () => {
        isSearching.value = true
      },
    })
    const stopTouches = handleTouches(host.current, terminal, app.settings.fontSize)
    setDisplay(shown)
    // On a phone the focus would call up the keyboard over half of what one came to see.
    if (hasKeyboard()) terminal.xterm.focus()
    return () => {
      stopTouches()
      shown.dispose()
    }
  }, [terminal, app, isSearching])
  useLabel(terminal, `Terminal, ${nameOf(session)}`)
  return (
    <>
      <div
        class={`terminal-frame ${isSettling ? 'settling' : ''} ${hasFocus.value ? 'focused' : ''}`}
        onFocusIn={(event) => {
          hasFocus.value = isTextarea(event.target)
        }}
        onFocusOut={() => {
          hasFocus.value = false
        }}
      >
        <div ref={host} class={`terminal-host ${display?.fit.value ?? 'exact'}`} />
        <Skipped terminal={terminal} />
        {isSearching.value && (
          <TerminalSearch
            terminal={terminal}
            close={() => {
              isSearching.value = false
              terminal.xterm.focus()
            }}
          />
        )}
      </div>
      {display !== undefined && (
        <KeyBar terminal={terminal} paste={(text) => display.paste(text)} />
      )}
    </>
  )
}

/** What this page was too slow for, and that its screen may have holes: said once and quietly. */
function Skipped({ terminal }: { readonly terminal: SessionTerminal }): VNode | null {
  const { value: skipped } = terminal.skippedBytes
  const dismissed = useSignal(0)
  const isTold = useSignal(false)
  const isNews = skipped > dismissed.value
  const isExact = terminal.isExact.value
  if (!isNews && (isExact || isTold.value)) return null
  const words = [
    ...(isNews ? [`skipped ${formatBytes(skipped - dismissed.value)}`] : []),
    ...(isExact ? [] : ['the screen may be incomplete until it is drawn anew']),
  ]
  return (
    <div class="terminal-chip floating" role="status">
      <span>{words.join(', ')}</span>
      <button
        type="button"
        class="control square"
        aria-label="Dismiss"
        onClick={() => {
          dismissed.value = skipped
          isTold.value = true
          terminal.xterm.focus()
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}

/** True until what was there at first has been drawn, or for SETTLE_MS: nobody watches a history run past. */
function useSettling(terminal: SessionTerminal): boolean {
  const isPatient = useSignal(true)
  useEffect(() => {
    const timer = setTimeout(() => {
      isPatient.value = false
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [isPatient])
  const isSettling = useComputed(
    () => isPatient.value && terminal.phase.value.state === 'catching-up',
  )
  return isSettling.value
}

/** What a screen reader says when the terminal gets the focus. */
function useLabel(terminal: SessionTerminal, label: string): void {
  const text = useSignal(label)
  text.value = label
  useSignalEffect(() => {
    const label = text.value
    // The textarea is there once the terminal was shown, which is an effect of its own.
    queueMicrotask(() => terminal.xterm.textarea?.setAttribute('aria-label', label))
  })
}

function isTextarea(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.classList.contains('xterm-helper-textarea')
}
