// The browser's side without a browser: `ws` has the same face, fetch is Node's. The page's own end-to-end tests
// run it in Chromium.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { NATIVE_SUBPROTOCOL } from '@limpet/protocol'
import { build, defaultClientConditions } from 'vite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { dialWebSocket } from '../../src/platform/browser.ts'
import { Limpet, systemRuntime, WebSocketChannel } from '../../src/index.ts'
import { FakeHost } from '../support/fake-host.ts'

/** An 'error' event that nobody listens to is nothing in a browser, and an exception in Node. */
class BrowserWebSocket extends WebSocket {
  constructor(url: URL, protocols: string[]) {
    super(url, protocols)
    this.on('error', () => {})
  }
}

describe('the WebSocket of a browser', () => {
  let host: FakeHost
  let server: Server
  let sockets: WebSocketServer
  let upgrades: IncomingMessage[]
  let plain: IncomingMessage[]
  /** Set: upgrades and plain requests are answered with this status. */
  let status: number | undefined
  let dial: (token?: string) => Promise<Limpet>

  beforeEach(async () => {
    vi.stubGlobal('WebSocket', BrowserWebSocket)
    host = new FakeHost()
    upgrades = []
    plain = []
    status = undefined
    sockets = new WebSocketServer({ noServer: true, handleProtocols: () => NATIVE_SUBPROTOCOL })
    server = createServer((request, response) => {
      plain.push(request)
      response.statusCode = status ?? 426
      response.end()
    })
    server.on('upgrade', (request, socket, head) => {
      upgrades.push(request)
      if (status !== undefined) socket.end(`HTTP/1.1 ${status} x\r\n\r\n`)
      else {
        sockets.handleUpgrade(request, socket, head, (webSocket) => {
          host.accept(new WebSocketChannel(webSocket, systemRuntime()))
        })
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // a TCP server's address is no path
    const url = new URL(`ws://127.0.0.1:${port}/base/ws`)
    dial = (token) =>
      Limpet.over(() => dialWebSocket({ url, token }, systemRuntime()), {
        peer: 'gateway',
        framesStay: true,
        reconnect: false,
      })
  })

  afterEach(async () => {
    vi.unstubAllGlobals()
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  it('offers limpet.v1 alone when a cookie logs it in', async () => {
    await using limpet = await dial()
    const session = await limpet.open('shell')
    host.sessions.get(session.id)?.exit({ code: 3 })
    expect(await session.exited).toMatchObject({ code: 3 })
    expect(upgrades[0]?.headers['sec-websocket-protocol']).toBe(NATIVE_SUBPROTOCOL)
    expect(plain).toEqual([])
  })

  it('offers a token beside it, never in the address', async () => {
    await using limpet = await dial('s3cret_-')
    await limpet.ping()
    expect(upgrades[0]?.headers['sec-websocket-protocol']).toBe('limpet.v1,bearer.s3cret_-')
    expect(upgrades[0]?.url).toBe('/base/ws')
  })

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [421, 'HOST_NAME_REFUSED'],
    [503, 'HOST_UNREACHABLE'],
    [426, 'CONNECTION_LOST'],
    [500, 'CONNECTION_LOST'],
  ])('asks plainly why a handshake failed: %i is %s', async (answered, code) => {
    status = answered
    await expect(dial('secret')).rejects.toMatchObject({ code })
    expect(plain.length).toBeGreaterThan(0) // fetch itself asks again after 421
    expect([plain[0]?.method, plain[0]?.url]).toEqual(['GET', '/base/ws'])
    expect(plain[0]?.headers.authorization).toBe('Bearer secret')
  })

  it('says that nobody is there when not even the question gets through', async () => {
    server.close()
    await expect(dial()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
})

describe('the SDK bundled for a browser', () => {
  it('holds nothing of Node, and is small', async () => {
    const bundle = await build({
      configFile: false,
      logLevel: 'silent',
      resolve: { conditions: ['@limpet/source', ...defaultClientConditions] },
      build: {
        write: false,
        minify: true,
        lib: {
          entry: fileURLToPath(new URL('../../src/index.ts', import.meta.url)),
          formats: ['iife'], // minified wholly, unlike modules
          name: 'limpet',
        },
      },
    })
    const [first] = Array.isArray(bundle) ? bundle : [bundle]
    const [chunk] = first && 'output' in first ? first.output : []
    const modules = Object.keys(chunk?.modules ?? {})
    expect(modules.some((path) => path.endsWith('platform/browser.ts'))).toBe(true)
    expect(modules.filter((path) => /node_modules|platform\/node|\0/.test(path))).toEqual([])
    expect(chunk?.imports).toEqual([])
    // As it travels: a page may have 250 kB in all, and the SDK is a tenth of that.
    expect(gzipSync(chunk?.code ?? '').length).toBeLessThan(24_000)
  }, 30_000)
})
