// Owns the dot that marks output this browser has not shown yet.

import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useApp } from './app-context.ts'

export function UnseenDot({ session }: { readonly session: SessionInfo }): VNode | null {
  const { seen } = useApp()
  if (!seen.hasUnseen(session)) return null
  return (
    <span class="unseen">
      <span class="visually-hidden">, new output</span>
    </span>
  )
}
