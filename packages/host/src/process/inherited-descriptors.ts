// Owns the closing of descriptors that this process was given by whoever started it and never asked for:
// they would go on into every session (threat 21). Runs once, before anything else.

import { closeSync, readdirSync, readFileSync } from 'node:fs'

/** O_CLOEXEC as the kernel prints it in /proc/<pid>/fdinfo: octal. Everything Node opens has it. */
const CLOSE_ON_EXEC = 0o2000000

/**
 * Closes every descriptor above 2 that a child would inherit. (Node itself, at its start, marks what it was
 * handed below 16, its channel to a parent among it; this is about the rest.)
 * @param keep descriptors that were passed on purpose
 * @returns what was closed, for the log
 */
export function closeInheritedDescriptors(keep: readonly number[] = []): readonly number[] {
  const kept = new Set([0, 1, 2, ...keep])
  const inherited = readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => !kept.has(descriptor) && isInheritable(descriptor))
  for (const descriptor of inherited) closeSync(descriptor)
  return inherited
}

function isInheritable(descriptor: number): boolean {
  try {
    const facts = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1')
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(facts)?.[1] ?? '', 8)
    return Number.isInteger(flags) && (flags & CLOSE_ON_EXEC) === 0
  } catch {
    // The listing's own descriptor is gone by now.
    return false
  }
}
