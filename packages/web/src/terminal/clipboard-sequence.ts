// Owns OSC 52, by which programs put text into the clipboard: only where a person allowed it, only from the
// terminal in front, and never the other way round (reading answers nothing at all).
// Instead of @xterm/addon-clipboard, which answers every read and stops the parser while the browser asks.

import type { IDisposable, Terminal } from '@xterm/xterm'

/** More is refused: nobody copies so much by mistake, and it is a way to hide something. */
const MAX_CLIPBOARD_BYTES = 32 * 1024

const OSC_CLIPBOARD = 52

export interface ClipboardPolicy {
  /** Asked each time. */
  mayWrite(): boolean
  write(text: string): void
}

export function handleClipboardSequence(terminal: Terminal, policy: ClipboardPolicy): IDisposable {
  return terminal.parser.registerOscHandler(OSC_CLIPBOARD, (data) => {
    const text = clipboardText(data)
    if (text !== undefined && policy.mayWrite()) policy.write(text)
    // Done with, whatever it was: no other handler may answer a read.
    return true
  })
}

/** @param data "c;BASE64" @returns the text; undefined for a read ("c;?"), too much, or what is no text */
export function clipboardText(data: string): string | undefined {
  const encoded = /^[a-z0-7]*;([A-Za-z0-9+/=]+)$/.exec(data)?.[1]
  if (encoded === undefined || encoded.length > (MAX_CLIPBOARD_BYTES / 3) * 4) return undefined
  try {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // oxlint-disable-next-line no-control-regex -- they are what is taken away
    return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
  } catch {
    return undefined // neither base64 nor UTF-8: nothing a person would want to paste
  }
}
