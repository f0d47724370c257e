// Tests what the SDK reads from the log of a real host, through a real gateway: all of it, parts of it, while it
// grows and after its end, as records and as text.
import { createHash } from 'node:crypto'
import { plainText, type HistoryOptions, type Limpet, type OutputRecord } from '@limpet/client'
import { startLimpet, waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'

test('the history of an ended session is every record, in order, and ends with the exit', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const session = await client.open({
    argv: ['sh', '-c', 'printf out; sleep 0.1; printf err >&2; sleep 0.1; printf out; exit 3'],
  })
  const live = await all(session.output)
  const kept = await all(client.history(session.id))
  expect(kept).toEqual(live)
  expect(kept.map((record) => (record.type === 'output' ? record.stream : record.type))).toEqual([
    'stdout',
    'stderr',
    'stdout',
    'exit',
  ])
  expect(await bytesOf(client, session.id, { from: 2, to: 7 })).toBe('terro')
})

test('the history of a running session ends where its log ended when it was asked for', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const session = await client.open({ argv: ['cat'] })
  await session.write('first\n')
  await waitFor('the echo', () => session.offset >= 6)
  expect(await bytesOf(client, session.id)).toBe('first\n')
  await session.write('second\n')
  await waitFor('the second echo', () => session.offset >= 13)
  expect(await bytesOf(client, session.id, { from: 6 })).toBe('second\n')
  expect(session.info.state).toBe('running')
  await session.close()
})

test('a long history is read at the pace of its reader, every byte once', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const session = await client.open({ argv: ['seq', '60000'] })
  await session.discardOutput()
  const numbers = Array.from({ length: 60_000 }, (_, i) => `${i + 1}\n`).join('')
  const hash = createHash('sha256')
  for await (const record of client.history(session.id)) {
    if (record.type === 'output') hash.update(record.bytes)
    await new Promise((resolve) => void setImmediate(resolve))
  }
  expect(hash.digest('hex')).toBe(createHash('sha256').update(numbers).digest('hex'))
})

test('a terminal session is read as text, as its lines looked at last', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const program = `printf '\\033[1mbold\\033[0m\\n'; printf ' 10%%\\r100%%\\n'; printf 'abcdef\\rxy\\033[K\\n'`
  const session = await client.open({ argv: ['sh', '-c', program], tty: true })
  await session.discardOutput()
  let text = ''
  for await (const piece of plainText(client.history(session.id))) text += piece
  expect(text).toBe('bold\n100%\nxy\n')
})

async function all(records: AsyncIterable<OutputRecord>): Promise<OutputRecord[]> {
  const list: OutputRecord[] = []
  for await (const record of records) list.push(record)
  return list
}

async function bytesOf(client: Limpet, id: string, options?: HistoryOptions): Promise<string> {
  const records = await all(client.history(id, options))
  const parts = records.map((record) => (record.type === 'output' ? record.bytes : Buffer.of()))
  return Buffer.concat(parts).toString()
}
