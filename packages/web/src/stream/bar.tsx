// Owns the bar: one line (or several) that runs as a command. Keys: Enter runs, Shift-Enter breaks the line, ↑ ↓ walk
// through what was run before, Ctrl-R searches it, Ctrl-C in an empty bar interrupts what runs.

import { useSignal, type Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../ui/app-context.ts'
import { Icon, Mark } from '../ui/icon.tsx'
import { hasKeyboard } from '../ui/platform.ts'
import { FolderButton } from './folder-button.tsx'
import { FoundLines } from './found-lines.tsx'
import { useBarKeys } from './use-bar-keys.ts'

export function Bar(): VNode {
  const { bar, launcher } = useApp()
  const field = useRef<HTMLTextAreaElement>(null)
  const isSearching = useSignal(false)
  const { run, handleKey, handleInput, show } = useBarKeys(field, isSearching)
  useEffect(() => {
    // A phone would call up its keyboard.
    if (hasKeyboard()) field.current?.focus()
  }, [])
  return (
    <>
      {launcher.trouble.value !== undefined && (
        <p class="bar-trouble" role="alert">
          {launcher.trouble.value}
        </p>
      )}
      <Search isOpen={isSearching} show={show} field={field} />
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
          onInput={(event) => handleInput(event.currentTarget.value)}
          onKeyDown={handleKey}
        />
        <FolderButton />
        <button
          type="submit"
          class="control square"
          aria-label="Run"
          disabled={bar.text.value.trim() === ''}
        >
          <Icon name="enter" />
        </button>
      </form>
    </>
  )
}

function Search(props: {
  readonly isOpen: Signal<boolean>
  readonly show: (line: string) => void
  readonly field: { readonly current: HTMLElement | null }
}): VNode | null {
  const { isOpen, show, field } = props
  if (!isOpen.value) return null
  return (
    <FoundLines
      choose={(line) => {
        // Closing takes the focus from the search, which would choose nothing once more.
        if (!isOpen.peek()) return
        isOpen.value = false
        if (line !== undefined) show(line)
        field.current?.focus()
      }}
    />
  )
}
