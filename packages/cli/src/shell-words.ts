// Owns showing an argv as the command line that a shell would read it from.

/** @returns such as `grep -r 'two words' .` */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ')
}

function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}
