// Owns the arithmetic of colours: the 256 of a terminal's palette, and making a colour readable on a ground.
// Pure. Formulae: WCAG 2.2, relative luminance and contrast ratio.

/** 24 bits: red, green, blue. */
export type Rgb = number

const CUBE_LEVELS = [0, 95, 135, 175, 215, 255] as const

/** @param index 16 to 255 of xterm's palette: a 6×6×6 cube, then 24 greys @returns its colour */
export function paletteColor(index: number): Rgb {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return toRgb(grey, grey, grey)
  }
  const cube = index - 16
  const level = (value: number): number => CUBE_LEVELS[value % 6] ?? 0
  return toRgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube))
}

/** 1 (same) to 21 (black on white). */
export function contrast(a: Rgb, b: Rgb): number {
  const [la, lb] = [luminance(a), luminance(b)]
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05)
}

/**
 * The colour nearest to `color`, towards white on dark and black on light grounds, with enough contrast.
 * @param ratio least contrast @default 4.5, for text
 */
export function readableOn(ground: Rgb, color: Rgb, ratio = 4.5): Rgb {
  if (contrast(ground, color) >= ratio) return color
  const end = luminance(ground) < 0.18 ? 0xffffff : 0x000000
  for (let share = 0.1; share < 1; share += 0.1) {
    const mixed = mix(color, end, share)
    if (contrast(ground, mixed) >= ratio) return mixed
  }
  return end
}

/** @param text "#rrggbb" or "rgb(r, g, b)", as style sheets and browsers write it */
export function parseColor(text: string): Rgb | undefined {
  const hex = /^\s*#([0-9a-f]{6})/i.exec(text)?.[1]
  if (hex !== undefined) return Number.parseInt(hex, 16)
  const parts = /^\s*rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/.exec(text)
  if (parts === null) return undefined
  return toRgb(Number(parts[1]), Number(parts[2]), Number(parts[3]))
}

export function toHex(color: Rgb): string {
  return `#${color.toString(16).padStart(6, '0')}`
}

function toRgb(red: number, green: number, blue: number): Rgb {
  return (red << 16) | (green << 8) | blue
}

function channels(color: Rgb): readonly [number, number, number] {
  return [(color >> 16) & 255, (color >> 8) & 255, color & 255]
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const [r, g, b] = channels(from)
  const [tr, tg, tb] = channels(to)
  const between = (a: number, z: number): number => Math.round(a + (z - a) * share)
  return toRgb(between(r, tr), between(g, tg), between(b, tb))
}

function luminance(color: Rgb): number {
  const [r, g, b] = channels(color)
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

function linear(channel: number): number {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
