import {
  attachmentId,
  clientIdFrom,
  isErrorCode,
  METHODS,
  sessionIdFrom,
  type MethodName,
  type SessionId,
} from '@limpet/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../src/session/index.ts'
import { terminalPlan } from '../session/session-bench.ts'
import { LinkBench, nextTurn } from './bench.ts'
import type { HandChannel } from './hand-channel.ts'

const view = (attachment: number) => ({
  attachment: attachmentId(attachment),
  client: clientIdFrom(new Uint8Array(16).fill(attachment)),
})

/** Parameters that each method of a host takes, and what a share with every right gets for its own session. */
const METHODS_TRIED: Partial<
  Record<MethodName, { params: (session: SessionId) => object; own: 'answered' | 'FORBIDDEN' }>
> = {
  'link.ping': { params: () => ({}), own: 'answered' },
  'host.status': { params: () => ({}), own: 'FORBIDDEN' },
  'host.stop': { params: () => ({}), own: 'FORBIDDEN' },
  'session.open': { params: () => ({ plan: terminalPlan }), own: 'FORBIDDEN' },
  'session.list': { params: () => ({ watch: true }), own: 'answered' },
  'session.attach': {
    params: (session) => ({ session, view: view(9), from: 'start' }),
    own: 'answered',
  },
  'session.resize': { params: () => ({ attachment: 1, columns: 9, rows: 9 }), own: 'answered' },
  'session.control': { params: () => ({ attachment: 1, viewer: null }), own: 'answered' },
  'session.signal': { params: (session) => ({ session, signal: 'SIGINT' }), own: 'answered' },
  'session.rename': { params: (session) => ({ session, name: 'x' }), own: 'FORBIDDEN' },
  'session.configure': { params: (session) => ({ session, labels: {} }), own: 'FORBIDDEN' },
  'session.see': { params: (session) => ({ session, outputAt: 1 }), own: 'answered' },
  'session.remove': { params: (session) => ({ session }), own: 'FORBIDDEN' },
  'session.detach': { params: () => ({ attachment: 1 }), own: 'answered' },
  'session.kill': { params: (session) => ({ session }), own: 'answered' },
}

describe('a link that came by a share [CTRL-10]', () => {
  let bench: LinkBench
  let own: Session
  let other: Session
  let share: HandChannel

  beforeEach(async () => {
    bench = new LinkBench()
    own = await bench.open(terminalPlan)
    other = await bench.open(terminalPlan)
    share = await bench.connect({ session: own.id, principal: 'share:1' })
  })

  async function ask(method: string, params: object): Promise<string> {
    share.ask(1, method, params)
    await nextTurn()
    const answer = share.sent.find((message) => message['id'] === 1)
    share.sent.length = 0
    if (answer === undefined) throw new Error(`${method} was not answered`)
    const { error } = answer as { error?: { data: { code: string } } }
    const code = error?.data.code
    if (code !== undefined && !isErrorCode(code)) throw new Error(`unknown code ${code}`)
    return code ?? 'answered'
  }

  const hosts = Object.entries(METHODS).flatMap(([name, { servedBy }]) =>
    servedBy === 'gateway' || name === 'link.hello' ? [] : [name],
  )

  it('is tried with every method that a host answers', () => {
    expect(Object.keys(METHODS_TRIED).toSorted()).toEqual(hosts.toSorted())
  })

  it.each(Object.entries(METHODS_TRIED))(
    '%s: has its own session, no other',
    async (method, row) => {
      await ask('session.attach', { session: own.id, view: view(1), from: 'start' })
      const namesSession = 'session' in row.params(own.id)
      const nowhere = sessionIdFrom(new Uint8Array(16).fill(7))
      for (const id of namesSession ? [other.id, nowhere] : []) {
        expect(await ask(method, row.params(id))).toBe('SESSION_NOT_FOUND')
      }
      expect(await ask(method, row.params(own.id))).toBe(row.own)
      expect([other.hasEnded, other.info.viewers, other.name]).toEqual([false, 0, undefined])
      expect(bench.sessions.runningCount).toBe(method === 'session.kill' ? 1 : 2)
    },
  )

  it('may say whose size holds, which is no name', async () => {
    const params = { session: own.id, sizeRule: 'smallest' }
    expect(await ask('session.configure', params)).toBe('answered')
    expect(own.info.sizeRule).toBe('smallest')
  })

  it('lists its session alone, and is told of no other', async () => {
    share.ask(1, 'session.list', { watch: true })
    await nextTurn()
    expect(share.sent).toMatchObject([{ result: { sessions: [{ id: own.id }] } }])
    share.sent.length = 0
    other.rename('other')
    const third = await bench.open(terminalPlan)
    bench.outputs[1]?.onExit({ code: 0, signal: null, durationMs: 1 })
    bench.outputs[1]?.onOutputEnd()
    bench.sessions.remove(other)
    third.rename('third')
    expect(share.sent).toEqual([])
    own.rename('own')
    expect(share.sent).toMatchObject([{ method: 'session.changed' }])
  })

  it('lists nothing when its session is forgotten', async () => {
    bench.outputs[0]?.onExit({ code: 0, signal: null, durationMs: 1 })
    bench.outputs[0]?.onOutputEnd()
    bench.sessions.remove(own)
    share.ask(1, 'session.list', {})
    await nextTurn()
    expect(share.sent).toMatchObject([{ result: { sessions: [] } }])
  })

  it('cannot make the process wait without the right to type [FLOW-4]', async () => {
    share = await bench.connect({ session: own.id, rights: ['view'] })
    const lossless = { ...view(3), lossless: true }
    const params = { session: own.id, view: lossless, from: 'start' }
    expect(await ask('session.attach', params)).toBe('FORBIDDEN')
    expect(own.info.viewers).toBe(0)
  })
})
