// Screens of real terminals over real links: attaching to what is shown now, checkpoints after gaps, and the host's
// own answers to queries, exactly one to each.

import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  attachmentId,
  factOf,
  RECORD_KIND,
  type Attached,
  type Checkpoint,
  type LaunchPlan,
} from '@limpet/protocol'
import { startHost, waitFor, type HostFixture, type RawLink } from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const terminal = { columns: 80, rows: 24 }

describe('screens', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  const shell = (script: string, overrides: Partial<LaunchPlan> = {}) =>
    host.plan(['bash', '-c', script], { terminal, ...overrides })

  test('[SCREEN-1] whoever attaches to the screen gets a checkpoint first, then the records after it', async () => {
    using link = await host.link()
    const script =
      'printf "\\033]2;a title\\007\\033[1;31mred\\033[0m\\r\\n"; read; echo more; sleep 1000'
    const { session } = await link.request('session.open', {
      plan: shell(script),
      view: host.view(1),
    })
    await link.until('the output', () => link.outputOf(1).includes('red'))
    using other = await host.link()
    const attached = await toScreen(other, session.id, host)
    const checkpoint = await other.until('the checkpoint', () => other.checkpointOf(1))
    expect(other.checkpoints).toHaveLength(1)
    expect(other.checkpoints[0]?.recordsBefore).toBe(0)
    expect(checkpoint).toMatchObject({ ...terminal, offset: attached.offset, isExact: true })
    const text = textOf(checkpoint)
    expect(text).toContain('\x1b[0;1;31mred')
    expect(text).toContain('\x1b]2;a title')
    link.input({ attachment: 1, sequence: 1, bytes: '\n' })
    await other.until('what comes after', () => other.outputOf(1).includes('more'))
    expect(other.recordsOf(1)[0]?.offset).toBe(attached.offset)
    expect(other.outputOf(1)).not.toContain('red')
  })

  test('[SCREEN-1] on pipes the screen is the start', async () => {
    using link = await host.link()
    const { session } = await link.request('session.open', { plan: host.plan(['echo', 'hello']) })
    const attached = await toScreen(link, session.id, host)
    await link.until('the output', () => link.outputOf(1) === 'hello\n')
    expect([attached.offset, link.checkpoints]).toEqual([0, []])
  })

  test('[SCREEN-1] an ended session shows its last screen', async () => {
    using link = await host.link()
    const { session } = await link.request('session.open', {
      plan: shell('seq 2000; printf last'),
      view: host.view(9),
    })
    await link.exitOf(9)
    await toScreen(link, session.id, host)
    await link.until('the checkpoint', () => link.checkpointOf(1))
    await link.exitOf(1)
    const text = textOf(link.checkpointOf(1))
    expect(text).toContain('1999\r\n2000\r\nlast')
  })

  test('[SCREEN-2] after a flood of 60 MB the first screen comes at once', async () => {
    using link = await host.link()
    const file = join(host.scratch.home, 'flooded')
    const flood = 'yes 0123456789012345678901234567890123456789 | head -c 60000000'
    const { session } = await link.request('session.open', {
      plan: shell(`${flood}; printf "\\033[2J\\033[Hdone"; touch ${file}; sleep 1000`),
    })
    await waitFor('the flood to end', () =>
      access(file).then(
        () => true,
        () => undefined,
      ),
    )
    const startedMs = performance.now()
    await toScreen(link, session.id, host)
    const checkpoint = await link.until('the checkpoint', () => link.checkpointOf(1))
    const tookMs = performance.now() - startedMs
    console.log(`first screen after 60 MB: ${tookMs.toFixed(0)} ms`)
    expect(textOf(checkpoint).includes('done')).toBe(true)
    expect(checkpoint.isExact).toBe(true)
    // 100 ms on a machine that does nothing else; this one runs other tests.
    expect(tookMs).toBeLessThan(1000)
  })

  test('[RESP-6] with nobody attached the host answers, promptly', async () => {
    using link = await host.link()
    const script = ask(host, 20, 'few')
    const { session } = await link.request('session.open', { plan: shell(script) })
    const { answers, slowestMs } = await answersIn(host, 'few')
    console.log(`slowest of 20 answers by the host: ${slowestMs} ms`)
    expect(answers).toHaveLength(20)
    expect(new Set(answers)).toEqual(new Set(['[?1;2c']))
    expect(slowestMs).toBeLessThan(1000)
    const attached = await toScreen(link, session.id, host, false)
    expect(attached.responder).toBe('host')
  })

  test('[RESP-6] with a view in the start that can answer, the host never does', async () => {
    using link = await host.link()
    await link.request('session.open', {
      plan: shell('stty raw -echo; printf "\\033[c"; head -c 3; printf END; sleep 1000'),
      view: host.view(1, { answers: true }),
    })
    await link.until('the query', () => link.outputOf(1).includes('\x1b[c'))
    link.input({ attachment: 1, sequence: 1, bytes: 'mine', isAnswer: true })
    await link.until('what it read', () => link.outputOf(1).includes('END'))
    expect(link.outputOf(1)).toBe('\x1b[cminEND')
    const markers = link
      .recordsOf(1)
      .map(factOf)
      .filter((fact) => fact.type === 'marker')
    expect(markers).toMatchObject(
      [{ marker: { type: 'responder', viewer: 'v1', from: 0 } }].map(({ marker }) => ({
        marker: { ...marker, viewer: expect.stringMatching(/^v\d+$/) as string },
      })),
    )
  })

  test('[RESP-6] over 100 rounds of coming and going each query is answered exactly once', async () => {
    using link = await host.link()
    const times = 1500
    const { session } = await link.request('session.open', {
      plan: shell(ask(host, times, 'many')),
    })
    const all = answersIn(host, 'many')
    const rounds = 100
    for (let round = 1; round <= rounds; round++) {
      using viewer = await host.link()
      const { liveFrom } = await viewer.request('session.attach', {
        session: session.id,
        from: round % 2 === 0 ? 'screen' : 'end',
        view: host.view(1, { answers: true, checkpoints: true }),
      })
      // Every third one leaves the query that it should have answered to the host.
      if (round % 3 > 0) await Promise.race([answerOnce(viewer, round, liveFrom), all])
      await viewer.request('session.detach', { attachment: attachmentId(1) })
    }
    const { answers } = await all
    console.log(`${times} queries over ${rounds} rounds of attaching and detaching`)
    expect(answers).toHaveLength(times)
    const byHost = answers.filter((answer) => answer === '[?1;2c').length
    const byViewers = answers.filter((answer) => /^\[\?77;\d+c$/.test(answer)).length
    console.log(`${byHost} answered by the host, ${byViewers} by viewers`)
    expect(byHost + byViewers).toBe(times)
    expect(Math.min(byHost, byViewers)).toBeGreaterThan(20)
    // One answer too many would still lie in the terminal, and be read as typed.
    await link.request('session.attach', { session: session.id, from: 'end', view: host.view(2) })
    link.input({ attachment: 2, sequence: 1, bytes: 'Q' })
    await link.until('what was left to read', () => link.outputOf(2).includes('left:'))
    expect(link.outputOf(2)).toContain('left:[Q]')
  })

  test('[FLOW-5] who fell behind what is kept gets one gap, then a checkpoint, then records', async () => {
    using link = await host.link()
    using other = await host.link()
    const { session } = await link.request('session.open', {
      plan: shell('read; seq 3000000; printf end; sleep 1000', { retainBytes: 1_048_576 }),
      view: host.view(1, { checkpoints: true }),
    })
    await link.until('the first record', () => link.recordsOf(1).length > 0)
    const before = link.endOf(1)
    // It stands still out of window until it lags; the program runs on for a viewer who reads.
    await other.request('session.attach', { session: session.id, from: 'end', view: host.view(1) })
    other.input({ attachment: 1, sequence: 1, bytes: '\n' })
    let acknowledged = 0
    await other.until('the end of the flood', () => {
      const end = other.endOf(1)
      if (end > acknowledged) other.acknowledge(1, (acknowledged = end))
      const last = other.recordsOf(1).at(-1)
      return last !== undefined && Buffer.from(last.payload).toString().endsWith('end')
    })
    expect(link.endOf(1)).toBeGreaterThan(before)
    link.acknowledge(1, link.endOf(1))
    await link.until('the checkpoint', () => link.checkpointOf(1))
    const gaps = link.recordsOf(1).filter(({ kind }) => kind === RECORD_KIND.gap)
    expect(gaps).toHaveLength(1)
    const [gap] = gaps.map(factOf)
    expect(gap).toMatchObject({ type: 'gap', gap: { to: link.checkpointOf(1)?.offset } })
    const text = textOf(link.checkpointOf(1))
    expect(text).toContain('3000000\r\nend')
  })
})

