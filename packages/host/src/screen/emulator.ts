// Owns one headless terminal: fed with records, asked for checkpoints. It parses only what is complete, so its
// state is always that of the last place where the output may be cut. Before: worker-loop.ts; after: xterm.

import {
  byteOffset,
  decodeRecords,
  factOf,
  MAX_CHECKPOINT_BYTES,
  type Checkpoint,
  type LogRecord,
  type TerminalSize,
} from '@limpet/protocol'
import { GroundScanner } from './ground-scanner.ts'
import { LINE_END_SEARCH_BYTES, MAX_UNFINISHED_BYTES, SCROLLBACK_LINES } from './limits.ts'
import { serialise } from './serialise.ts'
import { createXterm, type Xterm, type XtermColorChange } from './xterm.ts'

/** What the terminal says to the program. */
export interface Answer {
  /** Of the record that completed the question. */
  readonly offset: number
  readonly text: string
}

export interface EmulatorOptions {
  readonly size: TerminalSize
  /** Offset of the first byte that it will be fed. */
  readonly offset: number
  readonly isExact: boolean
  /** Which letter designates a character set. */
  readonly letters: ReadonlyMap<object, string>
}

const CAN = Uint8Array.of(0x18)
const LINE_FEED = 0x0a
const ASKS = 0
const SETS = 1
const COLORS = 256

export class Emulator {
  readonly #xterm: Xterm
  readonly #letters: ReadonlyMap<object, string>
  readonly #scanner = new GroundScanner()
  readonly #colors = new Map<number, readonly [number, number, number]>()
  #answers: Answer[] = []
  /** Offset of the record that is parsed. */
  #recordOffset = 0
  /** What belongs to an unfinished sequence, in order: bytes, and sizes in between. */
  #unfinished: (Uint8Array | TerminalSize)[] = []
  #unfinishedBytes = 0
  #offset: number
  #fedTo: number
  #isExact: boolean
  /** Bytes after a skip in which a line end is looked for. */
  #lineEndWithin = 0

