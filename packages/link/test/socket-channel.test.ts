import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_FRAME_BYTES } from '@limpet/protocol'
import { describeChannelContract, type ChannelPair } from '@limpet/testkit'
import { FRAME_HEADER_BYTES, STREAM_FRAME } from '../src/frame-splitter.ts'
import { SocketChannel } from '../src/index.ts'

async function makePair(): Promise<ChannelPair> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-channel-'))
  const server = createServer({ allowHalfOpen: true })
  server.listen(join(folder, 'socket'))
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const near = connect({ path: join(folder, 'socket'), allowHalfOpen: true })
  await once(near, 'connect')
  const [far] = (await accepted) as [Socket] // the event's first argument
  return {
    left: new SocketChannel(near),
    right: new SocketChannel(far),
    sendOversizedToLeft() {
      const header = Buffer.alloc(FRAME_HEADER_BYTES)
      header.writeUInt32BE(MAX_FRAME_BYTES + 1)
      header[4] = STREAM_FRAME.binary
      far.write(header)
    },
    cut() {
      near.destroy()
      far.destroy()
    },
    async [Symbol.asyncDispose]() {
      near.destroy()
      far.destroy()
      server.close()
      await once(server, 'close')
      await rm(folder, { recursive: true })
    },
  }
}

describeChannelContract('Unix socket', makePair)
