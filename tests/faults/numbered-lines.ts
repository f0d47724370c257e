// Owns a program that prints numbered lines at a steady rate, and the count of those that were lost or came twice.

/** Each line is so long, its end included: enough bytes a second without being busy with numbers. */
const LINE_BYTES = 250

/** Lines a turn and turns a second: 500 KB/s. */
const LINES_PER_TURN = 20
const TURNS_PER_SECOND = 100

/** Prints until its input ends, then how many lines there were. */
const SOURCE = `
import select, sys, time
number, due = 0, time.monotonic()
while True:
    sys.stdout.write(''.join('%0${LINE_BYTES - 1}d\\n' % (number + i) for i in range(${LINES_PER_TURN})))
    sys.stdout.flush()
    number += ${LINES_PER_TURN}
    due += 1 / ${TURNS_PER_SECOND}
    if select.select([0], [], [], max(0, due - time.monotonic()))[0]: break
print('end %d' % number)
`

export const NUMBERED_LINES_ARGV = ['python3', '-c', SOURCE] as const

export class NumberedLines {
  lost = 0
  doubled = 0
  /** Number of the line that comes next. */
  next = 0
  /** How many the program says it printed; undefined before its end. */
  total: number | undefined
  #rest = ''

  take(bytes: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(bytes).toString('latin1')).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#takeLine(line)
  }

  /** Nothing is missing, and nothing came twice. */
  get isWhole(): boolean {
    return this.lost === 0 && this.doubled === 0 && this.next === this.total
  }

  #takeLine(line: string): void {
    if (line.startsWith('end ')) {
      this.total = Number(line.slice(4))
      return
    }
    const number = line.length === LINE_BYTES - 1 ? Number(line) : NaN
    if (Number.isNaN(number)) throw new Error(`a broken line: ${JSON.stringify(line)}`)
    if (number < this.next) this.doubled += 1
    else {
      this.lost += number - this.next
      this.next = number + 1
    }
  }
}
