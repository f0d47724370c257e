// Screens over a real log and real terminals; only the thread is left out, so that a test can end it.

import {
  attachmentId,
  byteOffset,
  checkpointFrameHeader,
  encodeFact,
  RECORD_KIND,
  type Checkpoint,
} from '@limpet/protocol'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryLog } from '../../src/log/index.ts'
import type { WorkerRequest } from '../../src/screen/messages.ts'
import { Screens, type Answer, type Screen } from '../../src/screen/index.ts'
import type { WorkerHandlers } from '../../src/screen/screen-worker.ts'
import { WorkerLoop } from '../../src/screen/worker-loop.ts'
import { ManualClock } from '../session/fixtures.ts'

/** Parses in a later turn of this thread, as the worker would in its own. */
class InlineWorkers {
  readonly requests: WorkerRequest[] = []
  started = 0
  closed = 0
  isDeaf = false
  #handlers: WorkerHandlers | undefined

  readonly start = (handlers: WorkerHandlers) => {
    this.started += 1
    this.#handlers = handlers
    let isClosed = false
    const loop = new WorkerLoop(
      (reply) => void setImmediate(() => isClosed || handlers.handleReply(reply)),
    )
    return {
      post: (request: WorkerRequest) => {
        this.requests.push(request)
        if (!this.isDeaf) loop.handle(structuredClone(request))
      },
      close: () => {
        isClosed = true
        this.closed += 1
      },
    }
  }

  crash(): void {
    this.#handlers?.handleFailed(new Error('gone'))
  }

  count(type: WorkerRequest['type']): number {
    return this.requests.filter((request) => request.type === type).length
  }
}

