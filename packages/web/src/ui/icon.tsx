// Owns how icons, the logo and the state marks are drawn. All are decoration beside words that say the same.

import type { VNode } from 'preact'
import { ICON_PATHS, type IconName } from './icon-paths.ts'

export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICON_PATHS[name]} />
    </svg>
  )
}

/** A limpet's shell, from the side. */
export function Logo(): VNode {
  return (
    <svg
      class="logo"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path
        d="M3 19c0-6.500 3.600-12.500 9-14.500 5.400 2 9 8 9 14.500z"
        fill="currentColor"
        fill-opacity="0.18"
      />
      <path d="M12 4.500V19M12 4.500C9.400 8.600 7.900 13.500 7.500 19M12 4.500c2.600 4.100 4.100 9 4.500 14.500" />
    </svg>
  )
}

/** ● terminal, ◆ kernel, ▸ command: filled while it runs, hollow when it has ended, broken when it was lost; a command ends as ✓ or ✗. */
export type MarkShape = 'tty' | 'kernel' | 'command'
export type MarkState = 'running' | 'ended' | 'done' | 'failed' | 'lost'

const SHAPES: Readonly<Record<MarkShape, string>> = {
  tty: 'M6 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8z',
  kernel: 'M6 1.200 10.800 6 6 10.800 1.200 6z',
  command: 'M3.500 2 9 6 3.500 10z',
}
const ENDS: Partial<Record<MarkState, string>> = {
  done: 'M1.800 6.500 4.800 9.500 10.500 2.800',
  failed: 'M2.200 2.200l7.600 7.600M9.800 2.200 2.200 9.800',
}

export function Mark({
  shape,
  state,
}: {
  readonly shape: MarkShape
  readonly state: MarkState
}): VNode {
  const path = (shape === 'command' ? ENDS[state] : undefined) ?? SHAPES[shape]
  return (
    <svg class={`mark ${state}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
