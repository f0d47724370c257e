// Tests the run dialect with a client that nobody here wrote: Python's autobahn.
import { join } from 'node:path'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from '@limpet/client'
import { processesWith, waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { connectPeer } from './gateway/autobahn-peer.ts'
import { startGatewayFixture, type GatewayFixture } from './gateway/gateway-fixture.ts'

/** Runs lines one after another and gives the messages, of which there must be so many. */
async function messagesOf(
  fixture: GatewayFixture,
  path: string,
  lines: readonly string[],
  count: number,
): Promise<string[]> {
  await using peer = await connectPeer(fixture, path)
  peer.send(...lines, 'echo that was all')
  const last = path.includes('format=json') ? 2 : 1
  const messages = await peer.untilMessages(count + last)
  expect(messages.slice(count).join('')).toContain('that was all')
  return messages.slice(0, count)
}

test('each message is a command, and its output comes back', async () => {
  await using fixture = await startGatewayFixture()
  const lines = ['echo hello', 'printf "no end"', 'echo $((6*7))', 'cat', 'true', '']
  expect(await messagesOf(fixture, '/ws', lines, 6)).toEqual([
    'hello\n',
    'no end',
    '42\n',
    '',
    '',
    '',
  ])
})

test('the subprotocol limpet.run.v1 is the same, and is said back', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture, '/ws', { subprotocol: 'limpet.run.v1' })
  expect(peer.facts[0]).toEqual({ open: 'limpet.run.v1' })
  peer.send('echo hello')
  expect(await peer.untilMessages(1)).toEqual(['hello\n'])
})

test('what goes wrong is said as an error, line by line', async () => {
  await using fixture = await startGatewayFixture()
  const lines = [
    'echo out; echo one >&2; echo two >&2; exit 3',
    'exit 3',
    'kill -9 $$',
    'echo last words >&2; kill -TERM $$',
    'no-such-command',
    'echo fine >&2',
  ]
  const messages = await messagesOf(fixture, '/ws', lines, 9)
  // Two streams of one process have no order between them.
  expect(messages.slice(0, 3).toSorted()).toEqual(['error: one', 'error: two', 'out\n'])
  expect(messages.slice(3)).toEqual([
    'error: ended with exit code 3',
    'error: ended by SIGKILL',
    'error: last words',
    'error: ended by SIGTERM',
    'error: bash: line 1: no-such-command: command not found',
    'error: fine',
  ])
})

test('a command that cannot be started is an error, and the next one runs', async () => {
  await using fixture = await startGatewayFixture()
  const [tooLong] = await messagesOf(fixture, '/ws', [`echo ${'é'.repeat(65_536)}`], 1)
  expect(tooLong).toMatch(/^error: The program "command" was not started: line has 131077 bytes/)
  const nul = await messagesOf(fixture, '/ws', ['echo a\0b'], 1)
  expect(nul[0]).toMatch(/^error: /)
})

test('output arrives while it is produced, also from Python', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture)
  peer.send('for i in 1 2 3; do echo $i; sleep 0.3; done')
  expect(await peer.untilMessages(3)).toEqual(['1\n', '2\n', '3\n'])
  peer.send(`/usr/bin/python3 -c 'import time; print("a"); time.sleep(0.3); print("b")'`)
  // Unbuffered, Python writes the end of a line on its own.
  await waitFor('both lines', () => peer.messages.join('').endsWith('a\nb\n'))
  const timeOf = (text: string): number =>
    peer.facts.find(({ message }) => message?.startsWith(text))?.atMs ?? Number.NaN
  const pairs = [
    ['1', '2'],
    ['2', '3'],
    ['a', 'b'],
  ] as const
  for (const [earlier, later] of pairs) {
    expect(timeOf(later) - timeOf(earlier)).toBeGreaterThan(200)
  }
})

test('a character is never broken, whatever the pieces it is written in', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture)
  peer.send(
    String.raw`for b in '\xf0' '\x9f' '\x90' '\x9a' '\xe2' '\x82' '\xac'; do printf "$b"; sleep 0.05; done; printf '\xff.'`,
  )
  peer.send('echo end')
  await waitFor('the end', () => peer.messages.includes('end\n'))
  expect(peer.messages.join('')).toBe('🐚€\ufffd.end\n')
  for (const message of peer.messages) expect(message).not.toMatch(/\p{Surrogate}/u)
})

test('with gather=1 each command gives exactly one message', async () => {
  await using fixture = await startGatewayFixture()
  const lines = [
    'for i in 1 2 3; do echo $i; sleep 0.05; done',
    'echo out; echo err >&2; exit 3',
    'exit 3',
    'printf x; echo y >&2',
    'true',
    'kill -9 $$',
    'head -c 2000000 /dev/zero | tr "\\\\0" x',
  ]
  const messages = await messagesOf(fixture, '/ws?gather=1', lines, 7)
  expect(messages.slice(0, 6)).toEqual([
    '1\n2\n3\n',
    'out\nerror: err',
    'error: ended with exit code 3',
    'x\nerror: y',
    '',
    'error: ended by SIGKILL',
  ])
  expect(messages[6]).toMatch(/^error: The command wrote more than 1048576 bytes/)
})

