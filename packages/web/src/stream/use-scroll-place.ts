// Owns where in the stream one is: at its end, which stays in sight however much is written, or at a place one has
// scrolled to, which nobody else's commands take away, and which is there again when one comes back.

import type { SessionInfo } from '@limpet/protocol'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../ui/app-context.ts'

/** Nearer to the end than this counts as being there. CSS pixels. */
const END_SLACK = 40

export interface ScrollPlace {
  /** Takes the event of the element that scrolls. */
  readonly handleScroll: (element: HTMLElement) => void
  readonly goToEnd: () => void
}

export function useScrollPlace(
  scroller: { readonly current: HTMLElement | null },
  newest: SessionInfo | undefined,
): ScrollPlace {
  const { blocks, launcher } = useApp()
  const { followsEnd, scrolled } = blocks
  const hasMounted = useRef(false)
  const goToEnd = (): void => {
    followsEnd.value = true
    scrollToEnd(scroller.current)
  }
  // It may be in the list before the answer says that it is ours.
  const isOwn = newest !== undefined && launcher.ownCommands.value.has(newest.id)
  useLayoutEffect(() => {
    const isBack = !hasMounted.current
    hasMounted.current = true
    // A command that was just run here is what one wants to see.
    if (followsEnd.peek() || (isOwn && !isBack)) goToEnd()
    else if (isBack && scroller.current !== null) scroller.current.scrollTop = scrolled.peek()
  }, [newest?.id, isOwn])
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const follow = new ResizeObserver(() => {
      if (followsEnd.peek()) scrollToEnd(element)
    })
    follow.observe(element)
    if (element.firstElementChild !== null) follow.observe(element.firstElementChild)
    return () => follow.disconnect()
  }, [scroller, followsEnd])
  return {
    goToEnd,
    handleScroll(element) {
      const hasGoneUp = element.scrollTop < scrolled.peek()
      // Told late, after more was written, the end looks far away although nobody has left it.
      if (isNearEnd(element)) followsEnd.value = true
      else if (hasGoneUp) followsEnd.value = false
      scrolled.value = element.scrollTop
    },
  }
}

function isNearEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight < END_SLACK
}

function scrollToEnd(element: HTMLElement | null): void {
  if (element !== null) element.scrollTop = element.scrollHeight
}
