// Owns what floats above the page: one menu, one dialog, the palette, the list of keys, and notices. Anybody may ask
// for them; ui/ draws them.

import { signal, type ReadonlySignal, type Signal } from '@preact/signals'

/** One line of a menu; `undefined` in a list of them is a hairline. */
export interface MenuItem {
  readonly label: string
  readonly run: () => void
  /** Shown beside it: "Alt-W". */
  readonly keys?: string
  readonly isDangerous?: boolean
  readonly isDisabled?: boolean
  /** A menu that opens in its place; `run` comes first. */
  readonly opens?: Omit<MenuRequest, 'x' | 'y' | 'above'>
  /** Present for choices: whether this one holds. */
  readonly isChosen?: boolean
}

export interface MenuRequest {
  readonly title?: string
  readonly items: readonly (MenuItem | undefined)[]
  /** CSS pixels in the window: the menu's upper left corner, if there is room. */
  readonly x: number
  readonly y: number
  /** Where its lower edge goes when there is no room below. @default y */
  readonly above?: number
}

export interface DialogChoice {
  readonly label: string
  readonly value: string
  readonly tone?: 'primary' | 'dangerous'
}

export interface DialogRequest {
  readonly title: string
  readonly body: string
  /** Shown as a machine wrote it, with its own scroll bar. */
  readonly detail?: string
  /** The last one has the focus; Escape answers undefined. */
  readonly choices: readonly DialogChoice[]
}

/** A question whose answer is a line of text. */
export interface TextRequest {
  readonly title: string
  readonly body: string
  /** What is in the field at first. */
  readonly value: string
  /** The word on the button. */
  readonly agree: string
}

export interface OpenTextDialog extends TextRequest {
  readonly answer: (value: string | undefined) => void
}

export interface Notice {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'failed'
}

export interface OpenDialog extends DialogRequest {
  readonly answer: (value: string | undefined) => void
}

export interface Floating {
  readonly menu: Signal<MenuRequest | undefined>
  readonly isPaletteOpen: Signal<boolean>
  readonly areKeysOpen: Signal<boolean>
  readonly dialog: ReadonlySignal<OpenDialog | undefined>
  readonly textDialog: ReadonlySignal<OpenTextDialog | undefined>
  readonly notices: ReadonlySignal<readonly Notice[]>
  /** @returns what was written, or undefined when it was dismissed */
  askText(request: TextRequest): Promise<string | undefined>
  /** @returns the value of the choice, or undefined when it was dismissed */
  ask(request: DialogRequest): Promise<string | undefined>
  /** Says something for a few seconds; failures stay until they are dismissed. */
  say(text: string, tone?: Notice['tone']): void
  dismiss(id: number): void
}

const NOTICE_MS = 5000

/** More at once would be a flood: the oldest go. */
const MAX_NOTICES = 3

export function createFloating(): Floating {
  const dialog = signal<OpenDialog | undefined>(undefined)
  const textDialog = signal<OpenTextDialog | undefined>(undefined)
  const notices = signal<readonly Notice[]>([])
  let lastId = 0
  const dismiss = (id: number): void => {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }
  return {
    menu: signal(undefined),
    isPaletteOpen: signal(false),
    areKeysOpen: signal(false),
    dialog,
    textDialog,
    notices,
    askText: (request) =>
      new Promise((resolve) => {
        const answer = (value: string | undefined): void => {
          textDialog.value = undefined
          resolve(value)
        }
        textDialog.peek()?.answer(undefined)
        textDialog.value = { ...request, answer }
      }),
    ask(request) {
      // A second question takes the place of the first, which counts as dismissed.
      dialog.peek()?.answer(undefined)
      return new Promise((resolve) => {
        const answer = (value: string | undefined): void => {
          dialog.value = undefined
          resolve(value)
        }
        dialog.value = { ...request, answer }
      })
    },
    say(text, tone = 'plain') {
      lastId += 1
      const id = lastId
      notices.value = [...notices.value, { id, text, tone }].slice(-MAX_NOTICES)
      if (tone === 'plain') setTimeout(() => dismiss(id), NOTICE_MS)
    },
    dismiss,
  }
}
