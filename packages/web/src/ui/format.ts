// Owns how figures, times and places are put into words. Pure.

import type { ExitStatus, SessionInfo } from '@limpet/protocol'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Parts a thousand is grouped by: narrow, and never broken. */
const NARROW_SPACE = '\u202f'

/** "12 ms", "3.1 s", "0:42", "1:02:03", "3 d 4 h". @param ms any length from 0 */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10 * SECOND_MS) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  return formatElapsed(ms)
}

/** Whole seconds, for what still runs: "0:07", "1:02:03", "3 d 4 h". */
export function formatElapsed(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / SECOND_MS)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  if (hours > 0) return `${hours}:${twoDigits(minutes)}:${twoDigits(seconds % 60)}`
  return `${minutes}:${twoDigits(seconds % 60)}`
}

/** "14:02" today, "Mon 14:02" within six days, else "3 May 14:02". Both in milliseconds since 1970. */
export function formatTime(at: number, now: number): string {
  const date = new Date(at)
  const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
  if (date.toDateString() === new Date(now).toDateString()) return time
  const isRecent = now - at < 6 * DAY_MS
  const day = isRecent
    ? date.toLocaleDateString('en', { weekday: 'short' })
    : date.toLocaleDateString('en', { day: 'numeric', month: 'short' })
  return `${day} ${time}`
}

/** "14:02:07". @param at milliseconds since 1970 */
export function formatClock(at: number): string {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')
}

/** "Ada", "Ada and Grace", "Ada, Grace and Lin". */
export function formatNames(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** 12431 → "12 431". */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, NARROW_SPACE)
}

/** "512 bytes", "3.4 MB"; decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** "1 line", "40 lines". */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A home folder is `~`; a long path loses its middle. */
export function formatPath(path: string): string {
  const short = path.replace(/^(?:\/root|\/home\/[^/]+|\/Users\/[^/]+)(?=\/|$)/, '~')
  const parts = short.split('/')
  return parts.length > 4 ? [parts[0], '…', ...parts.slice(-2)].join('/') : short
}

/** How a process ended, in a word: "done", "exit 2", "interrupted", "SIGKILL". */
export function formatExit(exit: ExitStatus): string {
  if (exit.signal === 'SIGINT') return 'interrupted'
  if (exit.signal !== null) return exit.signal
  return exit.code === 0 ? 'done' : `exit ${exit.code}`
}

/** What people call a session: the name they gave it, else its title in one line. */
export function nameOf(session: Pick<SessionInfo, 'name' | 'title' | 'program'>): string {
  return session.name || session.title.trim().replace(/\s+/g, ' ') || session.program
}

/**
 * A title that a program chose: one line of printable characters, at most 256. It is shown as text only.
 * @returns empty when nothing printable is in it
 */
export function cleanTitle(title: string): string {
  const printable = title.replace(
    // Control characters, and those that turn the direction of text around.
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '',
  )
  return [...printable.trim()].slice(0, MAX_TITLE_LENGTH).join('')
}

/** Programs may send titles of megabytes. */
const MAX_TITLE_LENGTH = 256

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
