// Owns making foreign text safe to print: a session's title or name must not drive the reader's terminal.

/** @returns the text on one line, control characters shown as in `cat -v` */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, (character) =>
    character === '\n' || character === '\t'
      ? ' '
      : `^${String.fromCharCode((character.charCodeAt(0) & 0x1f) + 0x40)}`,
  )
}
