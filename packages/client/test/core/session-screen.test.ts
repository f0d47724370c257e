import { decodeParams, RECORD_KIND, type Checkpoint } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import type { OutputRecord, Session } from '../../src/index.ts'
import { connected, fateOf, reconnect, type Connected } from '../support/connected.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { settled } from '../support/manual-runtime.ts'
import { shown } from '../support/opened.ts'

/** A viewer of a terminal that began with its screen, and what its sink was given. */
async function watching(
  context: Connected,
): Promise<{ session: Session; far: FakeSession; said: string[] }> {
  const far = context.host.start()
  far.info = { ...far.info, terminal: { columns: 80, rows: 24 } }
  far.print('history')
  const said: string[] = []
  const sink = {
    handleRecord: (record: OutputRecord) => said.push(`${record.offset} ${shown(record)}`),
  }
  const session = await context.limpet.attach(far.info.id, { from: 'screen', sink })
  return { session, far, said }
}

describe('a viewer that begins with the screen', () => {
  it('[SCREEN-1] says that it shows checkpoints, and gets one in its place among the records', async () => {
    await using context = await connected()
    const { session, far, said } = await watching(context)
    far.showScreen('the screen')
    far.print('new')
    await settled()
    expect(said).toEqual(['7 [screen: the screen]', '7 new'])
    expect([session.offset, session.attached.offset]).toEqual([10, 7])
    const [attach] = context.host.requests
    expect(attach?.params).toMatchObject({ from: 'screen', view: { checkpoints: true } })
  })

  it('gives the whole checkpoint to who reads one by one', async () => {
    await using context = await connected()
    const { far } = await watching(context)
    const session = await context.limpet.attach(far.info.id, { from: 'screen' })
    far.showScreen('s', { columns: 132, rows: 43, isExact: false })
    const [record] = await some(session, 1)
    if (record?.type !== 'checkpoint') throw new Error(`a ${record?.type} came`)
    const { bytes, ...facts }: Checkpoint = record.checkpoint
    expect(facts).toEqual({ offset: 7, columns: 132, rows: 43, isExact: false })
    expect([new TextDecoder().decode(bytes), record.offset, record.end]).toEqual(['s', 7, 7])
  })

  it('[ATTACH-2] comes back at its byte, as any other', async () => {
    await using context = await connected()
    const { far, said } = await watching(context)
    far.showScreen('the screen')
    far.print('one ')
    await settled()
    context.host.connection.cut()
    far.print('while away ')
    await settled()
    await context.runtime.advance(1000)
    far.print('back')
    await settled()
    expect(said).toEqual(['7 [screen: the screen]', '7 one ', '11 while away ', '22 back'])
  })

  it('asks for the screen again when it was lost on its way', async () => {
    await using context = await connected()
    const { session, far, said } = await watching(context)
    context.host.connection.cut()
    far.print('while away')
    await reconnect(context)
    far.showScreen('the screen')
    await settled()
    expect(fromOf(context)).toEqual(['screen', 'screen'])
    expect([said, session.offset]).toEqual([['17 [screen: the screen]'], 17])
  })

  it('[FLOW-5] is told of a gap, and gets the screen behind it', async () => {
    await using context = await connected()
    const { far, said } = await watching(context)
    far.showScreen('first')
    await settled()
    context.host.connection.cut()
    far.print('forgotten')
    far.forget(16)
    await settled()
    await context.runtime.advance(1000)
    far.showScreen('second')
    far.print('new')
    await settled()
    expect(said).toEqual(['7 [screen: first]', '7 [gap 7–16]', '16 [screen: second]', '16 new'])
  })

  it('says what it skips when the screen behind a gap was lost on its way', async () => {
    await using context = await connected()
    const { far, said } = await watching(context)
    far.showScreen('first')
    await settled()
    context.host.connection.cut()
    far.print('forgotten')
    far.forget(16)
    await settled()
    await context.runtime.advance(1000)
    context.host.connection.cut()
    far.print('meanwhile')
    await reconnect(context)
    far.showScreen('second')
    await settled()
    expect(fromOf(context)).toEqual(['screen', 7, 'screen'])
    expect(said).toEqual([
      '7 [screen: first]',
      '7 [gap 7–16]',
      '16 [gap 16–25]',
      '25 [screen: second]',
    ])
  })

  it('keeps at most one screen that nobody reads, and leaves no gap without it', async () => {
    await using context = await connected()
    const { far } = await watching(context)
    const session = await context.limpet.attach(far.info.id, { from: 'screen' })
    far.showScreen('first')
    for (let round = 0; round < 3; round++) {
      await settled()
      context.host.connection.cut()
      far.print('forgotten')
      far.forget(far.end)
      await reconnect(context)
      far.showScreen(`screen ${round}`)
    }
    far.print('new')
    const records = await some(session, 4)
    expect(records.map((record) => shown(record))).toEqual([
      '[screen: first]',
      '[gap 7–34]',
      '[screen: screen 2]',
      'new',
    ])
  })

  it('ends with the screen of a session that has ended', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.info = { ...far.info, terminal: { columns: 80, rows: 24 } }
    far.exit({ code: 3 })
    const session = await context.limpet.attach(far.info.id, { from: 'screen' })
    await settled()
    expect(session.state).toBe('attached')
    far.showScreen('at last')
    expect((await some(session, 9)).map((record) => shown(record))).toEqual(['[screen: at last]'])
    expect(await session.exited).toMatchObject({ code: 3 })
  })
})

