// Owns the mark of a session: its kind as a shape, its state as a filling, the same everywhere.

import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { kindOf, outcomeOf } from '../state/session-facts.ts'
import { Mark } from './icon.tsx'

export function SessionMark({ session }: { readonly session: SessionInfo }): VNode {
  return (
    <>
      <Mark shape={kindOf(session)} state={outcomeOf(session)} />
      <span class="visually-hidden">{WORDS[outcomeOf(session)]}: </span>
    </>
  )
}

const WORDS = {
  running: 'running',
  ended: 'ended',
  done: 'done',
  failed: 'failed',
  lost: 'lost',
} as const
