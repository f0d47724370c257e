// Owns what is kept of a session beside its log, in `session.json`: enough to list and read it when its host
// is gone. No value of an environment is in it [SECURITY.md].

import { sessionInfoShape, type SessionInfo } from '@limpet/protocol'
import type { LogLayout } from '../log/index.ts'
import type { ProcessRecord } from '../process/index.ts'
import { decodeKeptPlan, type KeptPlan } from './kept-plan.ts'

/** One that this build cannot read is left alone. */
const VERSION = 1

export const RECORD_FILE: string = 'session.json'

export interface SessionRecord {
  /** As lists show it. */
  readonly session: SessionInfo
  readonly plan: KeptPlan
  /** Newest output that each principal has seen, oldest first. */
  readonly seen: readonly (readonly [principal: string, outputAt: number])[]
  /** By which its process is known again, while it runs. */
  readonly process?: ProcessRecord | undefined
  /** What is on disk of its log, once that is final. */
  readonly log?: LogLayout | undefined
}

export function encodeSessionRecord(record: SessionRecord): string {
  return `${JSON.stringify({ version: VERSION, ...record })}\n`
}

/** @throws Error when it is not JSON, LimpetError when it is not a record of this version */
export function decodeSessionRecord(text: string): SessionRecord {
  const fields: unknown = JSON.parse(text)
  if (!isObject(fields) || fields['version'] !== VERSION) {
    throw new Error(`${RECORD_FILE} is not of version ${VERSION}`)
  }
  const { process, log } = fields
  return {
    session: sessionInfoShape.decode(fields['session'], 'session'),
    plan: decodeKeptPlan(fields['plan']),
    seen: Array.isArray(fields['seen']) ? fields['seen'].filter(isSeen) : [],
    process: isProcess(process) ? process : undefined,
    log: isLayout(log) ? log : undefined,
  }
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isSeen(value: unknown): value is readonly [string, number] {
  return Array.isArray(value) && typeof value[0] === 'string' && Number.isSafeInteger(value[1])
}

function isProcess(value: unknown): value is ProcessRecord {
  if (!isObject(value)) return false
  const numbers = [value['pid'], value['startTicks']]
  return numbers.every(Number.isSafeInteger) && typeof value['boot'] === 'string'
}

/** One in another order would lead readers back to where they were. */
function isLayout(value: unknown): value is LogLayout {
  if (!isObject(value) || !isOffset(value['end']) || !Array.isArray(value['segments'])) return false
  let before = -1
  for (const one of value['segments']) {
    if (!Array.isArray(one) || one.length !== 2 || !one.every(isOffset)) return false
    const from = one[0] ?? 0
    if (from <= before || from >= value['end']) return false
    before = from
  }
  return true
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
