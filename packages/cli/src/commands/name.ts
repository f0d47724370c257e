// Owns `limpet name`: what people call a session.

import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { findSession } from '../find-session.ts'
import { connectTo, type TargetOptions } from '../target.ts'

export interface NameOptions extends TargetOptions {
  readonly session: string
  /** Empty: it has none any more. */
  readonly name: string
}

export async function name(options: NameOptions): Promise<number> {
  await using limpet = await connectTo(options, { startHost: false, build: readVersion() })
  const { id } = findSession(await limpet.sessions(), options.session)
  await limpet.request('session.rename', { session: id, name: options.name })
  return EXIT.ok
}
