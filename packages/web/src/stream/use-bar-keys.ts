// Owns what the keys of the bar do. Before: bar.tsx hands over key presses; after: the launcher runs the line.

import { useSignal, type Signal } from '@preact/signals'
import { step, wholeHistory, type Walk } from '../state/bar-history.ts'
import { linesOf } from '../state/session-facts.ts'
import { useApp } from '../ui/app-context.ts'

export interface BarKeys {
  /** Runs what is in the bar. */
  readonly run: () => Promise<void>
  readonly handleKey: (event: KeyboardEvent) => void
  readonly handleInput: (text: string) => void
  /** Puts a line into the bar, the cursor behind it. */
  readonly show: (line: string) => void
}

type Field = { readonly current: HTMLTextAreaElement | null }

export function useBarKeys(field: Field, isSearching: Signal<boolean>): BarKeys {
  const app = useApp()
  const { bar, launcher } = app
  const walk = useSignal<Walk | undefined>(undefined)
  const show = (line: string): void => {
    bar.text.value = line
    requestAnimationFrame(() => field.current?.setSelectionRange(line.length, line.length))
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
  /** @returns false when the key is left to the browser: it moves in the text */
  const walkBy = (direction: -1 | 1): boolean => {
    const history = wholeHistory(bar.history.peek(), linesOf(app.sessions.stream.peek()))
    const from = walk.peek() ?? { prefix: bar.text.peek(), index: history.length }
    const next = step(history, from, direction)
    if (next === undefined) return walk.peek() !== undefined
    walk.value = next.walk
    show(next.line)
    return true
  }
  /** As in any terminal; with something selected or written, the key is the browser's. */
  const interruptNewest = (): boolean => {
    const hasSelection = document.getSelection()?.isCollapsed === false
    const running = app.sessions.stream.peek().findLast(({ state }) => state === 'running')
    if (bar.text.peek() !== '' || hasSelection || running === undefined) return false
    void launcher.interrupt(running)
    return true
  }
  const take = (event: KeyboardEvent, area: HTMLTextAreaElement): boolean => {
    if (event.key === 'Enter' && !event.shiftKey) {
      void run()
      return true
    }
    if (isControl(event, 'r')) return (isSearching.value = true)
    if (isControl(event, 'c')) return interruptNewest()
    if (event.altKey || event.ctrlKey || event.metaKey) return false
    if (event.key === 'ArrowUp') return isOnFirstLine(area) && walkBy(-1)
    return event.key === 'ArrowDown' && isOnLastLine(area) && walkBy(1)
  }
  return {
    run,
    show,
    handleInput(text) {
      walk.value = undefined
      bar.text.value = text
    },
    handleKey(event) {
      if (event.isComposing || field.current === null) return
      if (take(event, field.current)) event.preventDefault()
    },
  }
}

function isControl(event: KeyboardEvent, letter: string): boolean {
  const { ctrlKey, altKey, metaKey, shiftKey, key } = event
  return ctrlKey && !altKey && !metaKey && !shiftKey && key.toLowerCase() === letter
}

function isOnFirstLine({ value, selectionStart }: HTMLTextAreaElement): boolean {
  return !value.slice(0, selectionStart).includes('\n')
}

function isOnLastLine({ value, selectionEnd }: HTMLTextAreaElement): boolean {
  return !value.slice(selectionEnd).includes('\n')
}
