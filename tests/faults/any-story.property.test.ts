// P2, P3, P4 for any story: random viewers of random sessions, with credit, cuts, returns, sizes and little retention.
// Whatever happens, every viewer's bytes are the process's bytes, but for what was announced as a gap.

import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { attachmentId, MIN_RETAIN_BYTES, type SessionId } from '@limpet/protocol'
import {
  inRound,
  leakCheck,
  recordFigure,
  startHost,
  waitFor,
  type HostFixture,
  type RawLink,
} from '@limpet/testkit'
import { expect, test } from 'vitest'
import { ModelViewer } from './model-viewer.ts'

const STORIES = inRound(15, 600)
const VIEWERS = 3
const TEXT_BYTES = 12 * 1024 * 1024
const MAX_WRITE_BYTES = 600_000

type Step =
  | { readonly do: 'write'; readonly bytes: number }
  | { readonly do: 'acknowledge'; readonly viewer: number; readonly percent: number }
  | { readonly do: 'resize'; readonly viewer: number; readonly cells: number }
  | { readonly do: 'attach' | 'detach' | 'cut' | 'look'; readonly viewer: number }

interface Story {
  readonly tty: boolean
  readonly lossless: readonly boolean[]
  readonly steps: readonly Step[]
}

const viewer = fc.nat({ max: VIEWERS - 1 })
const one = (name: 'attach' | 'detach' | 'cut' | 'look'): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant(name), viewer })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      bytes: fc.integer({ min: 1, max: MAX_WRITE_BYTES }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('acknowledge' as const),
      viewer,
      percent: fc.oneof(fc.constant(100), fc.nat({ max: 100 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('resize' as const),
      viewer,
      cells: fc.integer({ min: 1, max: 1000 }),
    }),
  },
  { weight: 5, arbitrary: one('attach') },
  { weight: 1, arbitrary: one('detach') },
  { weight: 3, arbitrary: one('cut') },
  { weight: 5, arbitrary: one('look') },
)
const story: fc.Arbitrary<Story> = fc.record({
  tty: fc.boolean(),
  lossless: fc.array(fc.boolean(), { minLength: VIEWERS, maxLength: VIEWERS }),
  steps: fc.array(step, { minLength: 10, maxLength: 60 }),
})

/** One who leaves while more is written than is kept comes back to a gap; one with a lossless place does not. */
const LEAVING: Story = {
  tty: false,
  lossless: [false, false, true],
  steps: [
    { do: 'attach', viewer: 0 },
    { do: 'cut', viewer: 0 },
    ...Array.from({ length: 6 }, (): Step => ({ do: 'write', bytes: MAX_WRITE_BYTES })),
    { do: 'attach', viewer: 2 },
    { do: 'cut', viewer: 2 },
  ],
}

/** Writes one byte when it is ready, then as many of the next ones as it is asked for: "5000;12;end;". */
const WRITER = `
import os, sys, termios, tty
if os.isatty(0): tty.setraw(0)
text = open(sys.argv[1], 'rb')
def write(data):
    while data: data = data[os.write(1, data):]
write(text.read(1))
asked = b''
while True:
    more = os.read(0, 65536)
    asked += more
    while b';' in asked:
        number, asked = asked.split(b';', 1)
        if number == b'end': sys.exit(0)
        write(text.read(int(number)))
    if not more: break
`

test(
  `[LOG-2] every viewer's bytes equal the process's bytes minus announced gaps, in ${STORIES} random stories`,
  { timeout: 120_000 + STORIES * 2000 },
  async () => {
    await using host = await startHost()
    using keeper = await host.link()
    await keeper.request('link.ping', {})
    const leaks = leakCheck(host)
    const pipes = await written(host, 'any-bytes', randomBytes(TEXT_BYTES))
    // A terminal answers what random bytes happen to ask, and the writer would read that as its orders.
    const letters = randomBytes(TEXT_BYTES).map((byte) => 0x21 + (byte % 94))
    const terminal = await written(host, 'letters', Buffer.from(letters))
    const total = { bytes: 0, gaps: 0, steps: 0 }
    const pinned = process.env['LIMPET_SEED']
    const seed = pinned === undefined ? Date.now() % 2 ** 31 : Number.parseInt(pinned, 16) | 0
    process.stdout.write(`LIMPET_SEED=${(seed >>> 0).toString(16)}\n`)
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const seen = await act(host, told, told.tty ? terminal : pipes)
        total.bytes += seen.bytes
        total.gaps += seen.gaps
        total.steps += told.steps.length
      }),
      {
        numRuns: STORIES,
        seed,
        endOnFailure: true,
        examples: [[LEAVING]],
      },
    )
    // A story that never misses anything would prove little.
    expect(total.gaps).toBeGreaterThan(0)
    await leaks.expectNone()
    recordFigure(
      'P2',
      `${STORIES} stories with ${total.steps} steps and ${VIEWERS} viewers each: ${(total.bytes / 1e6).toFixed(0)} MB compared, ` +
        `0 bytes wrong, ${total.gaps} gaps, each announced`,
    )
  },
)

