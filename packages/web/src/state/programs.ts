// Owns what may be started here and done here, as the gateway says it: the page shows nothing else.

import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { MethodResult, Right, SessionId } from '@limpet/protocol'
import type { Connection } from './connection.ts'
import { COMMAND_PROGRAM, PYTHON_PROGRAM, SHELL_PROGRAM } from './session-facts.ts'

type Offer = MethodResult<'program.list'>
export type Program = Offer['programs'][number]

export interface Programs {
  /** Undefined until the gateway has said it. */
  readonly offer: ReadonlySignal<Offer | undefined>
  readonly list: ReadonlySignal<readonly Program[]>
  /** Programs that start by a click: they accept nothing. The shell and Python first. */
  readonly startable: ReadonlySignal<readonly Program[]>
  /** True when lines can be run from the bar. */
  readonly hasBar: ReadonlySignal<boolean>
  /** The one program of a gateway that was started for it, opened by itself for each visitor. */
  readonly sole: ReadonlySignal<Program | undefined>
  /** In words, for people: "runs as you, not confined". */
  readonly confinement: ReadonlySignal<string>
  /** The one session that this page may see: it was opened by a share's link. */
  readonly shared: ReadonlySignal<SessionId | undefined>
  may(right: Right): boolean
}

export function createPrograms(connection: Connection): Programs {
  const offer = signal<Offer | undefined>(undefined)
  effect(() => {
    const limpet = connection.limpet.value
    if (limpet === undefined) offer.value = undefined
    // Asked anew with each connection: another gateway may have come back.
    else if (connection.isConnected.value) {
      limpet.programs().then(
        (answer) => {
          offer.value = answer
        },
        () => {}, // lost on the way: the next connection asks again
      )
    }
  })
  const list = computed(() => offer.value?.programs ?? [])
  const may = (right: Right): boolean => offer.value?.rights.includes(right) ?? false
  return {
    offer,
    list,
    startable: computed(() => (may('open') ? list.value.filter(isStartable).toSorted(byFame) : [])),
    hasBar: computed(() => may('open') && list.value.some(runsLines)),
    sole: computed(() => {
      const [only, ...others] = list.value
      return only !== undefined && others.length === 0 && isStartable(only) ? only : undefined
    }),
    confinement: computed(() => asBadge(offer.value?.confinement ?? '')),
    shared: computed(() => offer.value?.session),
    may,
  }
}

/** What a button says: the two that everybody knows by their names, others as they are called. */
export function labelOf(program: Pick<Program, 'name'>): string {
  if (program.name === SHELL_PROGRAM) return 'Shell'
  if (program.name === PYTHON_PROGRAM) return 'Python'
  return program.name
}

/** "Runs as you, not confined." is a sentence; a badge is not. */
function asBadge(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
}

function isStartable(program: Program): boolean {
  return program.accepts === 'nothing'
}

function runsLines(program: Program): boolean {
  return program.name === COMMAND_PROGRAM && program.accepts === 'line'
}

function byFame(a: Program, b: Program): number {
  const fame = [SHELL_PROGRAM, PYTHON_PROGRAM]
  const rank = ({ name }: Program): number =>
    fame.includes(name) ? fame.indexOf(name) : fame.length
  return rank(a) - rank(b)
}
