// Owns the one menu of the page: it opens at a place, has the focus, moves by arrows and letters, and gives the
// focus back. What is in it comes from state/floating.ts.

import type { VNode } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { MenuItem, MenuRequest } from '../state/floating.ts'
import { useApp } from './app-context.ts'
import { Icon } from './icon.tsx'

/** Room kept to the window's edge, in CSS pixels. */
const MARGIN = 8

export function MenuLayer(): VNode | null {
  const { floating } = useApp()
  const request = floating.menu.value
  if (request === undefined) return null
  // A new request is a new menu, with its own first item.
  return <Menu key={`${request.x} ${request.y} ${request.title}`} request={request} />
}

function Menu({ request }: { readonly request: MenuRequest }): VNode {
  const { floating } = useApp()
  const element = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ left: request.x, top: request.y })
  useFocusInside(element)
  useLayoutEffect(() => {
    const box = element.current?.getBoundingClientRect()
    if (box === undefined) return
    const left = Math.max(MARGIN, Math.min(request.x, window.innerWidth - box.width - MARGIN))
    // Above the pointer when there is no room below.
    const isTooLow = request.y + box.height + MARGIN > window.innerHeight
    const lowerEdge = request.above ?? request.y
    const top = isTooLow ? Math.max(MARGIN, lowerEdge - box.height) : request.y
    setPlace({ left, top })
  }, [request])
  const close = (): void => {
    floating.menu.value = undefined
  }
  const choose = (item: MenuItem): void => {
    close()
    item.run()
    if (item.opens !== undefined) floating.menu.value = { ...request, ...item.opens }
  }
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' || event.key === 'Tab') close()
    else if (!moveFocus(element.current, event.key)) return
    event.preventDefault()
    event.stopPropagation()
  }
  const title = request.title ?? 'Actions'
  return (
    <>
      <div
        class="backdrop"
        onPointerDown={close}
        onContextMenu={(event) => event.preventDefault()}
      />
      <div
        ref={element}
        class="menu floating"
        role="menu"
        aria-label={title}
        style={{ left: `${place.left}px`, top: `${place.top}px` }}
        onKeyDown={handleKey}
      >
        {request.title !== undefined && <div class="menu-title one-line">{request.title}</div>}
        {request.items.map((item, index) =>
          item === undefined ? (
            <hr key={index} />
          ) : (
            <MenuLine key={index} item={item} choose={() => choose(item)} />
          ),
        )}
      </div>
    </>
  )
}

function MenuLine({
  item,
  choose,
}: {
  readonly item: MenuItem
  readonly choose: () => void
}): VNode {
  const { label, keys, isDangerous, isDisabled, isChosen } = item
  const isChoice = isChosen !== undefined
  return (
    <button
      type="button"
      role={isChoice ? 'menuitemradio' : 'menuitem'}
      aria-checked={isChoice ? isChosen : undefined}
      class={`menu-item ${isDangerous === true ? 'dangerous' : ''}`}
      disabled={isDisabled === true}
      tabIndex={-1}
      onClick={choose}
    >
      <span class="label one-line">{label}</span>
      {isChosen === true && <Icon name="check" />}
      {keys !== undefined && <kbd>{keys}</kbd>}
    </button>
  )
}

/** Takes the focus while it is shown and gives it back to where it was. */
function useFocusInside(element: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const before = document.activeElement
    const menu = element.current
    menu?.querySelector<HTMLElement>('button:not(:disabled)')?.focus()
    return () => {
      const focused = document.activeElement
      // What was chosen may have put it somewhere else.
      const isOurs = focused === null || focused === document.body || menu?.contains(focused)
      if (isOurs === true && before instanceof HTMLElement) before.focus()
    }
  }, [element])
}

/** @returns true when the key moved the focus */
function moveFocus(menu: HTMLElement | null, key: string): boolean {
  if (menu === null) return false
  const items = [...menu.querySelectorAll<HTMLElement>('button:not(:disabled)')]
  const index = items.findIndex((item) => item === document.activeElement)
  const next = nextIndex(items, index, key)
  if (next === undefined) return false
  items[next]?.focus()
  return true
}

function nextIndex(items: readonly HTMLElement[], index: number, key: string): number | undefined {
  const { length } = items
  if (key === 'ArrowDown') return (index + 1) % length
  if (key === 'ArrowUp') return (index - 1 + length) % length
  if (key === 'Home') return 0
  if (key === 'End') return length - 1
  if (key.length !== 1 || key === ' ') return undefined
  const startsWithKey = (item: HTMLElement): boolean =>
    item.textContent.trim().toLowerCase().startsWith(key.toLowerCase())
  const rotated = items.map((_, step) => (index + 1 + step) % length)
  return rotated.find((place) => items[place] !== undefined && startsWithKey(items[place]))
}

/** Where a menu opens: below its button, or above it. */
export function below(event: {
  readonly currentTarget: EventTarget | null
}): Pick<MenuRequest, 'x' | 'y' | 'above'> {
  if (!(event.currentTarget instanceof Element)) return { x: 0, y: 0 }
  const box = event.currentTarget.getBoundingClientRect()
  return { x: box.left, y: box.bottom + 4, above: box.top - 4 }
}
