// Owns the keys that a phone's keyboard lacks, above it: Escape, Tab, arrows, Ctrl and Alt that stick until the next
// key, and a box to paste from. A press never takes the focus from the terminal.

import { useSignal, useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { bytesOfKey, withModifiers, type BarKey } from '../terminal/key-bytes.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { PasteBox } from './paste-box.tsx'

const KEYS: readonly { readonly key: BarKey; readonly face: string; readonly name: string }[] = [
  { key: 'Escape', face: 'Esc', name: 'Escape' },
  { key: 'Tab', face: 'Tab', name: 'Tab' },
]
const ARROWS: typeof KEYS = [
  { key: 'Left', face: '←', name: 'Left' },
  { key: 'Up', face: '↑', name: 'Up' },
  { key: 'Down', face: '↓', name: 'Down' },
  { key: 'Right', face: '→', name: 'Right' },
]
const LETTERS = ['|', '~', '/', '-'] as const

export interface KeyBarProps {
  readonly terminal: SessionTerminal
  readonly paste: (text: string) => Promise<void>
}

export function KeyBar({ terminal, paste }: KeyBarProps): VNode {
  const control = useSignal(false)
  const alt = useSignal(false)
  const isPasting = useSignal(false)
  const modifiers = (): { control: boolean; alt: boolean } => {
    const held = { control: control.value, alt: alt.value }
    control.value = false
    alt.value = false
    return held
  }
  useSignalEffect(() => {
    const isSticking = control.value || alt.value
    terminal.filterInput = isSticking ? (text) => withModifiers(text, modifiers()) : (text) => text
    return () => {
      terminal.filterInput = (text) => text
    }
  })
  const press = ({ key }: { readonly key: BarKey }): void => {
    terminal.type(bytesOfKey(key, modifiers(), terminal.xterm.modes.applicationCursorKeysMode))
  }
  const key = (entry: (typeof KEYS)[number]): VNode => (
    <Key key={entry.key} face={entry.face} name={entry.name} press={() => press(entry)} />
  )
  return (
    <>
      <div class="key-bar" role="toolbar" aria-label="Keys">
        {KEYS.map(key)}
        <Key
          face="Ctrl"
          name="Control, for the next key"
          isHeld={control.value}
          press={() => {
            control.value = !control.value
          }}
        />
        <Key
          face="Alt"
          name="Alt, for the next key"
          isHeld={alt.value}
          press={() => {
            alt.value = !alt.value
          }}
        />
        {ARROWS.map(key)}
        {LETTERS.map((letter) => (
          <Key
            key={letter}
            face={letter}
            name={letter}
            press={() => terminal.type(withModifiers(letter, modifiers()))}
          />
        ))}
        <Key
          face="Paste"
          name="Paste"
          press={() => {
            isPasting.value = true
          }}
        />
      </div>
      {isPasting.value && (
        <PasteBox
          paste={paste}
          close={() => {
            isPasting.value = false
          }}
        />
      )}
    </>
  )
}

function Key(props: {
  readonly face: string
  readonly name: string
  readonly isHeld?: boolean
  readonly press: () => void
}): VNode {
  return (
    <button
      type="button"
      aria-label={props.name}
      aria-pressed={props.isHeld}
      // The focus stays where the keyboard types.
      onPointerDown={(event) => event.preventDefault()}
      onClick={props.press}
    >
      {props.face}
    </button>
  )
}
