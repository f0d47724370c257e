// Owns what fingers do on a terminal: one scrolls back, or is a wheel to programs that have the screen; two change
// the size of type.

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
      lastY = first.clientY + scroll(terminal, first, lastY - first.clientY)
    }
  }
  host.addEventListener('touchstart', begin, { passive: true })
  host.addEventListener('touchmove', move, { passive: false })
  return () => {
    host.removeEventListener('touchstart', begin)
    host.removeEventListener('touchmove', move)
  }
}

/** Scrolls by what a finger moved. @param deltaY CSS pixels @returns what is left of it, less than a line */
function scroll({ xterm }: SessionTerminal, touch: Touch, deltaY: number): number {
  const screen = xterm.element?.querySelector('.xterm-screen')
  if (screen === null || screen === undefined) return 0
  const isOfProgram =
    xterm.modes.mouseTrackingMode !== 'none' || xterm.buffer.active.type === 'alternate'
  if (isOfProgram) {
    // A wheel: xterm tells the program, or presses arrow keys for it.
    const { clientX, clientY } = touch
    const place = { deltaY, clientX, clientY, bubbles: true, cancelable: true }
    screen.dispatchEvent(new WheelEvent('wheel', place))
    return 0
  }
  const lineHeight = screen.clientHeight / xterm.rows
  const lines = Math.trunc(deltaY / lineHeight)
  if (lines !== 0) xterm.scrollLines(lines)
  return deltaY - lines * lineHeight
}

function distanceOf(a: Touch, b: Touch): number {
  return Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY))
}
