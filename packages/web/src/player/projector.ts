// Owns one terminal that shows a recording up to some record: fed forwards, and set back to snapshots that it took on
// its way. A snapshot is taken only where @xterm/addon-serialize carries the whole state: between lines, on the
// normal screen, without scroll region or other character sets. Before: playback.ts; after: xterm.

import type { TerminalSize } from '@limpet/protocol'
import { SerializeAddon } from '@xterm/addon-serialize'
import type { Terminal } from '@xterm/xterm'
import type { LogRecord, Recording } from './recording.ts'

/** Bytes between snapshots: to parse so much takes less than 100 ms. */
export const SNAPSHOT_BYTES = 1_000_000

/** Bytes that are handed over before the page gets its turn, and before somebody may change their mind. */
const STEP_BYTES = 256 * 1024

const LINE_FEED = 10

/** A state: what the terminal showed after `record`, with its first `bytes` of the next one. */
export interface Snapshot {
  readonly record: number
  readonly bytes: number
  readonly size: TerminalSize
  readonly screen: string
}

export interface ProjectorOptions {
  readonly recording: Recording
  /** A fresh one of the recording's size; it is the projector's from here on. */
  readonly xterm: Terminal
  /** Shared by the projectors of one player, in order. */
  readonly snapshots: Snapshot[]
}

export class Projector {
  readonly xterm: Terminal
  readonly #recording: Recording
  readonly #snapshots: Snapshot[]
  readonly #serializer = new SerializeAddon()
  /** Records that are fed; of the next one the first `#bytes`. */
  #record = 0
  #bytes = 0
  #sinceSnapshot = 0
  /** False while the terminal is in a state that a snapshot would lose. */
  #isPlain = true

  constructor({ recording, xterm, snapshots }: ProjectorOptions) {
    this.#recording = recording
    this.#snapshots = snapshots
    this.xterm = xterm
    this.xterm.loadAddon(this.#serializer)
    this.#watchState()
  }

  /** Records that are fed whole. */
  get record(): number {
    return this.#record
  }

  get size(): TerminalSize {
    return { columns: this.xterm.cols, rows: this.xterm.rows }
  }

  /** Goes back to the newest state at or before `target`: its own, a snapshot, or the beginning. */
  rewind(target: number): void {
    const snapshot = this.#snapshots.findLast((candidate) => isAtMost(candidate, target))
    const isOnTheWay = isAtMost({ record: this.#record, bytes: this.#bytes }, target)
    if (isOnTheWay && this.#record >= (snapshot?.record ?? 0)) return
    this.xterm.reset()
    this.#isPlain = true
    this.#sinceSnapshot = 0
    this.#record = snapshot?.record ?? 0
    this.#bytes = snapshot?.bytes ?? 0
    const { columns, rows } = snapshot?.size ?? this.#recording.size
    this.xterm.resize(columns, rows)
    if (snapshot !== undefined) this.xterm.write(snapshot.screen)
  }

  /**
   * Feeds records until `target` of them are shown.
   * @param isWanted asked between steps; false: it stops where it is
   */
  async feed(target: number, isWanted: () => boolean): Promise<void> {
    const { records } = this.#recording
    while (this.#record < target && isWanted()) {
      let stepBytes = 0
      while (this.#record < target && stepBytes < STEP_BYTES) {
        const record = records[this.#record]
        if (record === undefined) return
        stepBytes += this.#feedRecord(record)
        if (this.#sinceSnapshot >= SNAPSHOT_BYTES) break
      }
      await this.#written()
      if (this.#sinceSnapshot >= SNAPSHOT_BYTES) this.#snap()
    }
  }

  dispose(): void {
    this.xterm.dispose()
  }

  /** @returns bytes of output that were fed */
  #feedRecord(record: LogRecord): number {
    if (record.type === 'output') {
      const rest = record.bytes.subarray(this.#bytes)
      // A snapshot wants to stand between lines.
      const cut = this.#isSnapshotDue(rest) ? rest.lastIndexOf(LINE_FEED) + 1 : 0
      const part = cut > 0 && cut < rest.byteLength ? rest.subarray(0, cut) : rest
      this.xterm.write(part)
      this.#sinceSnapshot += part.byteLength
      if (part.byteLength < rest.byteLength) this.#bytes += part.byteLength
      else this.#next()
      return part.byteLength
    }
    if (record.type === 'resize') {
      const { columns, rows } = record.size
      this.xterm.write('', () => this.xterm.resize(columns, rows))
    } else if (record.type === 'gap') {
      // Whatever was on the screen is older than what is missing.
      this.xterm.write('\u0018\u001bc')
    }
    this.#next()
    return 0
  }

  #next(): void {
    this.#record += 1
    this.#bytes = 0
  }

  #isSnapshotDue(rest: Uint8Array): boolean {
    return this.#isPlain && this.#sinceSnapshot + rest.byteLength >= SNAPSHOT_BYTES
  }

  #snap(): void {
    // Where none can be taken, the next try is as far away.
    this.#sinceSnapshot = 0
    const { active } = this.xterm.buffer
    if (!this.#isPlain || active.type !== 'normal' || active.cursorX !== 0) return
    const last = this.#snapshots.at(-1)
    const isAhead =
      last === undefined ||
      this.#record > last.record ||
      (this.#record === last.record && this.#bytes > last.bytes)
    if (!isAhead) return
    const screen = this.#serializer.serialize({ scrollback: this.xterm.rows })
    this.#snapshots.push({ record: this.#record, bytes: this.#bytes, size: this.size, screen })
  }

  #watchState(): void {
    const { parser } = this.xterm
    const lose = (): false => {
      this.#isPlain = false
      return false
    }
    parser.registerCsiHandler({ final: 'r' }, (parameters) => {
      const isWhole = parameters.length === 0 || (parameters.length === 1 && parameters[0] === 0)
      this.#isPlain = isWhole
      return false
    })
    for (const intermediates of ['(', ')', '*', '+']) {
      parser.registerEscHandler({ intermediates, final: '0' }, lose)
    }
    parser.registerEscHandler({ final: 'c' }, () => {
      this.#isPlain = true
      return false
    })
  }

  #written(): Promise<void> {
    return new Promise((resolve) => this.xterm.write('', resolve))
  }
}

/** True when nothing beyond the first `target` records is in it. */
function isAtMost(
  place: { readonly record: number; readonly bytes: number },
  target: number,
): boolean {
  return place.record < target || (place.record === target && place.bytes === 0)
}
