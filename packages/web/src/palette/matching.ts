// Owns which entries a few typed letters mean, best first. Pure.

/** Places in a word score: what one types is mostly how words begin. */
const SCORE = { start: 8, wordStart: 6, next: 4, anywhere: 1 } as const

/**
 * Finds the letters of `query` in `text`, in order.
 * @returns how well they fit, more is better; undefined when they are not all there
 */
export function matchScore(text: string, query: string): number | undefined {
  const letters = query.toLowerCase().replace(/\s+/g, '')
  const target = text.toLowerCase()
  let score = 0
  let at = -1
  for (const letter of letters) {
    const found = nextPlace(target, letter, at)
    if (found === -1) return undefined
    score += placeScore(target, found, at)
    at = found
  }
  // Of two that fit alike, the shorter one is meant.
  return score - target.length / 100
}

/** Entries that fit, best first; all of them, as they were, without a query. */
export function bestMatches<T>(
  entries: readonly T[],
  query: string,
  textOf: (entry: T) => string,
): readonly T[] {
  if (query.trim() === '') return entries
  return entries
    .map((entry) => ({ entry, score: matchScore(textOf(entry), query) }))
    .filter(({ score }) => score !== undefined)
    .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .map(({ entry }) => entry)
}

/** The letter right behind the last one, else at a word's start, else anywhere behind it. */
function nextPlace(text: string, letter: string, after: number): number {
  if (after >= 0 && text[after + 1] === letter) return after + 1
  for (let index = after + 1; index < text.length; index += 1) {
    if (text[index] === letter && isWordStart(text, index)) return index
  }
  return text.indexOf(letter, after + 1)
}

function placeScore(text: string, index: number, last: number): number {
  if (index === 0) return SCORE.start
  if (last >= 0 && index === last + 1) return SCORE.next
  return isWordStart(text, index) ? SCORE.wordStart : SCORE.anywhere
}

function isWordStart(text: string, index: number): boolean {
  return index === 0 || /[\s/_.:-]/.test(text[index - 1] ?? '')
}
