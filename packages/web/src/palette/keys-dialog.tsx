// Owns the list of all keys, shown on `?`: the table of actions, and what bar and terminal do by themselves.

import type { VNode } from 'preact'
import { useApp } from '../ui/app-context.ts'
import { Modal } from '../ui/dialog.tsx'
import { formatBinding } from '../ui/key-binding.ts'
import { isMac } from '../ui/platform.ts'

type Row = readonly [words: string, keys: string]

const BAR: readonly Row[] = [
  ['Run', 'Enter'],
  ['New line', 'Shift-Enter'],
  ['Lines run before, that begin alike', '↑ ↓'],
  ['Search them', 'Ctrl-R'],
  ['Interrupt the newest, from an empty bar', 'Ctrl-C'],
]

const TERMINAL: readonly Row[] = [
  ['Every key', 'goes to the program'],
  ['Palette; Escape leaves to the page', 'Ctrl-Shift-K'],
  ['Stream, or a tab', 'Ctrl-Shift-1 … 9'],
  ['Search', 'Ctrl-Shift-F'],
  ['Copy', 'Ctrl-Shift-C'],
  ['Paste', 'Ctrl-Shift-V'],
  ['Select, where the program has the mouse', 'Shift-drag'],
]

export function KeysLayer(): VNode | null {
  const { floating } = useApp()
  return floating.areKeysOpen.value ? <KeysDialog /> : null
}

function KeysDialog(): VNode {
  const { actions, floating } = useApp()
  const close = (): void => {
    floating.areKeysOpen.value = false
  }
  const page = actions
    .filter(({ id, keys }) => keys.length > 0 && !/^go-[2-9]$/.test(id))
    .map(({ id, label, keys }): Row => {
      const [binding] = keys
      if (id === 'go-1') return ['Stream, or a tab', isMac() ? '⌥1 … 9' : 'Alt-1 … 9']
      return [label, binding === undefined ? '' : formatBinding(binding, isMac())]
    })
  return (
    <Modal label="Keys" class="keys-dialog" dismiss={close}>
      <h2>Keys</h2>
      <div class="columns">
        <Rows title="Page" rows={page} />
        <div>
          <Rows title="Bar" rows={BAR} />
          <Rows title="Terminal" rows={TERMINAL} />
        </div>
      </div>
      <div class="dialog-actions">
        <button type="button" class="control outlined" data-autofocus="true" onClick={close}>
          Close
        </button>
      </div>
    </Modal>
  )
}

function Rows({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }): VNode {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([words, keys]) => (
          <div key={words}>
            <dt>{words}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
