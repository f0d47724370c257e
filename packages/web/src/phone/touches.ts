// Owns what fingers do on a terminal: one scrolls (as a wheel does, so programs that read the mouse get it), two
// change the size of type.

import type { Signal } from '@preact/signals'
import { clampFontSize } from '../state/settings.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'

/** A finger that moved less than this taps. CSS pixels. */
const TAP_SLACK = 6

interface Pinch {
  readonly distance: number
  readonly fontSize: number
}

/** @returns a function that stops listening */
export function handleTouches(
  host: HTMLElement,
  terminal: SessionTerminal,
  fontSize: Signal<number>,
): () => void {
  let lastY: number | undefined
  let startY = 0
  let pinch: Pinch | undefined
  const begin = ({ touches }: TouchEvent): void => {
    const [first, second] = touches
    lastY = first?.clientY
    startY = lastY ?? 0
    pinch =
      first && second
        ? { distance: distanceOf(first, second), fontSize: fontSize.peek() }
        : undefined
  }
  const move = (event: TouchEvent): void => {
    const [first, second] = event.touches
    if (first === undefined) return
    // Else the browser zooms or scrolls the page.
    event.preventDefault()
    if (second !== undefined) {
      if (pinch === undefined) return
      const share = distanceOf(first, second) / pinch.distance
      fontSize.value = clampFontSize(pinch.fontSize * share)
    } else if (lastY !== undefined && Math.abs(first.clientY - startY) > TAP_SLACK) {
      scroll(terminal, first, lastY - first.clientY)
      lastY = first.clientY
    }
  }
  host.addEventListener('touchstart', begin, { passive: true })
  host.addEventListener('touchmove', move, { passive: false })
  return () => {
    host.removeEventListener('touchstart', begin)
    host.removeEventListener('touchmove', move)
  }
}

function scroll({ xterm }: SessionTerminal, touch: Touch, deltaY: number): void {
  const screen = xterm.element?.querySelector('.xterm-screen')
  const { clientX, clientY } = touch
  screen?.dispatchEvent(
    new WheelEvent('wheel', { deltaY, clientX, clientY, bubbles: true, cancelable: true }),
  )
}

function distanceOf(a: Touch, b: Touch): number {
  return Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY))
}
