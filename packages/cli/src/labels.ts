// Owns labels as people write them on a command line: "team=web" gives one, "team-" takes it away.

import { CommandError } from './command-error.ts'

/** As the protocol has it: short, and safe on a command line. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/

export interface Label {
  readonly key: string
  /** Undefined: the key alone was given; as a change, it takes the label away. */
  readonly value: string | undefined
}

/** @param text "key=value" or "key" @throws CommandError USAGE */
export function parseLabel(text: string): Label {
  const end = text.indexOf('=')
  const key = end === -1 ? text : text.slice(0, end)
  if (!KEY.test(key)) throw noLabel(text)
  return { key, value: end === -1 ? undefined : text.slice(end + 1) }
}

/** @param text "key=value", or "key-" to take it away @throws CommandError USAGE */
export function parseLabelChange(text: string): Label {
  if (text.includes('=')) return parseLabel(text)
  if (!text.endsWith('-') || !KEY.test(text.slice(0, -1))) throw noLabel(text)
  return { key: text.slice(0, -1), value: undefined }
}

/** @throws CommandError USAGE when one has no value */
export function labelRecord(labels: readonly Label[]): Record<string, string> {
  return Object.fromEntries(
    labels.map(({ key, value }) => {
      if (value === undefined) throw noLabel(key)
      return [key, value]
    }),
  )
}

/** @returns the labels after the changes; `former` is left as it is */
export function changeLabels(
  former: Readonly<Record<string, string>>,
  changes: readonly Label[],
): Record<string, string> {
  const labels = new Map(Object.entries(former))
  for (const { key, value } of changes) {
    if (value === undefined) labels.delete(key)
    else labels.set(key, value)
  }
  return Object.fromEntries(labels)
}

/** Whether all that is asked for is there; a key without value asks for any value. */
export function hasLabels(
  labels: Readonly<Record<string, string>> | undefined,
  wanted: readonly Label[],
): boolean {
  return wanted.every(({ key, value }) => {
    const present = labels?.[key]
    return present !== undefined && (value === undefined || present === value)
  })
}

/** @returns "key=value" separated by commas, by key; "" for none */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',')
}

function noLabel(text: string): CommandError {
  return new CommandError(
    'USAGE',
    `"${text}" is no label: write key=value (key: letters, digits and ._/-, 1 to 63), or key- to take one away.`,
  )
}
