// Owns telling a terminal's own answers from what a person types: both leave xterm through `onData`. xterm answers
// while it parses the question, so a hook on every question marks the rest of that task as "answering"; keys and
// mouse come in tasks of their own. Knows xterm's parser, not sessions.

import type { IDisposable, Terminal } from '@xterm/xterm'

/** Control sequences that make xterm 6, or its image addon, say something. */
const CSI_QUESTIONS: readonly {
  readonly prefix?: string
  readonly intermediates?: string
  readonly final: string
}[] = [
  { final: 'c' }, // DA1
  { prefix: '>', final: 'c' }, // DA2
  { prefix: '=', final: 'c' }, // DA3
  { final: 'n' }, // DSR, CPR
  { prefix: '?', final: 'n' }, // the private ones
  { intermediates: '$', final: 'p' }, // DECRQM
  { prefix: '?', intermediates: '$', final: 'p' }, // DECRQM, private
  { final: 't' }, // window reports
  { prefix: '>', final: 'q' }, // XTVERSION
  { prefix: '?', final: 'S' }, // XTSMGRAPHICS (image addon)
  { prefix: '?', final: 'u' }, // keyboard protocol
  { prefix: '?', final: 'h' }, // turning on focus reports (1004) says the present focus at once
]

/** Colours; the clipboard (52) is never answered, see clipboard-sequence.ts. */
const OSC_QUESTIONS = [4, 10, 11, 12] as const

export interface QueryHooks extends IDisposable {
  /** True while what comes out of `onData` is xterm's own answer. */
  isAnswering(): boolean
  /** Puts the hooks before those of an addon that was loaded since: xterm asks the newest first. */
  renew(): void
}

export function hookQueries(terminal: Terminal): QueryHooks {
  let isAnswering = false
  let hooks: IDisposable[] = []
  /** @returns false: xterm's own handler is to answer */
  const note = (): false => {
    if (!isAnswering) {
      isAnswering = true
      // Runs when this task's parsing is over and before any other event is handled.
      queueMicrotask(() => {
        isAnswering = false
      })
    }
    return false
  }
  const dispose = (): void => {
    for (const hook of hooks) hook.dispose()
    hooks = []
  }
  const renew = (): void => {
    dispose()
    const { parser } = terminal
    hooks = [
      ...CSI_QUESTIONS.map((id) => parser.registerCsiHandler(id, note)),
      ...OSC_QUESTIONS.map((id) => parser.registerOscHandler(id, note)),
      parser.registerDcsHandler({ intermediates: '$', final: 'q' }, note),
      parser.registerDcsHandler({ intermediates: '+', final: 'q' }, note),
    ]
  }
  renew()
  return { isAnswering: () => isAnswering, renew, dispose }
}
