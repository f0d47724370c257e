import { describe, expect, it } from 'vitest'
import type { HistoryOptions, OutputRecord } from '../../src/index.ts'
import { connected, reconnect, type Connected } from '../support/connected.ts'
import { settled } from '../support/manual-runtime.ts'
import { shown } from '../support/opened.ts'

describe('the history of a session', () => {
  it('is what its log holds now, and ends by itself', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.print('one ')
    far.print('two', 'stderr')
    const read = told(context, far.info.id)
    await settled()
    far.print(' later')
    expect(await read).toEqual(['one ', 'two'])
    await settled()
    expect(far.viewers.size).toBe(0)
  })

  it('ends with the exit record of a session that has ended', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.print('all')
    far.exit()
    expect(await told(context, far.info.id)).toEqual(['all', '[exit]'])
  })

  it('is cut at both ends, output to the byte', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.print('abcdef')
    far.print('ghi')
    expect(await told(context, far.info.id, { from: 2, to: 8 })).toEqual(['cdef', 'gh'])
    expect(await told(context, far.info.id, { from: 2, to: 4 })).toEqual(['cd'])
    expect(await told(context, far.info.id, { from: 9 })).toEqual([])
    expect(await told(context, far.info.id, { from: 4, to: 4 })).toEqual([])
  })

  it('[LOG-2] begins with a gap where bytes are no longer kept, up to its own end', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.print('abcdef')
    far.forget(4)
    expect(await told(context, far.info.id, { from: 0 })).toEqual(['[gap 0–4]', 'ef'])
    expect(await told(context, far.info.id, { from: 0, to: 3 })).toEqual(['[gap 0–3]'])
    expect(await told(context, far.info.id)).toEqual(['ef'])
  })

  it('ends at the same place over a lost connection', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.print('one ')
    far.print('two')
    const records: string[] = []
    for await (const record of context.limpet.history(far.info.id)) {
      records.push(shown(record))
      if (records.length > 1) continue
      far.print(' later')
      await reconnect(context)
    }
    expect(records).toEqual(['one ', 'two'])
  })

  it('lets go of the session when its reader does', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.print('one ')
    far.print('two')
    const records = context.limpet.history(far.info.id)[Symbol.asyncIterator]()
    await records.next()
    await records.return?.()
    await settled()
    expect(far.viewers.size).toBe(0)
  })

  it('throws what attaching throws', async () => {
    await using context = await connected()
    const far = context.host.start()
    await expect(told(context, far.info.id, { from: 7 })).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
    })
  })
})

async function told(
  { limpet }: Connected,
  id: string,
  options?: HistoryOptions,
): Promise<string[]> {
  const records: OutputRecord[] = []
  for await (const record of limpet.history(id, options)) records.push(record)
  return records.map((record) => shown(record))
}
