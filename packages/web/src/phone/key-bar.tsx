// Owns the keys that a phone's keyboard lacks, above it: Escape, Tab, arrows, Ctrl and Alt that stick until the next
// key, and a box to paste from. A press never takes the focus from the terminal.

import { useSignal, type Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { bytesOfKey, withModifiers, type BarKey, type Modifiers } from '../terminal/key-bytes.ts'
import { isOver, type SessionTerminal } from '../terminal/session-terminal.ts'
import { PasteBox } from './paste-box.tsx'

interface KeyFace {
  readonly key: BarKey
  readonly face: string
}

const FIRST_KEYS: readonly KeyFace[] = [
  { key: 'Escape', face: 'Esc' },
  { key: 'Tab', face: 'Tab' },
]
const ARROWS: readonly KeyFace[] = [
  { key: 'Left', face: '←' },
  { key: 'Up', face: '↑' },
  { key: 'Down', face: '↓' },
  { key: 'Right', face: '→' },
]
const LETTERS = ['|', '~', '/', '-'] as const

export interface KeyBarProps {
  readonly terminal: SessionTerminal
  readonly paste: (text: string) => Promise<void>
}

export function KeyBar(props: KeyBarProps): VNode | null {
  // Who only watches has no keys, and what is over reads none.
  const { mayType, phase } = props.terminal
  return mayType && !isOver(phase.value.state) ? <Keys {...props} /> : null
}

function Keys({ terminal, paste }: KeyBarProps): VNode {
  const control = useSignal(false)
  const alt = useSignal(false)
  const isPasting = useSignal(false)
  const take = useSticking(terminal, control, alt)
  const press = (key: BarKey): void => {
    const isApplicationMode = terminal.xterm.modes.applicationCursorKeysMode
    terminal.type(bytesOfKey(key, take(), isApplicationMode))
  }
  const key = ({ key, face }: KeyFace): VNode => (
    <Key key={key} face={face} name={key} press={() => press(key)} />
  )
  return (
    <>
      <div class="key-bar" role="toolbar" aria-label="Keys">
        {FIRST_KEYS.map(key)}
        <Sticky face="Ctrl" name="Control" isHeld={control} />
        <Sticky face="Alt" name="Alt" isHeld={alt} />
        {ARROWS.map(key)}
        {LETTERS.map((letter) => (
          <Key
            key={letter}
            face={letter}
            name={letter}
            press={() => terminal.type(withModifiers(letter, take()))}
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

/** @returns a function that gives the modifiers that stick, and lets them go */
function useSticking(
  terminal: SessionTerminal,
  control: Signal<boolean>,
  alt: Signal<boolean>,
): () => Modifiers {
  const take = (): Modifiers => {
    const held = { control: control.peek(), alt: alt.peek() }
    control.value = false
    alt.value = false
    return held
  }
  useEffect(() => {
    // Looked up at the key itself, which may come before the page has drawn that one sticks.
    terminal.filterInput = (text) => {
      const isSticking = control.peek() || alt.peek()
      return isSticking ? withModifiers(text, take()) : text
    }
    return () => {
      terminal.filterInput = (text) => text
    }
  }, [terminal])
  return take
}

function Sticky(props: {
  readonly face: string
  readonly name: string
  readonly isHeld: Signal<boolean>
}): VNode {
  const { face, name, isHeld } = props
  return (
    <Key
      face={face}
      name={`${name}, for the next key`}
      isHeld={isHeld.value}
      press={() => {
        isHeld.value = !isHeld.value
      }}
    />
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
