// Owns what the stream shows before anything was run: three commands to try, and a line on Python and shells.

import type { VNode } from 'preact'
import { PYTHON_PROGRAM, SHELL_PROGRAM } from '../state/session-facts.ts'
import { useApp } from '../ui/app-context.ts'
import { focusBar } from '../ui/focus.ts'
import { Mark } from '../ui/icon.tsx'

const TRIES = [
  { line: 'ls -l /', words: 'output as you know it' },
  { line: 'for i in 1 2 3; do date; sleep 1; done', words: 'lines as they come' },
  { line: 'vim notes.txt', words: 'a whole screen, in place' },
] as const

export function EmptyStream(): VNode {
  const { bar, programs, launcher } = useApp()
  const start = (program: string, words: string): VNode => (
    <button type="button" class="as-link" onClick={() => void launcher.start(program)}>
      {words}
    </button>
  )
  const names = programs.startable.value.map(({ name }) => name)
  return (
    <div class="stream-empty">
      <h1>Run something on this machine</h1>
      {programs.hasBar.value && (
        <ul class="tries">
          {TRIES.map(({ line, words }) => (
            <li key={line}>
              <button
                type="button"
                class="try"
                onClick={() => {
                  bar.text.value = line
                  focusBar()
                }}
              >
                <Mark shape="command" state="running" />
                <code>{line}</code>
                <span>{words}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p>
        What you start goes on when you close this page, and is here when you come back.
        {names.includes(SHELL_PROGRAM) && (
          <> For more than one line, open {start(SHELL_PROGRAM, 'a shell')}</>
        )}
        {names.includes(PYTHON_PROGRAM) && <> or {start(PYTHON_PROGRAM, 'Python')}</>}
        {names.includes(SHELL_PROGRAM) && '.'}
      </p>
    </div>
  )
}
