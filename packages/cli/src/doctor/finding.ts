// Owns what one check of `limpet doctor` found.

/** ok: fine. warn: something will be missing. fail: Limpet cannot work. */
export type FindingLevel = 'ok' | 'warn' | 'fail'

export interface Finding {
  readonly check: string
  readonly level: FindingLevel
  /** What was found. */
  readonly message: string
  /** What to do about it; for ok never present. */
  readonly next?: string
}
