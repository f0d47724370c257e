// Owns renaming in place: a field where the name was; Enter keeps, Escape leaves it as it was.

import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from './app-context.ts'
import { nameOf } from './format.ts'

export function RenameField(props: {
  readonly session: SessionInfo
  readonly done: () => void
}): VNode {
  const { launcher } = useApp()
  const { session, done } = props
  const field = useRef<HTMLInputElement>(null)
  const isOver = useRef(false)
  useLayoutEffect(() => field.current?.select(), [])
  const finish = (keep: boolean): void => {
    if (isOver.current) return
    isOver.current = true
    const name = field.current?.value ?? ''
    if (keep && name.trim() !== nameOf(session)) void launcher.rename(session, name)
    done()
  }
  return (
    <input
      ref={field}
      class="rename"
      aria-label={`New name of ${nameOf(session)}`}
      maxLength={120}
      defaultValue={nameOf(session)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(true)
        if (event.key === 'Escape') finish(false)
        event.stopPropagation()
      }}
    />
  )
}
