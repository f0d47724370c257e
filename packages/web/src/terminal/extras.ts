// Owns what is loaded into a terminal after it is shown: pictures. Kept out of the first view's JavaScript.

import type { SessionTerminal } from './session-terminal.ts'

/** Pixels of one picture, and megabytes of all of one terminal. */
const PIXEL_LIMIT = 16_777_216
const STORAGE_MEGABYTES = 64

/** SIXEL and iTerm pictures, for terminals that live long enough to show any. Once per terminal. */
export async function loadPictures({ xterm, hooks }: SessionTerminal): Promise<void> {
  const { ImageAddon } = await import('@xterm/addon-image')
  if (xterm.element === undefined) return
  xterm.loadAddon(
    new ImageAddon({
      // Sizes in pixels would be answers to `CSI t`, which stays off.
      enableSizeReports: false,
      pixelLimit: PIXEL_LIMIT,
      storageLimit: STORAGE_MEGABYTES,
    }),
  )
  // It answers DA1 and XTSMGRAPHICS in front of the hooks that mark answers.
  hooks.renew()
}
