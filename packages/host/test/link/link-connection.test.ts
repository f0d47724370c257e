import {
  attachmentId,
  clientIdFrom,
  encodeInputFrame,
  inputSequence,
  PROTOCOL_VERSION,
  RIGHTS,
  type LaunchPlan,
  type Right,
} from '@limpet/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Logger } from '../../src/base/logger.ts'
import { LinkConnection } from '../../src/link/link-connection.ts'
import { Requests } from '../../src/link/index.ts'
import type { ProcessHandlers, RunningProcess } from '../../src/process/index.ts'
import { Sessions, type Session } from '../../src/session/index.ts'
import { ManualClock } from '../session/fixtures.ts'
import { nullDisk } from '../log/fixtures.ts'
import { HandChannel } from './hand-channel.ts'

/** Whatever has become possible has happened by then. */
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

const plan: LaunchPlan = {
  program: 'test',
  argv: ['cat'],
  title: 'cat',
  cwd: '/',
  environment: {},
  stdin: 'pipe',
  lifetime: 'kept',
  onEnd: 'leave',
}
/** A fault of the host itself is none that a test expects. */
const logger: Logger = {
  log() {},
  fault(_event, error) {
    throw error
  },
}

describe('LinkConnection', () => {
  const clock = new ManualClock()
  let sessions: Sessions
  let requests: Requests
  let outputs: ProcessHandlers[]
  let written: Uint8Array[]

  beforeEach(() => {
    outputs = []
    written = []
    sessions = new Sessions({
      disk: nullDisk(),
      clock,
      logger,
      launch: async (_id, _plan, handlers) => {
        outputs.push(handlers)
        const process: Partial<RunningProcess> = {
          pid: 1,
          write: (bytes) => void written.push(bytes),
          pauseOutput() {},
          resumeOutput() {},
        }
        return process as RunningProcess // what the sessions use of it
      },
      handleIdle: () => {},
    })
    const file = { socket: '/', pid: 1, processStart: '', startedAt: 1, protocol: 1, build: 'test' }
    requests = new Requests({ sessions, clock, file, stopHost: () => {} })
  })

  async function connect(rights: readonly Right[] = RIGHTS): Promise<HandChannel> {
    const channel = new HandChannel()
    const link = new LinkConnection({
      channel,
      requests,
      logger,
      handleClosed: (link) => requests.handleLinkClosed(link),
    })
    const hello = { protocol: PROTOCOL_VERSION, build: 'test', principal: 'test', rights }
    channel.ask(0, 'link.hello', hello)
    expect(link.isAdmitted).toBe(true)
    await nextTurn()
    channel.sent.length = 0
    return channel
  }

  const view = (attachment: number, client: number) => ({
    attachment: attachmentId(attachment),
    client: clientIdFrom(new Uint8Array(16).fill(client)),
  })
  const attach = ({ id }: Session, attachment: number, client: number) => ({
    session: id,
    from: 'start',
    view: view(attachment, client),
  })

  it('sends nothing more of an attachment that was superseded in the same turn [ATTACH-3]', async () => {
    const session = await sessions.open(plan, undefined)
    outputs[0]?.onOutput('stdout', Buffer.from('output'))
    const channel = await connect()
    channel.ask(1, 'session.attach', attach(session, 1, 9))
    channel.ask(2, 'session.attach', attach(session, 2, 9))
    await nextTurn()
    const told = channel.sent.map((message) => message['id'] ?? message['method'] ?? message)
    expect(told).toEqual([1, { data: 1 }, 'session.detached', 2, { data: 2 }])
  })

  it('gives the process bytes of its own: the frame is only lent', async () => {
    const session = await sessions.open(plan, undefined)
    const channel = await connect()
    channel.ask(1, 'session.attach', attach(session, 1, 1))
    await nextTurn()
    const frame = Buffer.from(
      encodeInputFrame({
        attachment: attachmentId(1),
        sequence: inputSequence(1),
        bytes: Buffer.from('typed'),
        isAnswer: false,
        isLast: false,
      }),
    )
    channel.handlers?.handleBinary(frame)
    frame.fill(0)
    expect(Buffer.from(written[0] ?? []).toString()).toBe('typed')
  })

  it('lets every viewer have its turn when the socket drains, also beside a flood [FLOW-2]', async () => {
    const flood = await sessions.open(plan, undefined)
    const quiet = await sessions.open(plan, undefined)
    const block = new Uint8Array(64 * 1024)
    for (let at = 0; at < 64; at++) outputs[0]?.onOutput('stdout', block)
    const channel = await connect()
    const wide = { ...attach(flood, 1, 1), view: { ...view(1, 1), windowBytes: 8 * 1024 * 1024 } }
    channel.ask(1, 'session.attach', wide)
    channel.ask(2, 'session.attach', attach(quiet, 2, 2))
    await nextTurn()
    outputs[1]?.onOutput('stdout', Buffer.from('echo'))
    const isTold = (): boolean => channel.sent.some((message) => message['data'] === 2)
    expect(isTold()).toBe(false)
    channel.drain()
    channel.drain()
    expect(isTold()).toBe(true)
  })

  it('shows nothing of a session to a link that may open but not view [CTRL-6]', async () => {
    const channel = await connect(['open'])
    channel.ask(1, 'session.open', { plan, view: view(1, 1) })
    await nextTurn()
    expect(channel.sent).toMatchObject([
      { id: 1, error: { data: { code: 'FORBIDDEN', details: { right: 'view' } } } },
    ])
    expect(sessions.runningCount).toBe(0)
    channel.ask(2, 'session.open', { plan })
    await nextTurn()
    expect(channel.sent[1]).toMatchObject({ id: 2, result: { session: { state: 'running' } } })
  })

  it('leaves no viewer and no watcher behind when it is closed', async () => {
    const session = await sessions.open(plan, undefined)
    const channel = await connect()
    channel.ask(1, 'session.list', { watch: true })
    channel.ask(2, 'session.attach', attach(session, 1, 1))
    await nextTurn()
    channel.close(1006)
    const before = channel.sent.length
    outputs[0]?.onOutput('stdout', Buffer.from('unseen'))
    session.rename('unseen')
    expect(session.info.viewers).toBe(0)
    expect(channel.sent).toHaveLength(before)
  })
})