describe('Screens', () => {
  let workers: InlineWorkers
  let screens: Screens
  let clock: ManualClock
  let directory: string

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    workers = new InlineWorkers()
    clock = new ManualClock()
    const logger = { log: () => {}, fault: () => {} }
    screens = new Screens({ startWorker: workers.start, clock, logger })
    directory = await mkdtemp(join(tmpdir(), 'limpet-screen-'))
  })

  afterEach(async () => {
    vi.useRealTimers()
    screens.close()
    await rm(directory, { recursive: true, force: true })
  })

  function open(file?: string) {
    const log = new MemoryLog()
    const answers: Answer[] = []
    const screen = screens.open({
      log,
      file,
      size: () => ({ columns: 80, rows: 24 }),
      handleAnswers: (more) => answers.push(...more),
    })
    const append = (kind: number, bytes: Uint8Array): void => {
      log.append(kind, bytes, 0)
      screen.handleOutput()
    }
    append(RECORD_KIND.resize, encodeFact({ columns: 80, rows: 24 }))
    const print = (text: string): void => append(RECORD_KIND.stdout, Buffer.from(text))
    return { log, screen, answers, print }
  }

  const textOf = ({ bytes }: Checkpoint): string => Buffer.from(bytes).toString()
  const settled = () =>
    new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)))

  /** Lets the screen rest, step by step, as its timers would. */
  async function rest(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.ms += 100
      vi.advanceTimersByTime(100)
      if (passed % 5000 === 0) await settled()
    }
    await settled()
  }

  it('cost nothing until somebody asks or the host answers', async () => {
    const { print } = open()
    print('hello')
    await rest(1000)
    expect(workers.started).toBe(0)
  })

  it('give a checkpoint of all that was written when it was asked for', async () => {
    const { screen, print, log } = open()
    print('hello')
    const checkpoint = await screen.checkpoint()
    expect(checkpoint).toMatchObject({ offset: log.end, columns: 80, rows: 24, isExact: true })
    expect(textOf(checkpoint)).toContain('hello')
  })

  it('follow at once while the host answers, and tell the answers', async () => {
    const { screen, print, answers, log } = open()
    screen.setDuty(true)
    await settled()
    const offset = log.end
    print('\x1b[c')
    await settled()
    expect(answers).toEqual([{ offset, text: '\x1b[?1;2c' }])
  })

  it('leave a flood behind, then skip to its end when it is quiet, and are inexact until a redraw', async () => {
    const { screen, print } = open()
    screen.setDuty(true)
    const line = `${'x'.repeat(78)}\r\n`.repeat(800)
    for (let tick = 0; tick < 20; tick++) {
      for (let piece = 0; piece < 10; piece++) print(line)
      clock.ms += 100
      vi.advanceTimersByTime(100)
      await settled()
    }
    const fedInFlood = workers.count('feed')
    print('the end')
    await rest(300)
    for (let turn = 0; turn < 20; turn++) await settled()
    expect(fedInFlood).toBeLessThan(60)
    expect(workers.count('skip')).toBe(1)
    const checkpoint = await screen.checkpoint()
    expect([checkpoint.isExact, textOf(checkpoint).includes('the end')]).toEqual([false, true])
    print('\x1b[2J\x1b[Hnew')
    expect((await screen.checkpoint()).isExact).toBe(true)
  })

  it('become a checkpoint after quiet, are freed, and go on from it at the next output', async () => {
    const { screen, print, log } = open()
    print('\x1b[2;10r\x1b[31mbefore')
    const awake = await screen.checkpoint()
    await rest(31_000)
    expect(workers.count('free')).toBe(1)
    const asked = workers.count('checkpoint')
    expect(await screen.checkpoint()).toEqual(awake)
    expect(workers.count('checkpoint')).toBe(asked)
    print(' after')
    const later = await screen.checkpoint()
    expect(later.offset).toBe(log.end)
    expect(textOf(later)).toContain('before after')
    expect(textOf(later)).toContain('\x1b[2;10r')
    await rest(50_000)
    expect(workers.closed).toBe(1)
  })

  it('keep a large checkpoint in a file, and in memory when there is no place for it', async () => {
    const large = Array.from({ length: 800 }, (_, n) => `line ${n}`).join('\r\n')
    for (const file of [join(directory, 'screen.bin'), join(directory, 'missing', 'screen.bin')]) {
      const { screen, print } = open(file)
      print(large)
      const awake = await screen.checkpoint()
      await rest(31_000)
      vi.useRealTimers()
      if (!file.includes('missing')) {
        await vi.waitUntil(async () => (await readdir(directory)).includes('screen.bin'))
      }
      const { bytes, ...facts } = await screen.checkpoint()
      expect({ ...facts, bytes: new Uint8Array(bytes) }).toEqual(awake)
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    }
    expect(await readdir(directory)).toEqual(['screen.bin'])
  })

  it.each([
    [20, true],
    [100_000, false],
  ])('begin anew when the worker has crashed, after %i lines', async (lines, isExact) => {
    const { screen, print } = open()
    print('line\r\n'.repeat(lines))
    await screen.checkpoint()
    workers.crash()
    const checkpoint = await screen.checkpoint()
    expect(workers.started).toBe(2)
    expect(textOf(checkpoint)).toContain('line')
    expect(checkpoint.isExact).toBe(isExact)
  })

  it('answer who waits when the worker crashes, by a new one; and refuse when it keeps crashing', async () => {
    const { screen, print } = open()
    print('text')
    workers.isDeaf = true
    const waiting = screen.checkpoint()
    await settled()
    workers.isDeaf = false
    workers.crash()
    expect(textOf(await waiting)).toContain('text')
    workers.isDeaf = true
    const refused = screen.checkpoint().then(
      () => 'given',
      () => 'refused',
    )
    await settled()
    workers.crash()
    workers.crash()
    expect(await refused).toBe('refused')
  })

  it('keep only so many terminals awake', async () => {
    const opened: Screen[] = []
    for (let count = 0; count < 40; count++) {
      const { screen, print } = open()
      opened.push(screen)
      print(`session ${count}`)
      await screen.checkpoint()
      clock.ms += 1100
      await settled()
    }
    expect(workers.count('wake') - workers.count('free')).toBeLessThanOrEqual(17)
    const texts = await Promise.all(opened.map(async (screen) => textOf(await screen.checkpoint())))
    expect(texts.every((text, count) => text.includes(`session ${count}`))).toBe(true)
  })

  it('do not believe a kept checkpoint of output that is gone: the host before crashed', async () => {
    const file = join(directory, 'screen.bin')
    const offset = byteOffset(5000)
    const facts = { offset, columns: 80, rows: 24, isExact: true, bytes: Buffer.from('gone') }
    await writeFile(
      file,
      Buffer.concat([checkpointFrameHeader(attachmentId(0), facts), facts.bytes]),
    )
    const log = new MemoryLog()
    log.append(RECORD_KIND.stdout, Buffer.from('left'), 0)
    const size = () => ({ columns: 80, rows: 24 })
    const checkpoint = await screens.open({ log, file, size, handleAnswers: () => {} }).checkpoint()
    expect([checkpoint.offset, textOf(checkpoint).includes('left')]).toEqual([log.end, true])
  })

  it('reject who waits when the session is forgotten', async () => {
    const { screen, print } = open()
    print('text')
    workers.isDeaf = true
    const waiting = screen.checkpoint()
    await settled()
    screen.close()
    await expect(waiting).rejects.toThrow('forgotten')
    await expect(screen.checkpoint()).rejects.toThrow('no screen')
  })
})
