// Owns the usual beginning of a test: a Limpet over a fake gateway, time standing still.

import { Limpet, type OverOptions } from '../../src/index.ts'
import { FakeHost } from './fake-host.ts'
import { ManualRuntime, settled } from './manual-runtime.ts'

export interface Connected extends AsyncDisposable {
  readonly host: FakeHost
  readonly runtime: ManualRuntime
  readonly limpet: Limpet
}

export async function connected(options: OverOptions = { peer: 'gateway' }): Promise<Connected> {
  const host = new FakeHost()
  const runtime = new ManualRuntime()
  const limpet = await Limpet.over(host.dial, { runtime, ...options })
  host.requests.length = 0
  return { host, runtime, limpet, [Symbol.asyncDispose]: () => limpet.close() }
}

/** The promise's fate so far: 'waits', 'done', a code of the registry, or what was thrown. */
export function fateOf(promise: Promise<unknown>): { now: string } {
  const fate = { now: 'waits' }
  promise.then(
    () => (fate.now = 'done'),
    (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? error.code : error
      fate.now = String(code)
    },
  )
  return fate
}

/** Cuts the newest connection, and lets the next one come. */
export async function reconnect({ host, runtime }: Connected): Promise<void> {
  host.connection.cut()
  await settled()
  await runtime.advance(10_000) // longer than the longest pause between tries
}
