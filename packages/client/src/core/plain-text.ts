// Owns the export of a session as text that people read and search: no escape sequences, and each line as it
// looked at last. Before: records of a log; after: a file, or a search. Lines are all it knows: a program that
// paints a whole screen leaves its pieces, one below the other.

import type { OutputRecord } from './output-record.ts'
import { LineEditor } from './line-editor.ts'
import { OutputText, textOf } from './text.ts'

/**
 * Writes records as plain text; carriage return, backspace and erasing are applied to their line.
 * @param records such as `limpet.history` gives
 * @returns pieces of text: written one after the other they are the file
 * @example
 * for await (const text of plainText(limpet.history(shell.id))) show(text)
 */
export async function* plainText(
  records: AsyncIterable<OutputRecord> | Iterable<OutputRecord>,
): AsyncGenerator<string, void> {
  const text = new OutputText()
  const lines = new LineEditor()
  for await (const record of records) {
    switch (record.type) {
      case 'output':
        lines.write(text.decode(record.stream, record.bytes))
        break
      case 'gap':
        lines.write(text.finish())
        lines.note(`[output from byte ${record.gap.from} to ${record.gap.to} is missing]`)
        break
      case 'checkpoint':
        lines.write(text.finish())
        lines.note('')
        lines.write(textOf(record.checkpoint.bytes))
        break
      default: // the others are no text
    }
    const finished = lines.take()
    if (finished !== '') yield finished
  }
  lines.write(text.finish())
  const rest = lines.takeAll()
  if (rest !== '') yield rest
}
