// Owns the machine's typeface: JetBrains Mono without ligatures, whole (the usual web cuts leave out box drawing,
// blocks and powerline symbols). Everything is measured in it, so a terminal waits for its letters.

import boldUrl from 'jetbrains-mono/fonts/webfonts/JetBrainsMonoNL-Bold.woff2?url'
import italicUrl from 'jetbrains-mono/fonts/webfonts/JetBrainsMonoNL-Italic.woff2?url'
import regularUrl from 'jetbrains-mono/fonts/webfonts/JetBrainsMonoNL-Regular.woff2?url'

const FAMILY = 'JetBrains Mono'

/** Longer than this nobody waits for letters: over a slow network the system's are shown first. */
const PATIENCE_MS = 800

/** Makes the typeface known; the browser loads each face when its first letter is shown. */
export function addMachineFont(): void {
  const faces: readonly (readonly [url: string, face: FontFaceDescriptors])[] = [
    [regularUrl, { weight: '400' }],
    [boldUrl, { weight: '700' }],
    [italicUrl, { weight: '400', style: 'italic' }],
  ]
  for (const [url, face] of faces) {
    const address = new URL(url, document.baseURI).href
    document.fonts.add(new FontFace(FAMILY, `url("${address}")`, { display: 'swap', ...face }))
  }
}

/** @returns when it is there, or will not be soon */
export async function loadMachineFont(): Promise<void> {
  // Without it the system's monospace is shown, and measured.
  const loaded = document.fonts.load(`13px '${FAMILY}'`).catch(() => [])
  const late = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS)
  })
  await Promise.race([loaded, late])
}
