// Owns amounts as people write them on a command line: "64MiB", "24h". Knows no limits but its own syntax.

import { CommandError } from './command-error.ts'

const SIZE = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/

/** Sizes are in powers of 1024, with or without the "i". */
const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** @param text such as "64M", "1.5GiB", "4096" @returns bytes @throws CommandError USAGE */
export function parseSize(text: string): number {
  const [, amount, unit = ''] = SIZE.exec(text.trim()) ?? []
  const factor = SIZE_UNITS[unit.toLowerCase()]
  if (amount === undefined || factor === undefined) {
    throw new CommandError('USAGE', `"${text}" is no size: write 500k, 64M or 2G.`)
  }
  return Math.round(Number(amount) * factor)
}

/** @param text such as "90s", "24h", "7d" @returns milliseconds @throws CommandError USAGE */
export function parseDuration(text: string): number {
  const [, amount, unit = ''] = DURATION.exec(text.trim()) ?? []
  const factor = DURATION_UNITS[unit]
  if (amount === undefined || factor === undefined) {
    throw new CommandError('USAGE', `"${text}" is no duration: write 90s, 30m, 24h or 7d.`)
  }
  return Math.round(Number(amount) * factor)
}

/** @param text such as "0.5" or "10" @throws CommandError USAGE when it is not above zero */
export function parsePositive(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value > 0) return value
  throw new CommandError('USAGE', `"${text}" is no number above 0.`)
}

/** @param text whole, such as "4096" @throws CommandError USAGE */
export function parseOffset(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new CommandError('USAGE', `"${text}" is no offset: write whole bytes, such as 4096.`)
}