interface Given {
  readonly file: string
  readonly text: Buffer
}

async function written(host: HostFixture, name: string, text: Buffer): Promise<Given> {
  const file = join(host.scratch.home, name)
  await writeFile(file, text)
  return { file, text }
}

async function act(
  host: HostFixture,
  { tty, lossless, steps }: Story,
  { file, text }: Given,
): Promise<{ bytes: number; gaps: number }> {
  using typist = await host.link()
  const plan = host.plan(['python3', '-c', WRITER, file], {
    retainBytes: MIN_RETAIN_BYTES,
    ...(tty && { terminal: { columns: 80, rows: 24 } }),
  })
  const { session } = await typist.request('session.open', { plan })
  const writes = steps.filter((each) => each.do === 'write').map(({ bytes }) => bytes)
  const wanted = writes.reduce((sum, bytes) => Math.min(sum + bytes, TEXT_BYTES), 1)
  const viewers = lossless.map(
    (isLossless) =>
      new ModelViewer(host, session.id, { text: text.subarray(0, wanted), isLossless }),
  )
  const type = typing(host, typist, session.id)
  await type('')
  for (const each of steps) {
    if (each.do === 'write') await type(`${each.bytes};`)
    else await play(viewers[each.viewer], each)
  }
  await type('end;')
  await readAllToEnd(viewers)
  for (const each of viewers) each.cut()
  await waitFor('the end', async () => {
    const { sessions } = await typist.request('session.list', {})
    return sessions.find(({ id }) => id === session.id)?.state === 'ended'
  })
  await typist.request('session.remove', { session: session.id })
  return {
    bytes: viewers.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
    gaps: viewers.reduce((sum, { gaps }) => sum + gaps, 0),
  }
}

async function play(
  viewer: ModelViewer | undefined,
  step: Exclude<Step, { do: 'write' }>,
): Promise<void> {
  if (step.do === 'attach') await viewer?.attach()
  else if (step.do === 'detach') await viewer?.detach()
  else if (step.do === 'cut') viewer?.cut()
  else if (step.do === 'acknowledge') viewer?.acknowledge(step.percent / 100)
  else if (step.do === 'resize') viewer?.resize(step.cells, step.cells)
  else viewer?.take()
}

/** All come back, and read until they have seen the exit. */
async function readAllToEnd(viewers: readonly ModelViewer[]): Promise<void> {
  for (const each of viewers) await each.attach()
  await waitFor(
    'everybody to see the exit',
    () => {
      for (const each of viewers) each.acknowledge(1)
      return viewers.every(({ hasSeenExit }) => hasSeenExit)
    },
    { deadlineMs: 30_000 },
  )
}

/**
 * @returns what types into the session. It stays only for as long as that takes: one who watches and acknowledges
 * nothing would set a pace of its own. Without text it waits for the first byte.
 */
function typing(
  host: HostFixture,
  link: RawLink,
  session: SessionId,
): (text: string) => Promise<void> {
  const { client } = host.view(1)
  let attachment = 0
  let sequence = 0
  return async (text) => {
    attachment += 1
    const view = host.view(attachment, { client })
    await link.request('session.attach', { session, from: text === '' ? 'start' : 'end', view })
    if (text === '') await link.until('the first byte', () => link.outputOf(attachment) !== '')
    else {
      sequence += 1
      link.input({ attachment, sequence, bytes: text })
      await link.notified('input.acknowledged', (params) => params['sequence'] === sequence)
    }
    await link.request('session.detach', { attachment: attachmentId(attachment) })
    link.records.splice(0)
    link.notifications.splice(0)
  }
}
