// Owns what terminal queries and their answers look like: the control sequences of xterm (ctlseqs), of the
// VT500 manuals and of kitty. Each pattern is tested against one whole sequence, Latin-1. Knows no state.

/* oxlint-disable no-control-regex -- control sequences are what this file is about */

/** A program asks; a terminal would write an answer into the program's input. */
const QUERIES: readonly RegExp[] = [
  /^\x1b\[[>=]?0?c$/, // DA1, DA2, DA3
  /^\x1bZ$/, // DECID
  /^\x1b\[\??[\d;]*n$/, // DSR, CPR, DECXCPR, theme
  /^\x1b\[\??\d*\$p$/, // DECRQM
  /^\x1b\[>0?q$/, // XTVERSION
  /^\x1b\[\?u$/, // kitty keyboard
  /^\x1b\[\?\d*m$/, // XTQMODKEYS
  /^\x1b\[(?:1[1345689]|2[01])(?:;\d*)*t$/, // XTWINOPS reports
  /^\x1b\[[12]\$w$/, // DECRQPSR
  /^\x1b\[[01]?x$/, // DECREQTPARM
  /^\x1b\[[\d;]*\*y$/, // DECRQCRA
  /^\x1b\[\?\d+;[14](?:;[\d;]*)?S$/, // XTSMGRAPHICS
  /^\x1bP[$+][qQ]/, // DECRQSS, XTGETTCAP, XTGETXRES
  /^\x1b\](?:4|5|1\d|21|22|50|52);(?:.*[;=])?\?(?:;|\x07|\x1b)/, // colours, pointer, font, clipboard
  /^\x1b_G[^;]*a=q/, // kitty graphics
]

/** A terminal answers. No key of any terminal sends these. */
const ANSWERS: readonly RegExp[] = [
  /^\x1b\[[?>][\d;]*c$/, // DA1, DA2
  /^\x1b\[\d+n$/, // DSR
  /^\x1b\[\?[\d;]+n$/, // DSR of DEC, theme
  /^\x1b\[\?\d+;\d+(?:;\d+)?R$/, // DECXCPR
  /^\x1b\[\??\d+;\d+\$y$/, // DECRPM
  /^\x1b\[\?\d+u$/, // kitty keyboard
  /^\x1b\[>\d+;\d+m$/, // XTQMODKEYS
  /^\x1b\[\d+(?:;\d+){1,2}t$/, // XTWINOPS
  /^\x1b\[[23];[\d;]+x$/, // DECREPTPARM
  /^\x1b\[\?\d+;\d+;[\d;]*S$/, // XTSMGRAPHICS
  // Keyboards send no strings: DA3, XTVERSION, DECRPSS, XTGETTCAP, colours, clipboard, kitty graphics …
  /^\x1b[P\]_][^]*(?:\x07|\x1b\\)$/,
]

/** Answer to CSI 6 n, but also F3 with a modifier in row 1: only what was asked before tells. */
const CURSOR_REPORT = /^\x1b\[\d+;\d+R$/
const CURSOR_QUERY = /^\x1b\[6n$/

export function isQuery(sequence: string): boolean {
  return QUERIES.some((pattern) => pattern.test(sequence))
}

export function isCursorQuery(sequence: string): boolean {
  return CURSOR_QUERY.test(sequence)
}

/** Leaves the cursor report out, which needs more than a look. */
export function isAnswer(sequence: string): boolean {
  return ANSWERS.some((pattern) => pattern.test(sequence))
}

export function isCursorReport(sequence: string): boolean {
  return CURSOR_REPORT.test(sequence)
}
