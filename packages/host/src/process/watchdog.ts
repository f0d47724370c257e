// Owns what ends the host's processes when the host itself can no longer: a shell that waits at the other end of a
// pipe. A host that is killed closes the pipe, and everything with the host's mark is killed within milliseconds.
// A host that leaves says so first. Must not know sessions.

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { HOST_VARIABLE } from './environment.ts'

const FAREWELL = 'leave'

/** Looks that find something before it gives up: what the kernel does not let go cannot be ended. */
const MAX_LOOKS = 200

/**
 * $1 is the line to look for in environments. Signals that end the group of a host are not for us: the end of the
 * pipe says more. A look finds those who were made since the one before, and none that has ended.
 */
const SCRIPT = `
trap '' HUP INT TERM
read -r word
[ "$word" = ${FAREWELL} ] && exit 0
looks=0
while [ $looks -lt ${MAX_LOOKS} ]; do
  looks=$((looks + 1))
  found=$(grep -lszxF "$1" /proc/[0-9]*/environ)
  [ -z "$found" ] && exit 0
  for path in $found; do
    path=\${path#/proc/}
    kill -KILL "\${path%/environ}" 2>/dev/null
  done
done`

export interface WatchdogOptions {
  /** Value of LIMPET_HOST in the environment of what ends with this host. */
  readonly mark: string
  /** It ended, though nobody told it to: what is left of a killed host is then found by the next one. */
  readonly handleLost: () => void
}

export class Watchdog {
  readonly #child: ChildProcess
  #isLeaving = false

  private constructor(child: ChildProcess, handleLost: () => void) {
    this.#child = child
    child.on('error', () => {}) // 'close' follows
    child.stdin?.on('error', () => {}) // it ended: 'close' follows
    child.once('close', () => {
      if (!this.#isLeaving) handleLost()
    })
    // It must not keep us from leaving.
    child.unref()
    // A pipe to a child is a socket; its type says less.
    if (child.stdin instanceof Socket) child.stdin.unref()
  }

  /**
   * To be called before a terminal is open, whose descriptor it would hold.
   * @returns undefined where there is no /proc to find processes in
   */
  static start({ mark, handleLost }: WatchdogOptions): Watchdog | undefined {
    if (!existsSync('/proc/self/environ')) return undefined
    const args = ['-c', SCRIPT, 'limpet-watchdog', `${HOST_VARIABLE}=${mark}`]
    const child = spawn('/bin/sh', args, {
      // A process session of its own: what ends ours must not end it.
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: '/usr/bin:/bin' },
    })
    return new Watchdog(child, handleLost)
  }

  /** It ends, and nobody with it. Idempotent. */
  leave(): void {
    if (this.#isLeaving) return
    this.#isLeaving = true
    this.#child.stdin?.end(`${FAREWELL}\n`)
  }
}
