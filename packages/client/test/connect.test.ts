import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_FRAME_BYTES, NATIVE_SUBPROTOCOL } from '@limpet/protocol'
import { waitFor, within } from '@limpet/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { connect, connectInBackground, systemRuntime, WebSocketChannel } from '../src/index.ts'
import { FakeHost } from './support/fake-host.ts'
import { ManualRuntime, settled } from './support/manual-runtime.ts'

describe('connect, in Node', () => {
  let host: FakeHost
  let server: Server
  let sockets: WebSocketServer
  let seen: IncomingMessage[]
  /** Set: upgrades are answered with this status and body. */
  let refusal: { status: number; body: string } | undefined
  let port: number

  beforeEach(async () => {
    host = new FakeHost()
    seen = []
    refusal = undefined
    server = createServer()
    sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: true,
      handleProtocols: () => NATIVE_SUBPROTOCOL,
    })
    server.on('upgrade', (request, socket, head) => {
      seen.push(request)
      if (refusal) {
        const { status, body } = refusal
        socket.end(`HTTP/1.1 ${status} x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
        return
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        host.accept(new WebSocketChannel(webSocket, systemRuntime()))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port // a TCP server's address is no path
  })

  afterEach(async () => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  it('speaks limpet.v1 at ws below the address, with the token in a header, uncompressed', async () => {
    await using limpet = await connect(`http://127.0.0.1:${port}/base`, { token: 'secret' })
    expect(limpet.state).toBe('connected')
    expect(limpet.rights).toEqual(['view', 'type'])
    const [request] = seen
    expect(request?.url).toBe('/base/ws')
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'sec-websocket-protocol': NATIVE_SUBPROTOCOL,
    })
    expect(request?.headers['sec-websocket-extensions']).toBeUndefined()
  })

  it.each([
    ['ws://127.0.0.1:PORT', '/ws'],
    ['http://127.0.0.1:PORT/', '/ws'],
    ['http://127.0.0.1:PORT/a/b/?x=1#token=never', '/a/b/ws'],
  ])('takes %s for an address', async (address, path) => {
    await using limpet = await connect(address.replace('PORT', `${port}`))
    await limpet.ping()
    expect(seen.map(({ url }) => url)).toEqual([path])
    expect(seen[0]?.headers.authorization).toBeUndefined()
  })

  it('takes the token of a printed link, and never sends it in the address', async () => {
    await using limpet = await connect(`http://127.0.0.1:${port}/#t=from-the-link`)
    await limpet.ping()
    expect(seen[0]?.url).toBe('/ws')
    expect(seen[0]?.headers.authorization).toBe('Bearer from-the-link')
  })

  it('knows that names under .localhost are this machine', async () => {
    await using limpet = await connect(`http://limpet-0badcafe.localhost:${port}`)
    await limpet.ping()
    expect(seen[0]?.headers.host).toBe(`limpet-0badcafe.localhost:${port}`)
  })

  it.each(['nonsense', 'ftp://127.0.0.1', ''])('refuses "%s" as an address', (address) => {
    const refused = expect.objectContaining({ code: 'PARAMETERS_INVALID' }) as unknown
    expect(() => connectInBackground(address)).toThrow(refused)
  })

  it('says what the gateway refused the handshake with', async () => {
    const body = JSON.stringify({
      error: { code: 'ORIGIN_REFUSED', message: 'Not from there.', details: { origin: 'x' } },
    })
    refusal = { status: 403, body }
    await expect(connect(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'ORIGIN_REFUSED',
      message: expect.stringContaining('Not from there.') as string,
      details: { status: 403, origin: 'x' },
    })
  })

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [421, 'HOST_NAME_REFUSED'],
    [404, 'CONNECTION_LOST'],
    [502, 'CONNECTION_LOST'],
    [503, 'HOST_UNREACHABLE'],
  ])('takes status %i without a body of ours for %s', async (status, code) => {
    refusal = { status, body: '<h1>proxy</h1>' }
    await expect(connect(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code })
  })

  it('does not try again with a token that is wrong', async () => {
    refusal = { status: 401, body: '' }
    const runtime = new ManualRuntime()
    const limpet = connectInBackground(`http://127.0.0.1:${port}`, { token: 'wrong', runtime })
    await expect(limpet.ready()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect([limpet.state, seen.length, runtime.pendingMs]).toEqual(['closed', 1, []])
  })

  it('tries again in the background while nobody is there, and comes when somebody is', async () => {
    refusal = { status: 503, body: '' }
    await using limpet = connectInBackground(`http://127.0.0.1:${port}`)
    await waitFor('a second try', () => seen.length >= 2)
    refusal = undefined
    await within('the connection', limpet.ready())
    expect(limpet.state).toBe('connected')
  })

  it('fails at once when nobody listens, and says where', async () => {
    server.close()
    const refused = connect(`http://127.0.0.1:${port}`)
    await expect(refused).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  it('refuses a server that speaks something else', async () => {
    sockets.options.handleProtocols = () => false
    await expect(connect(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    })
  })

  it('comes back over real sockets when the server hangs up', async () => {
    await using limpet = await connect(`http://127.0.0.1:${port}`)
    const session = await limpet.open('shell')
    const far = host.sessions.get(session.id)
    far?.print('before ')
    for (const socket of sockets.clients) socket.terminate()
    for (const webSocket of host.connections) webSocket.cut()
    await within(
      'the session',
      new Promise<void>((resolve) => {
        session.onStateChange((state) => {
          if (state === 'attached') resolve()
        })
      }),
    )
    far?.print('after')
    far?.exit()
    let text = ''
    for await (const record of session.output) {
      if (record.type === 'output') text += new TextDecoder().decode(record.bytes)
    }
    expect(text).toBe('before after')
  })

  it('hangs up on a frame above the limit', async () => {
    await using limpet = await connect(`http://127.0.0.1:${port}`, { reconnect: false })
    const closed = new Promise((resolve) => void limpet.onStateChange(resolve))
    for (const socket of sockets.clients) socket.send(new Uint8Array(MAX_FRAME_BYTES + 1))
    await within('the end', closed)
    expect(limpet.connection).toMatchObject({ state: 'closed', error: { code: 'FRAME_TOO_LARGE' } })
    await settled()
  })
})
