// Owns a session with both its ends, and its output as text: what tests of sessions begin and end with.

import type { OutputRecord, Session } from '../../src/index.ts'
import type { Connected } from './connected.ts'
import type { FakeSession } from './fake-session.ts'

export async function opened(context: Connected): Promise<{ session: Session; far: FakeSession }> {
  const session = await context.limpet.open('shell')
  const far = context.host.sessions.get(session.id)
  if (far === undefined) throw new Error('the fake host lost it')
  return { session, far }
}

/** Everything that can be read, as text, with facts in brackets. */
export async function read(session: Session): Promise<string> {
  let text = ''
  for await (const record of session.output) text += shown(record)
  return text
}

export function shown(record: OutputRecord): string {
  if (record.type === 'output') return new TextDecoder().decode(record.bytes)
  if (record.type === 'checkpoint') {
    return `[screen: ${new TextDecoder().decode(record.checkpoint.bytes)}]`
  }
  return record.type === 'gap' ? `[gap ${record.gap.from}–${record.gap.to}]` : `[${record.type}]`
}
