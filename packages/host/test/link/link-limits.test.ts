import {
  attachmentId,
  clientIdFrom,
  MAX_ARGUMENT_LENGTH,
  MAX_FRAME_BYTES,
  MAX_LABEL_LENGTH,
  MAX_LABELS,
  MAX_NAME_LENGTH,
  MAX_VIEWERS,
  type LaunchPlan,
} from '@limpet/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HELLO_WAIT_MS } from '../../src/link/limits.ts'
import { MAX_SHOWN_TITLE_LENGTH } from '../../src/session/limits.ts'
import { terminalPlan } from '../session/session-bench.ts'
import { LinkBench, nextTurn } from './bench.ts'
import type { HandChannel } from './hand-channel.ts'

/** JSON takes six bytes for it. */
const WORST = '\u0001'

const view = (attachment: number, client: number, name = '') => ({
  attachment: attachmentId(attachment),
  client: clientIdFrom(Uint8Array.from({ length: 16 }, (_, at) => (client >> (8 * at)) & 255)),
  ...(name && { name }),
})

describe('a link that says nothing', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is closed after a while when no hello came, and not when it came', async () => {
    const bench = new LinkBench()
    const silent = bench.dial()
    const quiet = bench.dial()
    const said = { protocol: 1, build: 'test', principal: 'test', rights: [] }
    quiet.ask(0, 'link.hello', said)
    vi.advanceTimersByTime(HELLO_WAIT_MS - 1)
    expect(silent.closedWith).toBeUndefined()
    vi.advanceTimersByTime(HELLO_WAIT_MS)
    expect([silent.closedWith, quiet.closedWith]).toEqual([4400, undefined])
  })
})

describe('answers fit a frame [CONN-5]', () => {
  const worst: LaunchPlan = {
    ...terminalPlan,
    program: WORST.repeat(MAX_NAME_LENGTH),
    title: WORST.repeat(MAX_ARGUMENT_LENGTH),
    cwd: `/${WORST.repeat(4095)}`,
  }
  const labels = Object.fromEntries(
    Array.from({ length: MAX_LABELS }, (_, at) => [
      `l${at}`.padEnd(63, 'x'),
      WORST.repeat(MAX_LABEL_LENGTH),
    ]),
  )
  const largest = ({ sent }: HandChannel): number =>
    Math.max(...sent.map((message) => Buffer.byteLength(JSON.stringify(message))))

  it('whatever a session is called: when it is opened, listed and watched', async () => {
    const bench = new LinkBench()
    const channel = await bench.connect()
    channel.ask(1, 'session.list', { watch: true })
    for (let at = 1; at <= 12; at++) {
      channel.ask(at + 1, 'session.open', { plan: worst, labels, view: view(at, at) })
      await nextTurn()
    }
    channel.ask(99, 'session.list', {})
    await nextTurn()
    const answers = channel.sent.filter((message) => message['error'] === undefined)
    expect(answers).toHaveLength(channel.sent.length)
    expect(largest(channel)).toBeLessThan(MAX_FRAME_BYTES)
  })

  it('however many viewers it has, whatever they are called', async () => {
    const bench = new LinkBench()
    const session = await bench.sessions.open(worst, WORST.repeat(MAX_NAME_LENGTH), labels)
    const crowd = await bench.connect()
    const name = WORST.repeat(MAX_NAME_LENGTH)
    const hear = crowd.sendText.bind(crowd)
    crowd.sendText = () => true // their answers are not looked at; the last one is the largest
    for (let at = 0; at < MAX_VIEWERS; at++) {
      const params = { session: session.id, from: 'end', view: view(at, at, name) }
      if (at === MAX_VIEWERS - 1) crowd.sendText = hear
      crowd.ask(at + 1, 'session.attach', params)
    }
    await nextTurn()
    expect(crowd.sent[0]).toMatchObject({ id: MAX_VIEWERS, result: { viewer: `v${MAX_VIEWERS}` } })
    expect(largest(crowd)).toBeLessThan(MAX_FRAME_BYTES)
    const late = await bench.connect()
    late.ask(1, 'session.attach', { session: session.id, from: 'end', view: view(1, 5000) })
    await nextTurn()
    expect(late.sent).toMatchObject([{ error: { data: { code: 'QUEUE_FULL' } } }])
  }, 60_000)

  it('by cutting a long command line, never inside a pair of surrogates', async () => {
    const bench = new LinkBench()
    const title = `x${'😀'.repeat(MAX_SHOWN_TITLE_LENGTH)}`
    const { info } = await bench.open({ ...terminalPlan, title })
    expect(info.title.length).toBeLessThanOrEqual(MAX_SHOWN_TITLE_LENGTH)
    expect(info.title).toBe(Buffer.from(info.title).toString())
    expect(info.title.endsWith('😀…')).toBe(true)
    const { info: short } = await bench.open({ ...terminalPlan, title: 'ls -l' })
    expect(short.title).toBe('ls -l')
  })
})

describe('what was seen [END-5]', () => {
  it("is known to all of a principal's links, told to the others of them only", async () => {
    const bench = new LinkBench()
    const session = await bench.open(terminalPlan)
    bench.outputs[0]?.onOutput('stdout', Buffer.from('news'))
    const outputAt = session.info.lastOutputAt
    const [laptop, phone, stranger] = [
      await bench.connect({ principal: 'ada' }),
      await bench.connect({ principal: 'ada' }),
      await bench.connect({ principal: 'grace' }),
    ]
    for (const link of [laptop, phone, stranger]) link.ask(1, 'session.list', { watch: true })
    await nextTurn()
    for (const link of [laptop, phone, stranger]) link.sent.length = 0
    laptop.ask(2, 'session.see', { session: session.id, outputAt })
    await nextTurn()
    laptop.ask(3, 'session.see', { session: session.id, outputAt })
    laptop.ask(4, 'session.list', {})
    stranger.ask(4, 'session.list', {})
    await nextTurn()
    expect(laptop.sent.map((message) => message['id'])).toEqual([2, 3, 4])
    expect(laptop.sent[2]).toMatchObject({ result: { seen: { [session.id]: outputAt } } })
    expect(phone.sent).toMatchObject([
      { method: 'session.seen', params: { session: session.id, outputAt } },
    ])
    expect(stranger.sent).toHaveLength(1)
    expect(stranger.sent[0]).not.toHaveProperty('result.seen')
  })
})
