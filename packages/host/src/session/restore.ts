// Owns the finding of former sessions when a host starts: ended ones as they are, running ones as lost, with
// what their logs hold [LOG-7]. Must not know what becomes of them.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  byteOffset,
  factOf,
  RECORD_KIND,
  type ExitStatus,
  type SessionInfo,
} from '@limpet/protocol'
import type { Logger } from '../base/logger.ts'
import { findLog, isMissing, type LastRecord, type LogDisk } from '../log/index.ts'
import { PARALLEL_RESTORES } from './limits.ts'
import { decodeSessionRecord, RECORD_FILE, type SessionRecord } from './session-record.ts'

export interface RestoredSession extends SessionRecord {
  readonly log: NonNullable<SessionRecord['log']>
  /** Its host went before it: what is on disk says otherwise. */
  readonly isChanged: boolean
}

/** @returns former sessions in the order of their start. What cannot be read is logged and left alone. */
export async function restoreSessions(
  disk: LogDisk,
  logger: Logger,
): Promise<readonly RestoredSession[]> {
  const records = readRecords(disk.directory, logger)
  const restored: RestoredSession[] = []
  const readNext = async (): Promise<void> => {
    for (let record = records.pop(); record; record = records.pop()) {
      const { id } = record.session
      try {
        restored.push(await restore(record, disk, logger))
      } catch (error) {
        logger.fault('session.unreadable', error, { session: id })
      }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_RESTORES }, readNext))
  return restored.toSorted((left, right) => left.session.startedAt - right.session.startedAt)
}

/** Small files, read in one go: hundreds take some hundredths of a second. */
function readRecords(directory: string, logger: Logger): SessionRecord[] {
  return namesIn(directory, logger).flatMap((name) => {
    try {
      const record = decodeSessionRecord(readFileSync(join(directory, name, RECORD_FILE), 'utf8'))
      if (record.session.id !== name) throw new Error(`it is of session ${record.session.id}`)
      return [record]
    } catch (error) {
      logger.fault('session.unreadable', error, { session: name })
      return []
    }
  })
}

function namesIn(directory: string, logger: Logger): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (!isMissing(error)) logger.fault('sessions.unreadable', error)
    return []
  }
}

async function restore(
  record: SessionRecord,
  disk: LogDisk,
  logger: Logger,
): Promise<RestoredSession> {
  const { session, log } = record
  if (session.state !== 'running' && log) return { ...record, log, isChanged: false }
  const found = await findLog(disk.files, join(disk.directory, session.id))
  if (found.cutBytes > 0) {
    logger.log('session.tail-cut', { session: session.id, bytes: found.cutBytes })
  }
  const { end } = found.layout
  return {
    ...record,
    session: { ...endOf(session, found.last), end: byteOffset(end) },
    log: found.layout,
    isChanged: true,
  }
}

/** What was running ended with its host; unless its log says that it had ended by itself. */
function endOf(session: SessionInfo, last: LastRecord | undefined): SessionInfo {
  if (session.state !== 'running') return session
  const { pid: _pid, control: _control, ...facts } = session
  const endedAt = last
    ? Math.floor(last.timeUs / 1000)
    : (session.lastOutputAt ?? session.startedAt)
  const exit = exitIn(last)
  return exit ? { ...facts, state: 'ended', endedAt, exit } : { ...facts, state: 'lost', endedAt }
}

function exitIn(last: LastRecord | undefined): ExitStatus | undefined {
  if (last?.kind !== RECORD_KIND.exit) return undefined
  try {
    const fact = factOf({ ...last, isContinued: false, offset: byteOffset(0) })
    return fact.type === 'exit' ? fact.exit : undefined
  } catch {
    return undefined // written by a newer host; the session is lost to this one
  }
}