  constructor({ size, offset, isExact, letters }: EmulatorOptions) {
    this.#letters = letters
    this.#offset = offset
    this.#fedTo = offset
    this.#isExact = isExact
    this.#xterm = createXterm(size.columns, size.rows)
    const { terminal, core } = this.#xterm
    terminal.onData((text) => this.#answers.push({ offset: this.#recordOffset, text }))
    core._inputHandler.onColor((changes) => this.#handleColors(changes))
    terminal.parser.registerEscHandler({ final: 'c' }, () => this.#noteClean())
    terminal.parser.registerCsiHandler({ final: 'J' }, ([what]) => this.#noteErased(what))
  }

  /** Offset of the next byte it takes. */
  get fedTo(): number {
    return this.#fedTo
  }

  /** Restores a state that another terminal said of itself. */
  restore(bytes: Uint8Array): void {
    const isExact = this.#isExact
    this.#parse(bytes)
    this.#answers = [] // focus reports, when they are turned on
    this.#isExact = isExact
  }

  /** @returns what the terminal answered meanwhile */
  feed(records: Uint8Array): readonly Answer[] {
    for (const record of decodeRecords(records).records) this.#take(record)
    const answers = this.#answers
    this.#answers = []
    return answers
  }

  /** Goes on at another place: what lies between is unknown. */
  skip(offset: number, size: TerminalSize): void {
    this.#unfinished = []
    this.#unfinishedBytes = 0
    this.#scanner.reset()
    this.#parse(CAN) // ends whatever sequence was under way
    this.#resize(size)
    this.#offset = offset
    this.#fedTo = offset
    this.#isExact = false
    this.#lineEndWithin = LINE_END_SEARCH_BYTES
  }

  /** The state at the newest place to cut; scrollback is dropped where it would not fit. */
  checkpoint(): Checkpoint {
    const { core } = this.#xterm
    let bytes = new Uint8Array(0)
    for (let scrollback = SCROLLBACK_LINES; ; scrollback = Math.floor(scrollback / 2)) {
      const options = {
        xterm: this.#xterm,
        letters: this.#letters,
        colors: this.#colors,
        scrollback,
      }
      bytes = new TextEncoder().encode(serialise(options))
      if (bytes.byteLength <= MAX_CHECKPOINT_BYTES || scrollback === 0) break
    }
    // A screen that alone is too large (a million cells, each with a style of its own) is told as an empty one.
    const fits = bytes.byteLength <= MAX_CHECKPOINT_BYTES
    return {
      offset: byteOffset(this.#offset),
      columns: core.cols,
      rows: core.rows,
      isExact: this.#isExact && fits,
      bytes: fits ? bytes : new Uint8Array(0),
    }
  }

  close(): void {
    this.#xterm.terminal.dispose()
  }

  #take(record: LogRecord): void {
    const fact = factOf(record)
    if (fact.type === 'gap') return this.skip(fact.gap.to, this.#size)
    this.#fedTo = record.offset + record.payload.byteLength
    this.#recordOffset = record.offset
    if (fact.type === 'output') this.#takeOutput(record.payload)
    else if (fact.type === 'resize' && this.#isWhole) this.#resize(fact.size)
    else if (fact.type === 'resize') this.#unfinished.push(fact.size)
    // The exit is for viewers to read: a checkpoint never stands for it.
    if (this.#isWhole && fact.type !== 'exit') this.#offset = this.#fedTo
  }

  #takeOutput(payload: Uint8Array): void {
    const skipped = this.#lineEndWithin > 0 ? this.#beforeLine(payload) : 0
    const bytes = payload.subarray(skipped)
    const complete = this.#scanner.scan(bytes)
    if (complete >= 0) {
      for (const item of this.#unfinished) {
        if (item instanceof Uint8Array) this.#parse(item)
        else this.#resize(item)
      }
      this.#unfinished = []
      this.#unfinishedBytes = 0
      this.#parse(bytes.subarray(0, complete))
      this.#offset = this.#fedTo - bytes.byteLength + complete
    }
    const rest = bytes.subarray(Math.max(0, complete))
    if (rest.byteLength === 0) return
    this.#unfinished.push(rest)
    this.#unfinishedBytes += rest.byteLength
    if (this.#unfinishedBytes > MAX_UNFINISHED_BYTES) this.#parseUnfinished()
  }

  /** Only strings grow so long, and they change nothing before their end: the state stays that of their beginning. */
  #parseUnfinished(): void {
    for (const item of this.#unfinished) if (item instanceof Uint8Array) this.#parse(item)
    this.#unfinished = this.#unfinished.filter((item) => !(item instanceof Uint8Array))
    this.#unfinishedBytes = 0
  }

  get #isWhole(): boolean {
    return this.#scanner.isGround
  }

  /** @returns bytes up to the first line end, which are not worth reading: they may begin inside a sequence */
  #beforeLine(payload: Uint8Array): number {
    const at = payload.subarray(0, this.#lineEndWithin).indexOf(LINE_FEED)
    this.#lineEndWithin = at < 0 ? this.#lineEndWithin - payload.byteLength : 0
    return at + 1
  }

  #parse(bytes: Uint8Array): void {
    // No handler of ours is asynchronous, so this is the whole of `write`, at once.
    this.#xterm.core._inputHandler.parse(bytes)
  }

  get #size(): TerminalSize {
    return { columns: this.#xterm.core.cols, rows: this.#xterm.core.rows }
  }

  #resize({ columns, rows }: TerminalSize): void {
    this.#xterm.terminal.resize(columns, rows)
  }

  #handleColors(changes: readonly XtermColorChange[]): void {
    for (const { type, index, color } of changes) {
      if (type === SETS && index !== undefined && color) this.#colors.set(index, color)
      else if (type === ASKS && index !== undefined) this.#answerColor(index)
      else if (type !== ASKS) this.#forgetColors(index)
    }
  }

  #forgetColors(index: number | undefined): void {
    if (index !== undefined) this.#colors.delete(index)
    else for (let each = 0; each < COLORS; each++) this.#colors.delete(each)
  }

  /** Only what the program itself has set: which colours the people's terminals show, nobody knows here. */
  #answerColor(index: number): void {
    const color = this.#colors.get(index)
    if (color === undefined) return
    const kind = index < COLORS ? `4;${index}` : `${10 + index - COLORS}`
    const hex = color.map((part) => part.toString(16).padStart(2, '0').repeat(2))
    this.#answers.push({
      offset: this.#recordOffset,
      text: `\x1b]${kind};rgb:${hex.join('/')}\x1b\\`,
    })
  }

  #noteErased(what: number | number[] | undefined): false {
    const { x, y } = this.#xterm.core._bufferService.buffers.active
    const isAll = what === 2 || ((what === 0 || what === undefined) && x === 0 && y === 0)
    if (isAll) this.#isExact = true
    return false
  }

  /** @returns false: xterm's own handler does it */
  #noteClean(): false {
    this.#isExact = true
    return false
  }
}
