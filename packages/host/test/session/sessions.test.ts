import type { LaunchPlan } from '@limpet/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Logger } from '../../src/base/logger.ts'
import type { ProcessHandlers, RunningProcess } from '../../src/process/index.ts'
import { Sessions, type Session } from '../../src/session/index.ts'
import { MAX_ENDED_SESSIONS } from '../../src/session/limits.ts'
import { Scratch } from '../log/fixtures.ts'
import { ManualClock } from './fixtures.ts'

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

/** A process whose end the test decides; it obeys at once when it is asked to end. */
class FakeProcess implements Partial<RunningProcess> {
  readonly pid = 1
  readonly #handlers: ProcessHandlers
  constructor(handlers: ProcessHandlers) {
    this.#handlers = handlers
  }
  stop(): void {
    setImmediate(() => this.end())
  }
  end(): void {
    this.#handlers.onExit({ code: 0, signal: null, durationMs: 1 })
    this.#handlers.onOutputEnd()
  }
}

describe('Sessions', () => {
  let sessions: Sessions
  let scratch: Scratch
  let processes: FakeProcess[]
  let idle: number
  /** Launches wait for this. */
  let gate: Promise<void>

  beforeEach(() => {
    scratch = new Scratch()
    processes = []
    idle = 0
    gate = Promise.resolve()
    const logger: Logger = { log: () => {}, fault: () => {} }
    sessions = new Sessions({
      disk: scratch.disk(),
      clock: new ManualClock(),
      logger,
      launch: async (_id, _plan, handlers) => {
        await gate
        const process = new FakeProcess(handlers)
        processes.push(process)
        return process as Partial<RunningProcess> as RunningProcess // what the sessions use of it
      },
      handleIdle: () => idle++,
    })
  })

  afterEach(async () => {
    await sessions.close()
    scratch[Symbol.dispose]()
  })

  const isListed = ({ id }: Session): boolean =>
    sessions.page().sessions.some((info) => info.id === id)

  it('forgets those first that ended first, however long they ran [LOG-4]', async () => {
    const long = await sessions.open(plan, undefined)
    const short: Session[] = []
    for (let at = 0; at < MAX_ENDED_SESSIONS; at++) {
      short.push(await sessions.open(plan, undefined))
      processes.at(-1)?.end()
    }
    processes[0]?.end()
    expect(isListed(long)).toBe(true)
    expect(short.map(isListed).indexOf(true)).toBe(1)
    expect([sessions.endedCount, sessions.runningCount]).toEqual([MAX_ENDED_SESSIONS, 0])
  })

  it('ends at a stop also what was just starting, and starts nothing more', async () => {
    let open = (): void => {}
    gate = new Promise((resolve) => (open = resolve))
    const starting = sessions.open(plan, undefined)
    const stopped = sessions.stop()
    await expect(sessions.open(plan, undefined)).rejects.toMatchObject({ code: 'LAUNCH_FAILED' })
    let hasStopped = false
    void stopped.then(() => (hasStopped = true))
    await nextTurn()
    expect(hasStopped).toBe(false)
    open()
    const session = await starting
    await stopped
    expect(session.hasEnded).toBe(true)
  })

  it('says that it may be idle when a launch failed, for its link may be gone by then', async () => {
    gate = Promise.reject(new Error('no such program'))
    await expect(sessions.open(plan, undefined)).rejects.toThrow('no such program')
    expect(idle).toBe(1)
    expect(sessions.runningCount).toBe(0)
  })
})
