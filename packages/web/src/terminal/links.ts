// Owns which links of a terminal may be followed: http and https only, in a new tab that knows nothing of this one;
// when the text says something else than the target (OSC 8), a person sees the target first.

import { WebLinksAddon } from '@xterm/addon-web-links'
import type { IBufferRange, ILinkHandler, Terminal } from '@xterm/xterm'

export interface LinkPolicy {
  /** Shows where a link really leads. @returns true to go there */
  confirm(target: string, text: string): Promise<boolean>
}

/** Finds addresses in the output and follows both those and OSC 8 links. */
export function followLinks(terminal: Terminal, policy: LinkPolicy): void {
  terminal.loadAddon(new WebLinksAddon((_, target) => openLink(target)))
  terminal.options.linkHandler = oscLinkHandler(terminal, policy)
}

/** @returns the address, when it is one that may be followed */
export function safeTarget(target: string): string | undefined {
  if (!URL.canParse(target)) return undefined
  const url = new URL(target)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined
}

/** True when a person who reads `text` knows that it leads to `target`. */
export function namesTarget(text: string, target: string): boolean {
  const shown = safeTarget(text.trim())
  return shown !== undefined && shown === safeTarget(target)
}

function openLink(target: string): void {
  const url = safeTarget(target)
  if (url !== undefined) window.open(url, '_blank', 'noopener,noreferrer')
}

function oscLinkHandler(terminal: Terminal, policy: LinkPolicy): ILinkHandler {
  const follow = async (target: string, range: IBufferRange): Promise<void> => {
    const text = textIn(terminal, range)
    if (safeTarget(target) === undefined) return
    if (namesTarget(text, target) || (await policy.confirm(target, text))) openLink(target)
  }
  return {
    activate: (_, target, range) => void follow(target, range),
    hover: (event, target) => {
      if (event.currentTarget instanceof HTMLElement) event.currentTarget.title = target
    },
    leave: (event) => {
      if (event.currentTarget instanceof HTMLElement) event.currentTarget.removeAttribute('title')
    },
    allowNonHttpProtocols: false,
  }
}

/** @param range from 1, both ends included */
function textIn(terminal: Terminal, { start, end }: IBufferRange): string {
  const buffer = terminal.buffer.active
  let text = ''
  for (let y = start.y; y <= end.y; y += 1) {
    const from = y === start.y ? start.x - 1 : 0
    const to = y === end.y ? end.x : undefined
    text += buffer.getLine(y - 1)?.translateToString(false, from, to) ?? ''
  }
  return text
}
