import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { within } from '@limpet/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FRAME_HEADER_BYTES, STREAM_FRAME } from '../src/frame-splitter.ts'
import { SocketChannel } from '../src/index.ts'

describe('the end of a SocketChannel', () => {
  let folder: string
  let server: Server
  let near: Socket
  let far: Socket

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'limpet-channel-'))
    server = createServer({ allowHalfOpen: true })
    server.listen(join(folder, 'socket'))
    await once(server, 'listening')
    const accepted = once(server, 'connection')
    near = connect({ path: join(folder, 'socket'), allowHalfOpen: true })
    await once(near, 'connect')
    ;[far] = (await accepted) as [Socket] // the event's first argument
  })
  afterEach(async () => {
    near.destroy()
    far.destroy()
    server.close()
    await once(server, 'close')
    await rm(folder, { recursive: true })
  })

  const watch = (channel: SocketChannel): number[] => {
    const codes: number[] = []
    channel.setHandlers({
      handleText() {},
      handleBinary() {},
      handleClosed: ({ code }) => codes.push(code),
    })
    return codes
  }

  it('is told once to handlers that were set between the cut and its event', async () => {
    const channel = new SocketChannel(near)
    const closed = once(near, 'close')
    near.destroy()
    const codes = watch(channel)
    await closed
    await new Promise((resolve) => setImmediate(resolve))
    expect(codes).toEqual([1006])
  })

  it('comes also when the peer says good-bye, then neither reads nor hangs up', async () => {
    const codes = watch(new SocketChannel(near))
    const goodbye = Buffer.alloc(FRAME_HEADER_BYTES + 2)
    goodbye.writeUInt32BE(2)
    goodbye[4] = STREAM_FRAME.close
    goodbye.writeUInt16BE(1000, FRAME_HEADER_BYTES)
    far.write(goodbye)
    await within('the end', once(near, 'close'), { deadlineMs: 5000 })
    expect(codes).toEqual([1000])
  })
})
