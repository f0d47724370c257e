// Owns searching a recording: reads its text once, when it is first wanted; jumps to the moment at which a match was
// written, and marks it on the screen. Before: player-search.tsx; after: playback.ts.

import { signal, type Signal } from '@preact/signals'
import { searchColors } from '../terminal/search.ts'
import { findAll, readText, type Match, type SearchableText } from './found-text.ts'
import type { Playback } from './playback.ts'

export class RecordingSearch {
  /** Undefined while nothing is looked for. */
  readonly count: Signal<number | undefined> = signal(undefined)
  /** Which of them is shown, from 0. */
  readonly current: Signal<number> = signal(0)
  readonly #playback: Playback
  readonly #aborter = new AbortController()
  #query = ''
  #text: Promise<SearchableText> | undefined
  #matches: readonly Match[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #unmark = (): void => {}

  constructor(playback: Playback) {
    this.#playback = playback
  }

  /** What was looked for last. */
  get query(): string {
    return this.#query
  }

  /** @param pauseMs how long one may type on before it is looked for */
  find(query: string, pauseMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#query = query
      // The player was closed meanwhile.
      this.#find(query).catch(() => {})
    }, pauseMs)
  }

  /** To the next match, or to the one before; around the end. */
  step(direction: 1 | -1): void {
    const { length } = this.#matches
    if (length > 0) this.#jump((this.current.peek() + direction + length) % length)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#aborter.abort()
  }

  async #find(query: string): Promise<void> {
    this.#text ??= readText(this.#playback.recording.records, this.#aborter.signal)
    const text = await this.#text
    if (query !== this.#query) return
    this.#matches = findAll(text, query)
    this.count.value = query === '' ? undefined : this.#matches.length
    if (this.#matches.length > 0) return this.#jump(0)
    this.#unmark()
    this.#unmark = (): void => {}
  }

  #jump(index: number): void {
    const match = this.#matches[index]
    if (match === undefined) return
    this.current.value = index
    this.#playback.pause()
    void this.#playback.seekRecord(match.record).then(() => this.#mark(index))
  }

  /** Marks the matches on the screen, the newest one most. */
  async #mark(index: number): Promise<void> {
    const { SearchAddon } = await import('@xterm/addon-search')
    // The next jump has its own mark.
    if (index !== this.current.peek() || this.#aborter.signal.aborted) return
    this.#unmark()
    const { xterm } = this.#playback.projectors[this.#playback.front.peek()]
    const addon = new SearchAddon()
    xterm.loadAddon(addon)
    addon.findPrevious(this.#query, { decorations: searchColors() })
    this.#unmark = (): void => {
      addon.dispose()
      xterm.clearSelection()
    }
  }
}
