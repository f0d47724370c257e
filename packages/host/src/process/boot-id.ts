// Owns the name of the machine's present start. Must not know what it is for.

import { readFileSync } from 'node:fs'

/** @returns what tells this start of the machine from others; empty where the kernel does not say */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return '' // no such kernel: nothing can be known again
  }
}
