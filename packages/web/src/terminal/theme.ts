// Owns the bridge from the page's colour tokens to xterm's theme. The tokens are the truth (styles/tokens.css).

import type { ITheme } from '@xterm/xterm'
import { parseColor, toHex } from './color.ts'

const ANSI_NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const satisfies readonly (keyof ITheme)[]

/** Least contrast that xterm makes of any two colours: that of readable text. */
export const MINIMUM_CONTRAST = 4.5

/** The theme that holds in the document now: call again when it changes. */
export function readTheme(): ITheme {
  return withProbe((color) => {
    const theme: ITheme = {
      foreground: color('text'),
      background: color('ground'),
      cursor: color('accent'),
      cursorAccent: color('ground'),
      selectionBackground: color('selection'),
      selectionInactiveBackground: color('ground-hover'),
      scrollbarSliderBackground: `${color('text-faint')}55`,
      scrollbarSliderHoverBackground: `${color('text-faint')}88`,
      scrollbarSliderActiveBackground: `${color('text-faint')}aa`,
      overviewRulerBorder: color('ground'),
    }
    for (const [index, name] of ANSI_NAMES.entries()) theme[name] = color(`ansi-${index}`)
    return theme
  })
}

/** One token as #rrggbb. */
export function readToken(token: string): string {
  return withProbe((color) => color(token))
}

/** A custom property is text; only as the colour of an element the browser works it out. */
function withProbe<T>(read: (color: (token: string) => string) => T): T {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const result = read((token) => {
    probe.style.color = `var(--${token})`
    const rgb = parseColor(getComputedStyle(probe).color)
    return rgb === undefined ? '#808080' : toHex(rgb)
  })
  probe.remove()
  return result
}
