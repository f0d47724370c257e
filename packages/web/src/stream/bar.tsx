// Owns the bar: one line (or several) that runs as a command. Keys: Enter runs, Shift-Enter breaks the line, ↑ ↓ walk
// through what was run before, Ctrl-R searches it, Ctrl-C in an empty bar interrupts what runs.

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { step, type Walk } from '../state/bar-history.ts'
import { useApp } from '../ui/app-context.ts'
import { Icon, Mark } from '../ui/icon.tsx'
import { hasKeyboard } from '../ui/platform.ts'
import { FolderButton } from './folder-button.tsx'
import { FoundLines } from './found-lines.tsx'

export function Bar(): VNode {
  const app = useApp()
  const { bar, launcher } = app
  const field = useRef<HTMLTextAreaElement>(null)
  const walk = useSignal<Walk | undefined>(undefined)
  const isSearching = useSignal(false)
  useEffect(() => {
    // A phone would call up its keyboard.
    if (hasKeyboard()) field.current?.focus()
  }, [])
  const show = (line: string): void => {
    bar.text.value = line
    const end = line.length
    requestAnimationFrame(() => field.current?.setSelectionRange(end, end))
  }
  const run = async (): Promise<void> => {
    const line = bar.text.peek()
    if (line.trim() === '') return
    bar.text.value = ''
    walk.value = undefined
    bar.addLine(line)
    const isRunning = await launcher.runLine(line)
    // What could not be run is not lost, unless something else is being written.
    if (!isRunning && bar.text.peek() === '') show(line)
  }
  const walkBy = (direction: -1 | 1): boolean => {
    const from = walk.peek() ?? { prefix: bar.text.peek(), index: bar.history.peek().length }
    const next = step(bar.history.peek(), from, direction)
    if (next === undefined) return walk.peek() !== undefined
    walk.value = next.walk
    show(next.line)
    return true
  }
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return
    if (handleBarKey(event)) event.preventDefault()
  }
  const handleBarKey = (event: KeyboardEvent): boolean => {
    const area = field.current
    if (area === null) return false
    if (event.key === 'Enter' && !event.shiftKey) {
      void run()
      return true
    }
    if (isControl(event, 'r')) {
      isSearching.value = true
      return true
    }
    if (isControl(event, 'c')) return interruptNewest()
    if (event.altKey || event.ctrlKey || event.metaKey) return false
    if (event.key === 'ArrowUp') return isOnFirstLine(area) && walkBy(-1)
    if (event.key === 'ArrowDown') return isOnLastLine(area) && walkBy(1)
    return false
  }
  /** As in any terminal; with something selected or written, the key is the browser's. */
  const interruptNewest = (): boolean => {
    const hasSelection = document.getSelection()?.isCollapsed === false
    const running = app.sessions.stream.peek().findLast(({ state }) => state === 'running')
    if (bar.text.peek() !== '' || hasSelection || running === undefined) return false
    void launcher.interrupt(running)
    return true
  }
  return (
    <>
      {launcher.trouble.value !== undefined && (
        <p class="bar-trouble" role="alert">
          {launcher.trouble.value}
        </p>
      )}
      {isSearching.value && (
        <FoundLines
          choose={(line) => {
            isSearching.value = false
            if (line !== undefined) show(line)
            field.current?.focus()
          }}
        />
      )}
      <form
        class="bar"
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        <span class="bar-prompt">
          <Mark shape="command" state="running" />
        </span>
        <textarea
          ref={field}
          rows={1}
          aria-label="Command"
          placeholder="run a command…"
          value={bar.text.value}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          autocorrect="off"
          enterkeyhint="go"
          onInput={(event) => {
            walk.value = undefined
            bar.text.value = event.currentTarget.value
          }}
          onKeyDown={handleKey}
        />
        <FolderButton />
        <button type="submit" class="control square" aria-label="Run" disabled={bar.text.value.trim() === ''}>
          <Icon name="enter" />
        </button>
      </form>
    </>
  )
}

function isControl({ ctrlKey, altKey, metaKey, shiftKey, key }: KeyboardEvent, letter: string): boolean {
  return ctrlKey && !altKey && !metaKey && !shiftKey && key.toLowerCase() === letter
}

function isOnFirstLine({ value, selectionStart }: HTMLTextAreaElement): boolean {
  return !value.slice(0, selectionStart).includes('\n')
}

function isOnLastLine({ value, selectionEnd }: HTMLTextAreaElement): boolean {
  return !value.slice(selectionEnd).includes('\n')
}
