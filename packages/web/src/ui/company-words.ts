// Owns how those who share a session are put into words. Pure.

import type { SizeRuleName, TerminalSize, Viewer } from '@limpet/protocol'
import { formatNames } from './format.ts'

/**
 * What one is called to the others; one's own other windows are oneself.
 * @param ownName of one's own windows; empty: none of the others is known to be one
 */
export function viewerName(viewer: Viewer, ownName: string): string {
  if (ownName !== '' && viewer.name === ownName) return 'your other window'
  return viewer.name || 'somebody'
}

/** "with Ada · Grace and Lin watching"; empty when nobody else is here. */
export function presenceWords(others: readonly Viewer[], ownName: string): string {
  const names = (canType: boolean): readonly string[] =>
    countAlike(
      others
        .filter((viewer) => viewer.canType === canType)
        .map((viewer) => viewerName(viewer, ownName)),
    )
  const typing = names(true)
  const watching = names(false)
  return [
    ...(typing.length > 0 ? [`with ${formatNames(typing)}`] : []),
    ...(watching.length > 0 ? [`${formatNames(watching)} watching`] : []),
  ].join(' · ')
}

/** What a screen reader hears when people come and go: "Grace joined, Ada left". */
export function changeWords(
  before: readonly Viewer[],
  after: readonly Viewer[],
  ownName: string,
): string {
  const missingIn = (some: readonly Viewer[], others: readonly Viewer[]): readonly string[] =>
    some
      .filter(({ id }) => !others.some((other) => other.id === id))
      .map((viewer) => viewerName(viewer, ownName))
  const joined = missingIn(after, before)
  const left = missingIn(before, after)
  return [
    ...(joined.length > 0 ? [`${formatNames(joined)} joined`] : []),
    ...(left.length > 0 ? [`${formatNames(left)} left`] : []),
  ].join(', ')
}

/** Whose size a terminal has, as a choice. */
export function sizeRuleWords(rule: SizeRuleName, { columns, rows }: TerminalSize): string {
  const words: Readonly<Record<SizeRuleName, string>> = {
    latest: 'Size of who typed last',
    smallest: 'Size of the smallest window',
    fixed: `Always ${columns} × ${rows}`,
    leader: 'Size of who has control',
  }
  return words[rule]
}

/** Three of one name are "Ada (3)". */
function countAlike(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} (${count})`))
}
