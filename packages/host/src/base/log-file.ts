// Owns the size of `<state>/host.log`: the host lives for weeks, so when its log has become large, it becomes
// `host.log.1` (the one before is dropped) and a new one begins. Where standard error is no such file (a journal, a
// terminal, a pipe), whoever reads it keeps house himself.

import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs'

/** Largest `host.log`; with the one before it, twice this is the most that lies on disk. */
const MAX_LOG_FILE_BYTES: number = 4 * 1024 * 1024

const STANDARD_ERROR = 2

/** @returns writes a line: to the file when it is our standard error, else to standard error */
export function logFileWriter(
  path: string,
  limitBytes: number = MAX_LOG_FILE_BYTES,
  standardError: number = STANDARD_ERROR,
): (line: string) => void {
  let descriptor = standardError
  let bytes = sizeWhenSame(path, descriptor) ?? Number.NaN
  const rotate = (): void => {
    renameSync(path, `${path}.1`)
    const next = openSync(path, 'a', 0o600)
    if (descriptor !== standardError) closeSync(descriptor)
    descriptor = next
    bytes = 0
  }
  if (Number.isNaN(bytes)) return (line) => void process.stderr.write(line)
  return (line) => {
    try {
      if (bytes >= limitBytes) rotate()
      bytes += writeSync(descriptor, line)
    } catch {
      // A full disk must not end the host; there is nowhere else to say so.
    }
  }
}

/** @returns undefined when the descriptor is not the file at this path */
function sizeWhenSame(path: string, descriptor: number): number | undefined {
  try {
    const [named, open] = [statSync(path), fstatSync(descriptor)]
    return named.ino === open.ino && named.dev === open.dev ? open.size : undefined
  } catch {
    return undefined // no such file: standard error is something else
  }
}
