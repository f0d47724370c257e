// F42: input that comes twice, in the wrong order, or again from long ago is applied once and in order.

import {
  inRound,
  leakCheck,
  recordFigure,
  seededRandom,
  startHost,
  type RawLink,
  type SeededRandom,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const FRAMES = inRound(2000, 20_000)

/** A new connection, with the same client id, after so many frames. */
const FRAMES_PER_CONNECTION = 250

const line = (sequence: number): string => `line ${sequence}\n`

test(`[INPUT-2] F42: ${FRAMES} frames, sent twice, too early and again, are applied once and in order`, async () => {
  const random = seededRandom()
  await using host = await startHost()
  const leaks = leakCheck(host)
  const view = host.view(1)
  let link = await host.link()
  using reader = await host.link()
  const plan = host.plan(['cat'])
  const { session } = await reader.request('session.open', { plan, view: host.view(1) })
  let sent = 0
  let refused = 0
  for (let next = 1; next <= FRAMES; next += FRAMES_PER_CONNECTION) {
    const { lastInput } = await link.request('session.attach', {
      session: session.id,
      from: 'end',
      view,
    })
    expect(lastInput).toBe(next - 1)
    const to = Math.min(next + FRAMES_PER_CONNECTION - 1, FRAMES)
    const round = misorder(random, next, to)
    for (const sequence of round) link.input({ attachment: 1, sequence, bytes: line(sequence) })
    sent += round.length
    await acknowledged(link, to)
    refused += link.notifications.filter(({ method }) => method === 'input.refused').length
    // The whole past again, from a connection that is about to be cut.
    for (let old = 1; old <= to; old += 1)
      link.input({ attachment: 1, sequence: old, bytes: line(old) })
    sent += to
    await link.request('link.ping', {})
    link.socket.destroy()
    link = await host.link()
  }
  const last = await link.request('session.attach', { session: session.id, from: 'end', view })
  link.input({ attachment: 1, sequence: last.lastInput + 1, bytes: '', isLast: true })
  await reader.exitOf(1)
  const expected = Array.from({ length: FRAMES }, (_none, index) => line(index + 1)).join('')
  expect(reader.outputOf(1)).toBe(expected)
  await reader.request('session.remove', { session: session.id })
  link[Symbol.dispose]()
  reader[Symbol.dispose]()
  await leaks.expectNone()
  recordFigure(
    'F42',
    `${sent} frames sent for ${FRAMES}: each applied once and in order, ${refused} refused as too early`,
  )
})

/** Each number at least once, in order, among repetitions of earlier and attempts of later ones. */
function misorder(random: SeededRandom, from: number, to: number): number[] {
  const frames: number[] = []
  for (let sequence = from; sequence <= to; sequence += 1) {
    const kind = random.integer(0, 3)
    if (kind === 1) frames.push(sequence + random.integer(1, 5)) // too early: refused
    frames.push(sequence)
    if (kind === 2) frames.push(sequence, random.integer(1, sequence)) // again, and from long ago
  }
  return frames
}

async function acknowledged(link: RawLink, to: number): Promise<void> {
  await link.notified('input.acknowledged', ({ sequence }) => sequence === to)
}