test('with format=json streams and exits are told apart by the number of the command', async () => {
  await using fixture = await startGatewayFixture()
  const lines = ['echo out', 'echo err >&2; exit 3', 'kill -9 $$']
  const messages = await messagesOf(fixture, '/ws?format=json', lines, 5)
  const durationMs: unknown = expect.any(Number)
  expect(messages.map((message) => JSON.parse(message) as unknown)).toEqual([
    { id: 1, stream: 'stdout', data: 'out\n' },
    { id: 1, exit: { code: 0, signal: null, durationMs } },
    { id: 2, stream: 'stderr', data: 'err\n' },
    { id: 2, exit: { code: 3, signal: null, durationMs } },
    { id: 3, exit: { code: null, signal: 'SIGKILL', durationMs } },
  ])
})

test('a format that there is not is refused before the connection is made', async () => {
  await using fixture = await startGatewayFixture()
  for (const query of ['format=xml', 'gather=yes', 'gather=1&format=json']) {
    const answer = await fixture.upgrade(`/ws?${query}`, [
      `Authorization: ${fixture.bearer.authorization}`,
    ])
    expect([query, answer.status]).toEqual([query, 400])
    expect(answer.body).toContain('"PARAMETERS_INVALID"')
  }
})

test('commands run one after another, 64 wait, and the next is refused', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture, '/ws?format=json')
  const file = join(fixture.scratch.home, 'go')
  peer.send(`until [ -e ${file} ]; do sleep 0.02; done`)
  for (let i = 2; i <= 70; i += 1) peer.send(`echo ${i} >> ${join(fixture.scratch.home, 'order')}`)
  const refused = await peer.untilMessages(5)
  expect(
    refused.map((text) => JSON.parse(text) as { id: number; error: { code: string } }),
  ).toMatchObject([66, 67, 68, 69, 70].map((id) => ({ id, error: { code: 'QUEUE_FULL' } })))
  await writeFile(file, '')
  const all = await peer.untilMessages(5 + 65)
  const ids = all
    .slice(5)
    .map((text) => (JSON.parse(text) as { id: number; exit: { code: number } }).id)
  expect(ids).toEqual(Array.from({ length: 65 }, (_, index) => index + 1))
  peer.send(`tr '\\n' ' ' < ${join(fixture.scratch.home, 'order')}`)
  const order = (await peer.untilMessages(71))[70] ?? ''
  expect((JSON.parse(order) as { data: string }).data).toBe(
    `${Array.from({ length: 64 }, (_, index) => index + 2).join(' ')} `,
  )
})

test('closing the connection ends the running command and its children, and forgets what waits', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture)
  const file = join(fixture.scratch.home, 'never')
  peer.send('sleep 1000 & sleep 1000 & echo started; wait', `touch ${file}`)
  await peer.untilMessages(1)
  const running = (): number[] => processesWith('HOME', fixture.scratch.home)
  expect(running().length).toBeGreaterThanOrEqual(3)
  peer.order({ close: true })
  await peer.until('the end', ({ closed }) => closed === 1000)
  await waitFor('the end of the command', () => running().length === 0)
  await expect(writeFile(file, '', { flag: 'wx' })).resolves.toBeUndefined()
})

test('a client that does not read stops the command, and loses nothing', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture)
  const progress = join(fixture.scratch.home, 'progress')
  peer.order({ pause: true })
  // Counts what it has written: 32 MiB, far more than all buffers on the way hold.
  peer.send(
    `for i in $(seq 512); do head -c 65536 /dev/zero | tr '\\0' x; echo $i > ${progress}; done`,
  )
  const written = async (): Promise<number> =>
    Number(await readFile(progress, 'utf8').catch(() => '0'))
  let before = -1
  await waitFor('the command to stand still', async () => {
    const now = await written()
    const isStill = now > 0 && now === before
    before = now
    // fixed wait: standing still is seen only by looking twice
    await new Promise((resolve) => setTimeout(resolve, 500))
    return isStill
  })
  expect(await written()).toBeLessThan(256)
  peer.order({ resume: true })
  const total = (): number => peer.messages.reduce((sum, message) => sum + message.length, 0)
  await waitFor('all bytes', () => total() === 32 * 1024 * 1024)
})

test('binary messages and a program that is not offered are clear errors', async () => {
  await using fixture = await startGatewayFixture({ config: { only: ['true'] } })
  await using peer = await connectPeer(fixture)
  peer.order({ sendBinary: 'ls' })
  peer.send('ls')
  expect(await peer.untilMessages(2)).toEqual([
    'error: Send text messages: each is one command line.',
    'error: The program "command" is not offered here.',
  ])
})

test('when the host dies the running command is an error, and the next one runs', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture)
  // Ends by itself when nobody is left to read it.
  peer.send('echo started; while sleep 0.1; do echo >&2; done')
  await peer.until('the start', ({ message }) => message === 'started\n')
  await fixture.endHost('SIGKILL')
  await peer.until('the loss', ({ message }) => /^error: .*connection/i.test(message ?? ''))
  peer.send('echo again')
  await peer.until('the next command', ({ message }) => message === 'again\n')
})

test('a stopping gateway closes with 1012', async () => {
  await using fixture = await startGatewayFixture()
  await using peer = await connectPeer(fixture)
  peer.send('echo started; sleep 1000')
  await peer.untilMessages(1)
  await fixture.gateway.close()
  await peer.until('the end', ({ closed }) => closed === 1012)
})

test('what was run and read leaves nothing in the list of sessions', async () => {
  await using fixture = await startGatewayFixture()
  await messagesOf(fixture, '/ws', ['echo one', 'exit 1'], 2)
  await using limpet = await connect(fixture.origin, { token: fixture.gateway.token })
  await waitFor('an empty list', async () => (await limpet.sessions()).length === 0)
})
