import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeMessage, encodeResult, PROTOCOL_VERSION, RIGHTS } from '@limpet/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectToHost, processStart, SocketChannel, writeHostFile } from '../src/index.ts'

describe('connectToHost', () => {
  let folder: string
  let server: Server
  let connections: number
  /** How many connections are taken and ended at once, as by a host that is just leaving. */
  let ended: number

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'limpet-connect-'))
    connections = 0
    ended = 0
    server = createServer({ allowHalfOpen: true }, (socket) => {
      if (++connections <= ended) {
        socket.destroy()
        return
      }
      const channel = new SocketChannel(socket)
      channel.setHandlers({
        handleText(text) {
          const message = decodeMessage(text)
          const result = { protocol: PROTOCOL_VERSION, build: 'test', pid: process.pid }
          if (message.kind === 'request')
            channel.sendText(encodeResult(message.id, 'link.hello', result))
        },
        handleBinary() {},
        handleClosed() {},
      })
    })
    const socket = join(folder, 'socket')
    server.listen(socket)
    await once(server, 'listening')
    const started = { processStart: processStart(process.pid) ?? 'unknown', startedAt: 1 }
    const spoken = { protocol: PROTOCOL_VERSION, build: 'test' }
    await writeHostFile(folder, { socket, pid: process.pid, ...started, ...spoken })
  })
  afterEach(async () => {
    server.close()
    await once(server, 'close')
    await rm(folder, { recursive: true })
  })

  it('looks again when the host that took the connection was just leaving', async () => {
    ended = 2
    const location = { stateDirectory: folder, runtimeDirectory: folder }
    const hello = { build: 'test', principal: 'test', rights: RIGHTS }
    const link = await connectToHost({ location, ...hello })
    link.channel.close()
    expect(connections).toBe(3)
    expect(link.host).toEqual({ protocol: PROTOCOL_VERSION, build: 'test', pid: process.pid })
  })
})
