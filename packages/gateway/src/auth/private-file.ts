// Owns files that only we may read: made with mode 0600 from the first byte, replaced in one step, and
// refused when somebody else could have written them. The process's umask is never touched.

import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import type { BigIntStats } from 'node:fs'
import { LimpetError } from '@limpet/protocol'

const OWN_MODE = 0o600
const OTHERS = 0o077

/** The text of a private file and what tells it from a later version. */
export interface PrivateText {
  readonly text: string
  readonly version: string
}

/** @returns undefined when there is none @throws LimpetError DIRECTORY_UNSAFE when it is not ours alone */
export async function readPrivateFile(path: string): Promise<PrivateText | undefined> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const facts = await file.stat({ bigint: true })
    const { uid, mode } = facts
    if (Number(uid) !== process.getuid?.() || (Number(mode) & OTHERS) !== 0) {
      throw new LimpetError(
        'DIRECTORY_UNSAFE',
        `The file ${path} is open to others, who may have read or written it. Remove it; a new one is made.`,
        { details: { path, uid: Number(uid), mode: (Number(mode) & 0o777).toString(8) } },
      )
    }
    return { text: await readFile(file, 'utf8'), version: versionOf(facts) }
  } finally {
    await file.close()
  }
}

/** Cheap: changes with every `replacePrivateFile`. @returns undefined when there is no file */
export async function privateFileVersion(path: string): Promise<string | undefined> {
  try {
    return versionOf(await stat(path, { bigint: true }))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Writes the whole file or nothing. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const draft = await draftOf(path, text)
  await rename(draft, path)
}

/**
 * Makes the file unless it is there; of several processes that try at once, one wins.
 * @returns what the file holds then
 */
export async function createPrivateFile(path: string, text: string): Promise<string> {
  const found = await readPrivateFile(path)
  if (found) return found.text
  const draft = await draftOf(path, text)
  try {
    await link(draft, path) // fails when the name exists; rename would replace the winner's
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  const made = await readPrivateFile(path)
  if (made) return made.text
  throw new LimpetError('INTERNAL', `The file ${path} vanished while it was made.`)
}

async function draftOf(path: string, text: string): Promise<string> {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', OWN_MODE)
  try {
    await file.writeFile(text)
    await file.sync() // a login or token that was given out must survive a power cut
  } finally {
    await file.close()
  }
  return draft
}

function versionOf({ ino, ctimeNs, size }: BigIntStats): string {
  return `${ino}:${ctimeNs}:${size}`
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
