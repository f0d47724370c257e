import {
  inputSequence,
  LimpetError,
  MAX_INPUT_PAYLOAD_BYTES,
  MAX_UNACKNOWLEDGED_INPUT_BYTES,
} from '@limpet/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { InputQueue, type SequencedInput } from '../../src/core/input-queue.ts'
import { MAX_WAITING_INPUT_BYTES } from '../../src/core/limits.ts'
import { settled } from '../support/manual-runtime.ts'

const TYPED = { isAnswer: false, isLast: false }

describe('the input queue', () => {
  let sent: SequencedInput[]
  let queue: InputQueue

  beforeEach(() => {
    sent = []
    queue = new InputQueue((input) => sent.push(input))
  })

  /** @returns how the promise stands: 'waits', 'done' or a code */
  function write(text: string | number, options = TYPED): { fate: string } {
    const bytes = typeof text === 'number' ? new Uint8Array(text) : new TextEncoder().encode(text)
    const write = { fate: 'waits' }
    queue.write(bytes, options).then(
      () => (write.fate = 'done'),
      (error: unknown) => (write.fate = error instanceof LimpetError ? error.code : String(error)),
    )
    return write
  }

  function sequences(): number[] {
    return sent.map(({ sequence }) => sequence)
  }

  function texts(): string[] {
    return sent.map(({ bytes }) => new TextDecoder().decode(bytes))
  }

  it('[INPUT-1] numbers frames from 1, in the order of calls', () => {
    queue.resume(inputSequence(0))
    for (const text of ['a', 'b', 'c']) write(text)
    expect([sequences(), texts()]).toEqual([
      [1, 2, 3],
      ['a', 'b', 'c'],
    ])
  })

  it('settles a write when its last byte was written, cumulatively', async () => {
    queue.resume(inputSequence(0))
    const writes = [write('a'), write('b'), write('c')]
    queue.acknowledged(inputSequence(2))
    await settled()
    expect(writes.map(({ fate }) => fate)).toEqual(['done', 'done', 'waits'])
    expect(queue.pendingBytes).toBe(1)
  })

  it('[INPUT-4] cuts long data and waits while 256 KiB are under way', async () => {
    queue.resume(inputSequence(0))
    const long = write(MAX_UNACKNOWLEDGED_INPUT_BYTES + MAX_INPUT_PAYLOAD_BYTES + 1)
    const short = write('x')
    expect(sent.map(({ bytes }) => bytes.byteLength)).toEqual([65_536, 65_536, 65_536, 65_536])
    queue.acknowledged(inputSequence(1))
    expect(sequences()).toEqual([1, 2, 3, 4, 5])
    queue.acknowledged(inputSequence(5))
    await settled()
    expect(sent.slice(5).map(({ bytes }) => bytes.byteLength)).toEqual([1, 1])
    expect([long.fate, short.fate]).toEqual(['waits', 'waits'])
    queue.acknowledged(inputSequence(6))
    await settled()
    expect([long.fate, short.fate]).toEqual(['done', 'waits'])
  })

  it('takes nothing for written at once, and the end of input for a frame of its own', async () => {
    queue.resume(inputSequence(0))
    const nothing = write('')
    write('', { isAnswer: false, isLast: true })
    await settled()
    expect(nothing.fate).toBe('done')
    expect(sent).toMatchObject([{ sequence: 1, isLast: true, bytes: new Uint8Array(0) }])
  })

  it('[INPUT-3] sends again under the old numbers what the host has not taken over', async () => {
    queue.resume(inputSequence(0))
    const writes = [write('a'), write('b'), write('c')]
    queue.suspend()
    write('d')
    sent.length = 0
    queue.resume(inputSequence(2))
    expect([sequences(), texts()]).toEqual([
      [3, 4],
      ['c', 'd'],
    ])
    await settled()
    // Taken over is not yet written: the host acknowledges that.
    expect(writes.map(({ fate }) => fate)).toEqual(['waits', 'waits', 'waits'])
    queue.acknowledged(inputSequence(2))
    await settled()
    expect(writes.map(({ fate }) => fate)).toEqual(['done', 'done', 'waits'])
  })

  it('[INPUT-4] counts what was taken over but not written, also after a reconnection', () => {
    queue.resume(inputSequence(0))
    write(MAX_UNACKNOWLEDGED_INPUT_BYTES)
    queue.suspend()
    sent.length = 0
    queue.resume(inputSequence(4))
    write('more')
    expect(sent).toEqual([])
    queue.acknowledged(inputSequence(1))
    expect(sequences()).toEqual([5])
  })

  it('sends old before new when a reconnection makes room', () => {
    queue.resume(inputSequence(0))
    write(MAX_UNACKNOWLEDGED_INPUT_BYTES)
    write('waited')
    queue.suspend()
    queue.acknowledged(inputSequence(1))
    sent.length = 0
    queue.resume(inputSequence(1))
    expect(sequences()).toEqual([2, 3, 4, 5])
  })

  it('[INPUT-5] gives the number of a refused frame to the next write', async () => {
    queue.resume(inputSequence(0))
    const writes = [write('a'), write('b'), write('c')]
    expect(queue.refused(inputSequence(2), new LimpetError('FORBIDDEN', 'no'))).toBe(true)
    // What followed on its way is refused as well: its number is nobody's by now.
    expect(queue.refused(inputSequence(3), new LimpetError('INPUT_GAP', 'no'))).toBe(true)
    queue.acknowledged(inputSequence(1))
    await settled()
    expect(writes.map(({ fate }) => fate)).toEqual(['done', 'FORBIDDEN', 'FORBIDDEN'])
    expect(queue.pendingBytes).toBe(0)
    write('d')
    expect([sequences().at(-1), texts().at(-1)]).toEqual([2, 'd'])
  })

  it('leaves it to a new attachment when both ends count differently', () => {
    queue.resume(inputSequence(0))
    write('a')
    expect(queue.refused(inputSequence(1), new LimpetError('INPUT_GAP', 'no'))).toBe(false)
    expect(queue.pendingBytes).toBe(1)
  })

  it('[INPUT-7] never sends twice what a host that forgot this client may have written', async () => {
    queue.resume(inputSequence(0))
    const first = write('a')
    queue.acknowledged(inputSequence(1))
    const uncertain = write(MAX_UNACKNOWLEDGED_INPUT_BYTES + 5)
    const waiting = write('later')
    queue.suspend()
    sent.length = 0
    queue.resume(inputSequence(0))
    await settled()
    expect([first.fate, uncertain.fate, waiting.fate]).toEqual(['done', 'CONNECTION_LOST', 'waits'])
    expect([sequences(), texts()]).toEqual([[1], ['later']])
  })

  it('refuses to pile up writes without end', async () => {
    write(MAX_WAITING_INPUT_BYTES + MAX_UNACKNOWLEDGED_INPUT_BYTES)
    const tooMuch = write('x')
    await settled()
    expect(tooMuch.fate).toBe('INPUT_OVERFLOW')
  })

  it('rejects everything when it ends, and all that comes later', async () => {
    queue.resume(inputSequence(0))
    const writes = [write('a'), write(2 * MAX_UNACKNOWLEDGED_INPUT_BYTES)]
    queue.end(new LimpetError('SESSION_ENDED', 'ended'))
    queue.end(new LimpetError('ATTACHMENT_NOT_FOUND', 'later'))
    writes.push(write('b'))
    await settled()
    expect(writes.map(({ fate }) => fate)).toEqual(Array(3).fill('SESSION_ENDED'))
    expect(queue.pendingBytes).toBe(0)
  })
})
