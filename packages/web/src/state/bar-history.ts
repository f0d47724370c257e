// Owns the lines that were run from the bar, oldest first, and how one walks back through them: by prefix with the
// arrow keys, by any part with Ctrl-R. Pure; the bar keeps the place.

/** Most lines kept; the oldest go first. */
export const MAX_HISTORY_LINES = 500

/** A line joins the history: its older twin leaves, so that each appears once, where it was used last. */
export function withLine(history: readonly string[], line: string): readonly string[] {
  if (line.trim() === '') return history
  return [...history.filter((entry) => entry !== line), line].slice(-MAX_HISTORY_LINES)
}

/**
 * What can be walked through: what others, or other browsers, ran on this machine, then what was run here.
 * @param elsewhere oldest first
 */
export function wholeHistory(
  own: readonly string[],
  elsewhere: readonly string[],
): readonly string[] {
  const known = new Set(own)
  return [...new Set(elsewhere.filter((line) => !known.has(line))), ...own]
}

/** Where a walk stands: `index` is a place in the history, or its length when the typed line is shown. */
export interface Walk {
  /** What was typed when the walk began; only lines that start with it are visited. */
  readonly prefix: string
  readonly index: number
}

/**
 * One step of ↑ (-1) or ↓ (+1).
 * @returns the new place and the line to show, or undefined when there is nothing further that way
 */
export function step(
  history: readonly string[],
  walk: Walk,
  direction: -1 | 1,
): { readonly walk: Walk; readonly line: string } | undefined {
  for (
    let index = walk.index + direction;
    index >= 0 && index < history.length;
    index += direction
  ) {
    const line = history[index]
    if (line !== undefined && line.startsWith(walk.prefix) && line !== walk.prefix) {
      return { walk: { prefix: walk.prefix, index }, line }
    }
  }
  if (direction === -1 || walk.index >= history.length) return undefined
  return { walk: { prefix: walk.prefix, index: history.length }, line: walk.prefix }
}

/** Newest first, each line that contains every word of `query`, whatever the case. */
export function search(history: readonly string[], query: string): readonly string[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return history
    .filter((line) => words.every((word) => line.toLowerCase().includes(word)))
    .toReversed()
}
