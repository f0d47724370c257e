// Owns how many connections this process has descriptors for. Without any left, accepting fails again and again, and
// everything else that opens a file or the link to the host fails with it: so the limit is kept away from. Linux only;
// elsewhere the configured limits alone count.

import { readFileSync } from 'node:fs'
import { DESCRIPTORS_PER_CONNECTION, RESERVED_DESCRIPTORS } from './limits.ts'

/** @returns how many connections may be open at once; at least 1 */
export function connectionsWithinDescriptors(wanted: number): number {
  const most = (mostDescriptors() - RESERVED_DESCRIPTORS) / DESCRIPTORS_PER_CONNECTION
  return Math.max(1, Math.min(wanted, Math.floor(most)))
}

/** The soft limit, which Node raises to the hard one when it starts. */
function mostDescriptors(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY // no /proc
  }
}
