// Tests with the SDK on both sides what viewers of one session see and may do: through a real gateway and host.
import type { OutputRecord, Session } from '@limpet/client'
import { startLimpet, waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'

test('a viewer that begins with the screen gets the terminal as it is, then what follows', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const first = await client.open({ argv: ['cat'], tty: true }, { columns: 40, rows: 10 })
  let text = ''
  const drained = drain(first, (more) => void (text += more))
  await first.write('hello\r')
  await waitFor('the echo of terminal and program', () => /hello[^]*hello/.test(text))
  const second = await client.attach(first.id, { from: 'screen' })
  const records = second.output[Symbol.asyncIterator]()
  const screen = await next(records)
  if (screen.type !== 'checkpoint') throw new Error(`a ${screen.type} came first`)
  expect(screen.checkpoint).toMatchObject({ columns: 40, rows: 10, isExact: true })
  expect(Buffer.from(screen.checkpoint.bytes).toString()).toContain('hello')
  expect(screen.offset).toBe(second.attached.offset)
  await first.write('again\r')
  const output = await next(records)
  expect(output.type === 'output' && Buffer.from(output.bytes).toString()).toContain('again')
  await records.return?.()
  await second.detach()
  await first.close()
  await drained
})

test('viewers know of each other; control is taken, keeps others from typing, and is given back', async () => {
  await using limpet = await startLimpet()
  await using ada = await limpet.connect()
  await using bob = await limpet.connect()
  const mine = await ada.open({ argv: ['cat'], tty: true }, { viewerName: 'Ada' })
  const theirs = await bob.attach(mine.id, { viewerName: 'Bob' })
  const drained = [drain(mine), drain(theirs)]
  await waitFor('Bob is seen', () => mine.viewers.length === 2)
  expect(theirs.viewers.map(({ name, canType }) => `${name} ${canType}`)).toEqual([
    'Ada true',
    'Bob true',
  ])
  await mine.takeControl()
  await waitFor('control is known', () => theirs.control === mine.viewer)
  const refused = [theirs.write('x'), theirs.write('y')]
  for (const write of refused) await expect(write).rejects.toMatchObject({ code: 'CONTROL_HELD' })
  await mine.giveControl(theirs.viewer)
  await waitFor('control is handed over', () => theirs.control === theirs.viewer)
  await theirs.write('typed\r')
  await expect(mine.write('z')).rejects.toMatchObject({ code: 'CONTROL_HELD' })
  await theirs.giveControl(null)
  await waitFor('control is free', () => mine.control === null)
  await mine.write('more\r')
  await theirs.detach()
  await waitFor('Bob has left', () => mine.viewers.length === 1)
  await mine.endInput()
  await mine.exited
  const [text] = await Promise.all(drained)
  expect(text).toBe('typed\r\ntyped\r\nmore\r\nmore\r\n')
})

test('what was seen on one device is known on the others; labels are changed and listed', async () => {
  await using limpet = await startLimpet()
  await using phone = await limpet.connect()
  await using desk = await limpet.connect()
  const session = await desk.open({ argv: ['cat'] }, { labels: { project: 'limpet' } })
  const watch = await phone.watchSessions(() => {})
  expect(watch.sessions.get(session.id)?.labels).toEqual({ project: 'limpet' })
  await desk.markSeen(session.id, 12_345)
  await waitFor('it is seen', () => watch.seen.get(session.id) === 12_345)
  await session.configure({ labels: { team: 'a' } })
  await waitFor('the label', () => watch.sessions.get(session.id)?.labels?.['team'] === 'a')
  await session.close()
})

async function next(records: AsyncIterator<OutputRecord>): Promise<OutputRecord> {
  const result = await records.next()
  if (result.done === true) throw new Error('the output has ended')
  return result.value
}

/** Reads everything. @returns what was printed */
async function drain(session: Session, handle?: (text: string) => void): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const record of session.output) {
    if (record.type !== 'output') continue
    parts.push(record.bytes)
    handle?.(Buffer.from(record.bytes).toString())
  }
  return Buffer.concat(parts).toString()
}
