import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_FRAME_BYTES } from '@limpet/protocol'
import { describeChannelContract, type ChannelPair } from '@limpet/testkit'
import { FRAME_HEADER_BYTES, STREAM_FRAME } from '../src/frame-splitter.ts'
import { LinkMemory, SocketChannel } from '../src/index.ts'

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
    ...endsOf({ folder, server, near, far }),
  }
}

interface Dialled {
  readonly accepted: SocketChannel
  readonly dialled: SocketChannel
  readonly socket: Socket
  readonly ends: Omit<ChannelPair, 'left' | 'right'>
}

/** One end reads as those of a gateway do: all into one buffer. */
async function dial(): Promise<Dialled> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-channel-'))
  const server = createServer({ allowHalfOpen: true })
  server.listen(join(folder, 'socket'))
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const dialled = await SocketChannel.dial(join(folder, 'socket'), new LinkMemory())
  if (dialled === undefined) throw new Error('nobody listens')
  const [socket] = (await accepted) as [Socket] // the event's first argument
  const ends = endsOf({ folder, server, near: socket, far: socket })
  return { accepted: new SocketChannel(socket), dialled, socket, ends }
}

async function makeDialledPair(): Promise<ChannelPair> {
  const { accepted, dialled, ends } = await dial()
  return { left: dialled, right: accepted, ...ends }
}

async function makeTurnedPair(): Promise<ChannelPair> {
  const { accepted, dialled, socket, ends } = await dial()
  // As if it had come from the other end, whose socket nobody reaches.
  const sendOversizedToLeft = (): void => void socket.push(oversizedHeader())
  return { left: accepted, right: dialled, ...ends, sendOversizedToLeft }
}

interface Ends {
  readonly folder: string
  readonly server: Server
  readonly near: Socket
  readonly far: Socket
}

function endsOf({ folder, server, near, far }: Ends): Omit<ChannelPair, 'left' | 'right'> {
  return {
    sendOversizedToLeft: () => void far.write(oversizedHeader()),
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

function oversizedHeader(): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES)
  header.writeUInt32BE(MAX_FRAME_BYTES + 1)
  header[4] = STREAM_FRAME.binary
  return header
}

describeChannelContract('Unix socket', makePair)
describeChannelContract('Unix socket that was dialled', makeDialledPair)
describeChannelContract('Unix socket that dialled', makeTurnedPair)
