// Owns one line of output while it is being written: what a terminal's controls do within a line, and that
// nothing of any other escape sequence is left (ECMA-48, xterm's ctlseqs). Before: text of any pieces, split
// anywhere; after: finished lines.

/** A line that is longer is handed on in parts: no terminal is as wide, so nothing goes back that far. */
const MAX_LINE_CELLS = 4096

/** A string (a title, a picture) that never ends is noise that looked like one. */
const MAX_STRING_LENGTH = 1024 * 1024

/** Text without any control. */
// oxlint-disable-next-line no-control-regex -- controls are what it is about
const PRINTABLE = /[^\u0000-\u001F\u007F-\u009F]+/y

const SURROGATE = /[\uD800-\uDFFF]/

/** ground: text. string: up to BEL or ST. skip: one more character of a two-character sequence. */
type State = 'ground' | 'escape' | 'sequence' | 'string' | 'skip'

export class LineEditor {
  #finished = ''
  #line = ''
  /** Column in code points; undefined: behind the last one, where nearly all text goes. */
  #column: number | undefined
  /** True when a code point of the line takes two UTF-16 units. */
  #hasPairs = false
  #state: State = 'ground'
  /** Parameters of a control sequence so far. */
  #parameters = ''
  #stringLength = 0

  write(text: string): void {
    for (let at = 0; at < text.length; at++) {
      if (this.#state === 'ground') {
        PRINTABLE.lastIndex = at
        const run = PRINTABLE.exec(text)?.[0]
        if (run !== undefined) {
          this.#print(run)
          at += run.length
          if (at >= text.length) return
        }
      }
      this.#handle(text.charAt(at))
    }
  }

  /** A line of its own, beside the output; an empty one only ends the line that is there. */
  note(line: string): void {
    this.#state = 'ground'
    if (this.#line !== '') this.#endLine()
    if (line !== '') this.#finished += `${line}\n`
  }

  /** @returns the lines that were finished since the last time, each with its newline */
  take(): string {
    const finished = this.#finished
    this.#finished = ''
    return finished
  }

  /** Nothing more follows. @returns the rest, with the line that was not finished */
  takeAll(): string {
    this.#finished += this.#line
    this.#beginLine()
    return this.take()
  }

  #handle(character: string): void {
    switch (this.#state) {
      case 'ground':
        return this.#handleControl(character)
      case 'escape':
        return this.#handleEscape(character)
      case 'sequence':
        return this.#handleSequence(character)
      case 'string':
        return this.#handleString(character)
      case 'skip':
        this.#state = 'ground'
    }
  }

  #handleControl(character: string): void {
    switch (character) {
      case '\n':
      case '\v':
      case '\f':
        return this.#endLine()
      case '\r':
        this.#column = 0
        return
      case '\b':
        return this.#move(-1)
      case '\t':
        return this.#print(character)
      case '\u001B':
        this.#state = 'escape'
        return
      case '\u009B':
        return this.#beginSequence()
      default:
        if ('\u0090\u0098\u009D\u009E\u009F'.includes(character)) this.#beginString()
    }
  }

  #handleEscape(character: string): void {
    this.#state = 'ground'
    if (character === '[') return this.#beginSequence()
    if ('P]X^_'.includes(character)) return this.#beginString()
    if (character < ' ') return this.#handleControl(character)
    if (character <= '/') this.#state = 'skip' // a character set: "(B"
    else if ('DEM'.includes(character)) this.#leaveLine()
  }

  #beginSequence(): void {
    this.#state = 'sequence'
    this.#parameters = ''
  }

  #handleSequence(character: string): void {
    if (character === '\u001B') this.#state = 'escape'
    else if (character === '\u0018' || character === '\u001A') this.#state = 'ground'
    else if (character < ' ') this.#handleControl(character)
    else if (character < '@') this.#parameters += character
    else {
      this.#state = 'ground'
      this.#apply(character)
    }
  }

  #beginString(): void {
    this.#state = 'string'
    this.#stringLength = 0
  }

  #handleString(character: string): void {
    this.#stringLength++
    if (character === '\u001B') this.#state = 'escape' // of ST, or of what comes instead of it
    else if ('\u0007\u0018\u001A\u009C'.includes(character)) this.#state = 'ground'
    else if (this.#stringLength > MAX_STRING_LENGTH) this.#state = 'ground'
  }

  /** A control sequence with its last character. */
  #apply(final: string): void {
    const parameter = /^\d+$/.test(this.#parameters) ? Number(this.#parameters) : undefined
    if (this.#parameters !== '' && parameter === undefined && !'Hf'.includes(final)) return
    const count = Math.max(parameter ?? 1, 1)
    switch (final) {
      case 'C':
        return this.#move(count)
      case 'D':
        return this.#move(-count)
      case 'G':
      case '`':
        return this.#moveTo(count - 1)
      case 'K':
        return this.#eraseLine(parameter ?? 0)
      case 'P':
        return this.#replace(count, '')
      case 'X':
        return this.#replace(count, this.#blanks(count))
      case '@':
        return this.#replace(0, this.#blanks(count))
      default:
        if ('ABEFHdf'.includes(final)) this.#leaveLine()
    }
  }

  /** The cursor goes to another line: which one is not known here, so what follows is a line of its own. */
  #leaveLine(): void {
    if (this.#line === '') this.#column = undefined
    else this.#endLine()
  }

  #endLine(): void {
    this.#finished += `${this.#line}\n`
    this.#beginLine()
  }

  #beginLine(): void {
    this.#line = ''
    this.#column = undefined
    this.#hasPairs = false
  }

  #print(run: string): void {
    const hasPairs = SURROGATE.test(run)
    this.#hasPairs ||= hasPairs
    if (this.#column === undefined) {
      this.#line += run
      if (this.#line.length <= MAX_LINE_CELLS) return
      this.#finished += this.#line
      return this.#beginLine()
    }
    const count = hasPairs ? [...run].length : run.length
    this.#replace(count, run)
    this.#move(count)
  }

  #move(by: number): void {
    this.#moveTo((this.#column ?? this.#length()) + by)
  }

  #moveTo(column: number): void {
    this.#column = Math.min(Math.max(column, 0), MAX_LINE_CELLS)
  }

  #eraseLine(part: number): void {
    const column = this.#column ?? this.#length()
    if (part === 0) this.#line = this.#cut(0, column)
    else if (part === 1) this.#line = ' '.repeat(column) + this.#cut(column)
    else if (part === 2) this.#line = ''
    this.#column = column
  }

  /** Puts text in place of so many cells at the cursor, which stays. */
  #replace(count: number, text: string): void {
    const column = this.#column ?? this.#length()
    const before = this.#cut(0, column) + ' '.repeat(Math.max(column - this.#length(), 0))
    this.#line = before + text + this.#cut(column + count)
    this.#column = column
  }

  /** Blanks for so many cells, as far as there is anything to the right that they change. */
  #blanks(count: number): string {
    const isAtEnd = (this.#column ?? this.#length()) >= this.#length()
    return isAtEnd ? '' : ' '.repeat(Math.min(count, MAX_LINE_CELLS))
  }

  #length(): number {
    return this.#hasPairs ? [...this.#line].length : this.#line.length
  }

  /** Part of the line, counted in code points; nearly all lines have none that takes two units. */
  #cut(from: number, to?: number): string {
    if (!this.#hasPairs) return this.#line.slice(from, to)
    return [...this.#line].slice(from, to).join('')
  }
}
