// Runs the channel contract on our end of a WebSocket; the other end is the SDK's.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { systemRuntime, WebSocketChannel as ClientChannel } from '@limpet/client'
import { MAX_FRAME_BYTES } from '@limpet/protocol'
import { ChannelRecorder, describeChannelContract, type ChannelPair } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { WebSocketChannel } from '../../src/web-socket/channel.ts'
import { FramePool } from '../../src/web-socket/frame-pool.ts'

const pool = new FramePool()

interface ServerPair extends ChannelPair {
  readonly left: WebSocketChannel
  readonly peer: WebSocket
}

/** `left` is the gateway's end. */
async function makePair(): Promise<ServerPair> {
  const server = createServer()
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES })
  const accepted = new Promise<{ channel: WebSocketChannel; socket: Duplex }>((resolve) => {
    server.once('upgrade', (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        resolve({ channel: new WebSocketChannel(webSocket, socket, pool), socket })
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has no other
  // Our end reads nothing before it has handlers, not even a goodbye: the peer does not wait for ever.
  const options = { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false, closeTimeout: 1000 }
  const peer = new WebSocket(`ws://127.0.0.1:${port}/`, options)
  const right = new ClientChannel(peer, systemRuntime())
  const [{ channel, socket }] = await Promise.all([accepted, once(peer, 'open')])
  return {
    left: channel,
    right,
    peer,
    sendOversizedToLeft: () => peer.send(new Uint8Array(MAX_FRAME_BYTES + 1)),
    cut: () => {
      socket.destroy()
      peer.terminate()
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
      peer.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

describeChannelContract('WebSocket of a client, at the gateway', makePair)

test('a client that asks without reading is cut off before its backlog passes 4 MiB by more than a frame', async () => {
  await using pair = await makePair()
  const seen = new ChannelRecorder()
  pair.left.setHandlers(seen)
  pair.peer.pause()
  const text = 'x'.repeat(MAX_FRAME_BYTES / 2)
  let mostBytes = 0
  for (let i = 0; i < 64; i += 1) {
    pair.left.sendText(text)
    mostBytes = Math.max(mostBytes, pair.left.bufferedBytes)
  }
  expect(mostBytes).toBeLessThan(4 * 1024 * 1024 + MAX_FRAME_BYTES)
  const closed = once(pair.peer, 'close')
  pair.peer.resume()
  expect((await closed)[0]).toBe(1008)
  await seen.untilClosed()
})

test('a reason that is too long for a close frame is cut between characters', async () => {
  await using pair = await makePair()
  const closed = once(pair.peer, 'close')
  pair.left.close(4400, '…'.repeat(100))
  const [code, reason] = (await closed) as [number, Buffer]
  expect([code, reason.toString()]).toEqual([4400, '…'.repeat(41)])
})

test('a client is alive while anything comes from it, and while nobody listens to it', async () => {
  await using pair = await makePair()
  const seen = new ChannelRecorder()
  pair.left.setHandlers(seen)
  expect(pair.left.checkAlive()).toBe(true)
  await once(pair.peer, 'ping')
  pair.right.sendText('hello')
  await seen.untilFrames(1)
  expect(pair.left.checkAlive()).toBe(true)
  expect(pair.left.checkAlive()).toBe(false)
  pair.left.pause()
  expect(pair.left.checkAlive()).toBe(true)
})
