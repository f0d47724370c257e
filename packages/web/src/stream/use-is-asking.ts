// Owns the guess that a running program waits for somebody: it has printed part of a line and then nothing for a
// while, as prompts do. Only a guess, so it only changes a word.

import { useSignal, useSignalEffect } from '@preact/signals'
import type { Block } from '../state/blocks.ts'

const QUIET_MS = 900

export function useIsAsking(block: Block): boolean {
  const isAsking = useSignal(false)
  useSignalEffect(() => {
    isAsking.value = false
    const { value: terminal } = block.terminal
    if (terminal === undefined) return undefined
    void terminal.revision.value
    const timer = setTimeout(() => {
      const { phase, isFullScreen, xterm } = terminal
      const isRunning = phase.peek().state === 'live' && !isFullScreen.peek()
      isAsking.value = isRunning && xterm.buffer.active.cursorX > 0
    }, QUIET_MS)
    return () => clearTimeout(timer)
  })
  return isAsking.value
}
