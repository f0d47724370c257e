// Owns what people are told of a disk that takes nothing: no paths, since guests read it, too.

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'The directory of the logs may not be written to.',
  EDQUOT: 'The disk quota is used up.',
  EIO: 'The disk reports a fault.',
  EMFILE: 'Too many files are open.',
  ENFILE: 'Too many files are open on this machine.',
  ENOENT: 'The directory of the log is gone.',
  ENOSPC: 'The disk is full.',
  EROFS: 'The disk is read-only.',
}

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  return REASONS[code ?? ''] ?? `Writing failed: ${code ?? 'unknown fault'}.`
}