function textOf(checkpoint: Checkpoint | undefined): string {
  return Buffer.from(checkpoint?.bytes ?? []).toString()
}

async function toScreen(
  link: RawLink,
  session: Attached['session']['id'],
  host: HostFixture,
  checkpoints = true,
): Promise<Attached> {
  const view = host.view(1, { checkpoints })
  return link.request('session.attach', { session, from: 'screen', view })
}

/** Answers the first query that it may answer, as a terminal would, and acknowledges it. */
async function answerOnce(viewer: RawLink, round: number, liveFrom: number): Promise<void> {
  await viewer.until('a query', () =>
    viewer
      .recordsOf(1)
      .some(({ offset, payload }) => offset >= liveFrom && Buffer.from(payload).includes('\x1b[c')),
  )
  viewer.input({ attachment: 1, sequence: 1, bytes: `\x1b[?77;${round}c`, isAnswer: true })
  viewer.acknowledge(1, viewer.endOf(1))
}

/** Asks who the terminal is, some times, and writes down what it reads and how long it took. */
function ask(host: HostFixture, times: number, name: string): string {
  const file = join(host.scratch.home, name)
  return `stty raw -echo; for i in $(seq ${times}); do
    s=\${EPOCHREALTIME/./}; printf '\\033[c'; IFS= read -r -d c -t 5 answer; e=\${EPOCHREALTIME/./}
    printf '%s %s\\n' "\${answer#?}c" "$((e - s))" >> ${file}; done; mv ${file} ${file}.all
    IFS= read -r -d Q left; printf 'left:[%sQ]' "$left"; sleep 1000`
}

async function answersIn(
  host: HostFixture,
  name: string,
): Promise<{ answers: string[]; slowestMs: number }> {
  const file = join(host.scratch.home, `${name}.all`)
  const text = await waitFor('the answers', () => readFile(file, 'utf8').catch(() => undefined))
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  const times = lines.map(([, us]) => Number(us) / 1000)
  return { answers: lines.map(([answer]) => answer ?? ''), slowestMs: Math.max(...times) }
}
