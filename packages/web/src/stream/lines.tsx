// Owns output as elements in the page: drawn without Preact's help, line by line, and only what has changed.
// Before: terminal/output.ts; after: the person who reads, selects and copies it.

import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { StyledLine } from '../terminal/styled-lines.ts'
import { lineElement } from './line-elements.ts'

/** Lines that are laid out together when they come near. */
const CHUNK_LINES = 200

export function Lines({ lines }: { readonly lines: readonly StyledLine[] }): VNode {
  const element = useRef<HTMLDivElement>(null)
  const drawn = useRef<readonly string[]>([])
  useLayoutEffect(() => {
    if (element.current === null) return
    drawn.current = draw(element.current, lines, drawn.current)
  }, [lines])
  return <div ref={element} class="lines" />
}

/** @returns the signature of each line, for the next time */
function draw(
  element: HTMLElement,
  lines: readonly StyledLine[],
  before: readonly string[],
): readonly string[] {
  const signatures = lines.map((line) => JSON.stringify(line))
  if (lines.length > CHUNK_LINES) {
    element.replaceChildren(...chunks(lines))
    return signatures
  }
  // After chunks there is nothing that could be kept.
  const isPlain = before.length <= CHUNK_LINES
  const kept = isPlain ? before : []
  const same = countSame(kept, signatures)
  if (!isPlain) element.replaceChildren()
  // Output scrolls: what left at the top leaves here, too, and what stayed is not drawn again.
  for (let index = 0; index < same.dropped; index += 1) element.firstChild?.remove()
  for (let index = 0; index < lines.length; index += 1) {
    const old = kept[index + same.dropped]
    if (old === signatures[index]) continue
    const fresh = lineElement(lines[index] ?? [])
    const child = element.children[index]
    if (child === undefined) element.append(fresh)
    else child.replaceWith(fresh)
  }
  while (element.children.length > lines.length) element.lastChild?.remove()
  return signatures
}

/** How many lines at the top are gone, so that the rest lies on top of its former self. */
function countSame(
  before: readonly string[],
  after: readonly string[],
): { readonly dropped: number } {
  const [first] = after
  if (first === undefined || before[0] === first) return { dropped: 0 }
  const dropped = before.indexOf(first)
  return { dropped: Math.max(0, dropped) }
}

function chunks(lines: readonly StyledLine[]): readonly HTMLElement[] {
  const sections: HTMLElement[] = []
  for (let from = 0; from < lines.length; from += CHUNK_LINES) {
    const section = document.createElement('section')
    section.append(...lines.slice(from, from + CHUNK_LINES).map(lineElement))
    sections.push(section)
  }
  return sections
}