describe('a lossless viewer', () => {
  it('[FLOW-4] asks for it, also from byte 0, and keeps its client id', async () => {
    await using context = await connected()
    await context.limpet.open('shell', { lossless: true, viewerName: 'the log' })
    await reconnect(context)
    const [start] = context.host.requests
    const { view } = decodeParams('program.start', start?.params)
    expect(view).toMatchObject({ lossless: true, name: 'the log', checkpoints: false })
    const again = context.host.requests.find(({ method }) => method === 'session.attach')
    expect(again?.params).toMatchObject({ view: { lossless: true, client: view?.client } })
  })

  it('[FLOW-4] ends with what is missing rather than go on behind a gap', async () => {
    await using context = await connected()
    const session = await context.limpet.open('shell', { lossless: true })
    const far = context.host.sessions.get(session.id)
    far?.print('abc')
    await settled()
    context.host.connection.cut()
    far?.print('forgotten')
    far?.forget(12)
    far?.print('kept')
    await reconnect(context)
    const records = await some(session, 1)
    expect(records.map((record) => shown(record))).toEqual(['abc'])
    await expect(some(session, 1)).rejects.toMatchObject({
      code: 'OUTPUT_OVERFLOW',
      details: { session: session.id, from: 3, to: 12 },
    })
    expect([session.state, far?.viewers.size]).toEqual(['detached', 0])
  })
})

describe('a session that was lost with its host', () => {
  it('[LOG-7] is read to the end of its log, and has no exit', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.print('to the last')
    far.info = { ...far.info, state: 'lost' }
    const session = await context.limpet.attach(far.info.id)
    expect((await some(session, 9)).map((record) => shown(record))).toEqual(['to the last'])
    await expect(session.exited).rejects.toMatchObject({
      code: 'SESSION_ENDED',
      details: { state: 'lost' },
    })
  })

  it('[LOG-7] ends for who has had more than the log holds', async () => {
    await using context = await connected()
    const session = await context.limpet.open('shell')
    const far = context.host.sessions.get(session.id)
    far?.append(RECORD_KIND.stdout, new Uint8Array(9))
    await settled()
    const exited = fateOf(session.exited)
    context.host.connection.cut()
    if (far) far.end = 4
    await settled()
    await context.runtime.advance(10_000)
    expect([session.state, session.info.state, exited.now]).toEqual([
      'detached',
      'lost',
      'SESSION_ENDED',
    ])
    expect(await some(session, 9)).toHaveLength(1)
  })
})

async function some(session: Session, count: number): Promise<OutputRecord[]> {
  const records: OutputRecord[] = []
  for await (const record of session.output) {
    records.push(record)
    if (records.length === count) break
  }
  return records
}

function fromOf({ host }: Connected): unknown[] {
  return host.requests.flatMap(({ method, params }) =>
    method === 'session.attach' ? [decodeParams(method, params).from] : [],
  )
}
