// Who may do what, walked over the whole table of methods: a link has the rights of its hello and no others.

import { METHODS, RIGHTS, type MethodName, type MethodParams, type Right } from '@limpet/protocol'
import { startHost, type HostFixture } from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** What a host answers once the hello is said. */
type HostMethod = Exclude<
  { [M in MethodName]: (typeof METHODS)[M]['servedBy'] extends 'gateway' ? never : M }[MethodName],
  'link.hello'
>

describe('rights', () => {
  let host: HostFixture
  let session: MethodParams<'session.kill'>['session']

  beforeAll(async () => {
    host = await startHost()
    using link = await host.link()
    const plan = host.plan(['cat'], { terminal: { columns: 80, rows: 24 } })
    session = (await link.request('session.open', { plan })).session.id
  })

  afterAll(() => host[Symbol.asyncDispose]())

  /** Parameters that would be taken: what refuses must be the right alone. A new method must be added here. */
  function params(): { readonly [M in HostMethod]: MethodParams<M> } {
    const { attachment } = host.view(1)
    return {
      'link.ping': {},
      'host.status': {},
      'host.stop': {},
      'session.open': { plan: host.plan(['true'], { lifetime: 'client' }) },
      'session.list': { watch: true },
      'session.attach': { session, from: 'start', view: host.view(2) },
      'session.detach': { attachment },
      'session.resize': { attachment, columns: 100, rows: 30 },
      'session.signal': { session, signal: 'SIGWINCH' },
      'session.kill': { session, force: true },
      'session.rename': { session, name: 'renamed' },
      'session.configure': { session, labels: {} },
      'session.control': { attachment, viewer: null },
      'session.see': { session, outputAt: 1 },
      'session.remove': { session },
    }
  }

  const methods = Object.keys(METHODS).filter(
    (name) => METHODS[name as MethodName].right !== 'none', // a key of the table
  ) as HostMethod[]

  test.each(methods.filter((name) => METHODS[name].servedBy !== ('gateway' as string)))(
    '%s is refused to a link with every right but the one it needs',
    async (method) => {
      const needed = METHODS[method].right
      using link = await host.link(RIGHTS.filter((right) => right !== needed))
      expect(await link.refusal(method, params()[method])).toMatchObject({
        code: 'FORBIDDEN',
        details: { method, right: needed },
      })
    },
  )

  test('a link that may only view is refused everything else', async () => {
    using link = await host.link(['view'])
    const outcomes: Record<string, string> = {}
    for (const method of methods) {
      const answer = await link.ask(method, params()[method])
      outcomes[method] = answer.kind === 'error' ? answer.error.code : 'allowed'
    }
    expect(outcomes).toEqual({
      'host.status': 'allowed',
      'host.stop': 'FORBIDDEN',
      'program.start': 'METHOD_NOT_FOUND',
      'session.open': 'FORBIDDEN',
      'session.list': 'allowed',
      'session.attach': 'allowed',
      // Allowed, but this link has no such attachment.
      'session.detach': 'ATTACHMENT_NOT_FOUND',
      'session.resize': 'FORBIDDEN',
      'session.signal': 'FORBIDDEN',
      'session.kill': 'FORBIDDEN',
      'session.configure': 'FORBIDDEN',
      'session.control': 'FORBIDDEN',
      'session.see': 'allowed',
      'share.create': 'METHOD_NOT_FOUND',
      'share.list': 'METHOD_NOT_FOUND',
      'share.revoke': 'METHOD_NOT_FOUND',
      'session.rename': 'FORBIDDEN',
      'session.remove': 'FORBIDDEN',
    })
  })

  test('a link without any right may only ping', async () => {
    using link = await host.link([])
    expect(await link.request('link.ping', {})).toEqual({})
    for (const method of methods) {
      const { code } = await link.refusal(method, params()[method])
      expect([method, code]).toEqual([
        method,
        METHODS[method].servedBy === ('gateway' as string) ? 'METHOD_NOT_FOUND' : 'FORBIDDEN',
      ])
    }
  })

  test('input of a link that may not type never reaches the process', async () => {
    using owner = await host.link()
    using viewer = await host.link(['view'])
    const plan = host.plan(['cat'], { lifetime: 'client' })
    const opened = await owner.request('session.open', { plan, view: host.view(1) })
    await viewer.request('session.attach', {
      session: opened.session.id,
      from: 'start',
      view: host.view(1),
    })
    viewer.input({ attachment: 1, sequence: 1, bytes: 'from the viewer\n' })
    viewer.input({ attachment: 1, sequence: 1, bytes: 'an answer', isAnswer: true })
    viewer.input({ attachment: 1, sequence: 1, bytes: '', isLast: true })
    await viewer.until(
      'three refusals',
      () => viewer.notifications.filter(({ method }) => method === 'input.refused').length === 3,
    )
    expect(viewer.notifications.map(({ params }) => params['code'])).toEqual(
      Array(3).fill('FORBIDDEN'),
    )
    owner.input({ attachment: 1, sequence: 1, bytes: 'from the owner\n' })
    await owner.until('the echo', () => owner.outputOf(1).endsWith('owner\n'))
    expect(owner.outputOf(1)).toBe('from the owner\n')
  })

  test('a viewer who may not type cannot become the one who answers', async () => {
    using viewer = await host.link(['view' satisfies Right])
    const attached = await viewer.request('session.attach', {
      session,
      from: 'start',
      view: host.view(1, { answers: true }),
    })
    expect(attached.responder).toBe('host')
  })
})
