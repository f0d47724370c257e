// Owns what people choose about the page in this browser: theme, size of type, screen reader, clipboard.

import type { Signal } from '@preact/signals'
import type { BrowserState } from './browser-state.ts'

export const THEMES = ['system', 'dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

/** Size of everything a machine says, in CSS pixels. */
export const DEFAULT_FONT_SIZE = 13
const MIN_FONT_SIZE = 8
export const MAX_FONT_SIZE = 32

export interface Settings {
  readonly theme: Signal<Theme>
  /** CSS pixels, MIN_FONT_SIZE to MAX_FONT_SIZE. */
  readonly fontSize: Signal<number>
  /** True: terminals keep a text copy of the screen for screen readers. */
  readonly hasScreenReader: Signal<boolean>
  /** True: a program in the terminal in front may put text into the clipboard (OSC 52). Default false. */
  readonly mayWriteClipboard: Signal<boolean>
}

export function createSettings(browser: BrowserState): Settings {
  return {
    theme: browser.remember<Theme>('theme', parseTheme, 'system'),
    fontSize: browser.remember('font-size', parseFontSize, DEFAULT_FONT_SIZE),
    hasScreenReader: browser.remember('screen-reader', parseFlag, false),
    mayWriteClipboard: browser.remember('clipboard-write', parseFlag, false),
  }
}

/** The nearest whole size that is allowed. */
export function clampFontSize(size: number): number {
  return Math.min(MAX_FONT_SIZE, Math.max(MIN_FONT_SIZE, Math.round(size)))
}

function parseTheme(stored: unknown): Theme | undefined {
  return THEMES.find((theme) => theme === stored)
}

function parseFontSize(stored: unknown): number | undefined {
  return typeof stored === 'number' && Number.isFinite(stored) ? clampFontSize(stored) : undefined
}

function parseFlag(stored: unknown): boolean | undefined {
  return typeof stored === 'boolean' ? stored : undefined
}
