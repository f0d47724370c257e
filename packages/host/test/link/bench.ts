// Links over hand-made sockets to real requests and real sessions, whose processes the test plays.

import { PROTOCOL_VERSION, RIGHTS, type LaunchPlan, type MethodParams } from '@limpet/protocol'
import type { Logger } from '../../src/base/logger.ts'
import { LinkConnection } from '../../src/link/link-connection.ts'
import { Requests } from '../../src/link/index.ts'
import type { ProcessHandlers, RunningProcess } from '../../src/process/index.ts'
import { Sessions, type Session } from '../../src/session/index.ts'
import { ManualClock } from '../session/fixtures.ts'
import { HandChannel } from './hand-channel.ts'
import { nullDisk } from '../log/fixtures.ts'

/** Whatever has become possible has happened by then. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** A fault of the host itself is none that a test expects. */
const logger: Logger = {
  log() {},
  fault(_event, error) {
    throw error
  },
}

export class LinkBench {
  readonly clock = new ManualClock()
  readonly outputs: ProcessHandlers[] = []
  readonly signals: string[] = []
  readonly sessions: Sessions
  readonly requests: Requests

  constructor() {
    this.sessions = new Sessions({
      disk: nullDisk(),
      clock: this.clock,
      logger,
      launch: async (_id, _plan, handlers) => {
        this.outputs.push(handlers)
        const process: Partial<RunningProcess> = {
          pid: 1,
          write: () => {},
          pauseOutput() {},
          resumeOutput() {},
          resize() {},
          signal: (name) => void this.signals.push(name),
          stop: () => {
            handlers.onExit({ code: 0, signal: null, durationMs: 1 })
            handlers.onOutputEnd()
          },
        }
        return process as RunningProcess // what the sessions use of it
      },
      handleIdle: () => {},
    })
    const { clock, sessions } = this
    const file = { socket: '/', pid: 1, processStart: '', startedAt: 1, protocol: 1, build: 'test' }
    this.requests = new Requests({ sessions, clock, file, stopHost: () => {} })
  }

  open(plan: LaunchPlan): Promise<Session> {
    return this.sessions.open(plan, undefined)
  }

  /** A link that has said nothing yet. */
  dial(): HandChannel {
    const channel = new HandChannel()
    const { requests } = this
    // It lives by its channel's handlers.
    void new LinkConnection({
      channel,
      requests,
      logger,
      handleClosed: (link) => requests.handleLinkClosed(link),
    })
    return channel
  }

  async connect(hello: Partial<MethodParams<'link.hello'>> = {}): Promise<HandChannel> {
    const channel = this.dial()
    const said = { protocol: PROTOCOL_VERSION, build: 'test', principal: 'test', rights: RIGHTS }
    channel.ask(0, 'link.hello', { ...said, ...hello })
    await nextTurn()
    channel.sent.length = 0
    return channel
  }
}
