// Owns what a paste may do to a program: nothing in it is a key press, and nothing runs by itself. Pure.

/** Control characters, but for tab and the two that end lines. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

/**
 * Text without control characters. With Escape goes the mark that ends a bracketed paste, so pasted text cannot
 * pretend that the rest of it was typed.
 */
export function cleanPaste(text: string): string {
  return text.replace(CONTROLS, '')
}

/** True when a program that takes a paste as typing would run the first lines of it at once. */
export function runsByItself(text: string): boolean {
  return /[\r\n]/.test(text)
}

/** How many lines it is, for people. */
export function countLines(text: string): number {
  return text.replace(/\r?\n$/, '').split(/\r\n|\r|\n/).length
}
