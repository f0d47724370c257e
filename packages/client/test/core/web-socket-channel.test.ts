import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { MAX_FRAME_BYTES } from '@limpet/protocol'
import { describeChannelContract, type ChannelPair } from '@limpet/testkit'
import { WebSocket, WebSocketServer } from 'ws'
import { systemRuntime, WebSocketChannel } from '../../src/index.ts'

const OPTIONS = { perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES } as const

/** A real client and a real server on loopback; `client` says which of them is `left`. */
async function makePair(client: 'left' | 'right'): Promise<ChannelPair> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...OPTIONS })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's address is no path
  const near = new WebSocket(`ws://127.0.0.1:${port}`, OPTIONS)
  const accepted = once(server, 'connection')
  await once(near, 'open')
  const [far] = (await accepted) as [WebSocket] // the event's first argument
  const runtime = systemRuntime()
  const [leftSocket, rightSocket] = client === 'left' ? [near, far] : [far, near]
  return {
    left: new WebSocketChannel(leftSocket, runtime),
    right: new WebSocketChannel(rightSocket, runtime),
    sendOversizedToLeft: () => rightSocket.send(new Uint8Array(MAX_FRAME_BYTES + 1)),
    cut() {
      near.terminate()
      far.terminate()
    },
    async [Symbol.asyncDispose]() {
      near.terminate()
      far.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

describeChannelContract('WebSocket, seen from the client', () => makePair('left'))
describeChannelContract('WebSocket, seen from the server', () => makePair('right'))
