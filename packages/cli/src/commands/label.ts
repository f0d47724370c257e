// Owns `limpet label`: words about a session that people and programs find it by.

import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { findSession } from '../find-session.ts'
import { changeLabels, parseLabelChange } from '../labels.ts'
import { write } from '../output.ts'
import { printable } from '../printable.ts'
import { connectTo, type TargetOptions } from '../target.ts'

export interface LabelOptions extends TargetOptions {
  readonly session: string
  /** "key=value" or "key-"; none: the labels are printed. */
  readonly changes: readonly string[]
}

export async function label(options: LabelOptions): Promise<number> {
  const changes = options.changes.map(parseLabelChange)
  await using limpet = await connectTo(options, { startHost: false, build: readVersion() })
  const { id, labels = {} } = findSession(await limpet.sessions(), options.session)
  if (changes.length > 0) {
    await limpet.configure(id, { labels: changeLabels(labels, changes) })
    return EXIT.ok
  }
  const lines = Object.entries(labels).map(([key, value]) => `${key}=${printable(value)}\n`)
  await write(process.stdout, lines.toSorted().join(''))
  return EXIT.ok
}
