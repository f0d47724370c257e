// Owns plain columns for people: as wide as their longest cell, the last one cut at the edge of the terminal.

const GUTTER = '  '

/**
 * @param rows cells; the first row is the head
 * @param widthColumns of the terminal; undefined when nobody's terminal is there: nothing is cut
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  widthColumns: number | undefined,
): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GUTTER)
      .trimEnd(),
  )
  return lines.map((line) => `${cut(line, widthColumns)}\n`).join('')
}

function cut(line: string, widthColumns: number | undefined): string {
  if (widthColumns === undefined || line.length <= widthColumns) return line
  return `${line.slice(0, Math.max(0, widthColumns - 1))}…`
}
