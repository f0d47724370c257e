import { byteOffset, encodeFact, LimpetError, RECORD_KIND, type LogRecord } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { OutputCursor } from '../../src/core/output-cursor.ts'
import { outputRecordOf } from '../../src/core/output-record.ts'

function output(offset: number, text: string): LogRecord {
  const payload = new TextEncoder().encode(text)
  return {
    kind: RECORD_KIND.stdout,
    isContinued: false,
    offset: byteOffset(offset),
    timeUs: 7,
    payload,
  }
}

function gap(from: number, to: number): LogRecord {
  const payload = encodeFact({ from: byteOffset(from), to: byteOffset(to) })
  return { kind: RECORD_KIND.gap, isContinued: false, offset: byteOffset(from), timeUs: 0, payload }
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
  } catch (error) {
    if (error instanceof LimpetError) return error.code
    throw error
  }
  return undefined
}

describe('the output cursor', () => {
  it('[LOG-2] hands on contiguous records as they are', () => {
    const cursor = new OutputCursor(byteOffset(0))
    const [first, second] = [output(0, 'ab'), output(2, 'c')]
    expect([cursor.take(first), cursor.take(second)]).toEqual([first, second])
    expect(cursor.next).toBe(3)
  })

  it('[LOG-2] drops what it has had, whole or up to the new part', () => {
    const cursor = new OutputCursor(byteOffset(3))
    expect(cursor.take(output(0, 'abc'))).toBeUndefined()
    const rest = cursor.take(output(1, 'bcdef'))
    expect(rest && outputRecordOf(rest)).toEqual({
      type: 'output',
      stream: 'stdout',
      bytes: new TextEncoder().encode('def'),
      offset: 3,
      end: 6,
      timeUs: 7,
      isContinued: true,
    })
    expect(cursor.next).toBe(6)
  })

  it('[LOG-2] takes a hole for a fault of the peer, and stays where it was', () => {
    const cursor = new OutputCursor(byteOffset(3))
    expect(codeOf(() => cursor.take(output(4, 'x')))).toBe('MESSAGE_MALFORMED')
    expect(codeOf(() => cursor.take(gap(4, 9)))).toBe('MESSAGE_MALFORMED')
    expect(cursor.next).toBe(3)
  })

  it('goes on behind a gap that was announced', () => {
    const cursor = new OutputCursor(byteOffset(3))
    const announced = cursor.take(gap(3, 10))
    expect(announced && outputRecordOf(announced)).toMatchObject({
      type: 'gap',
      gap: { from: 3, to: 10 },
      offset: 3,
      end: 10,
    })
    expect(cursor.take(output(10, 'x'))).toEqual(output(10, 'x'))
  })

  it('hands on only the part of a gap that it has not had', () => {
    const cursor = new OutputCursor(byteOffset(5))
    expect(cursor.take(gap(0, 5))).toBeUndefined()
    const rest = cursor.take(gap(2, 9))
    expect(rest && outputRecordOf(rest)).toMatchObject({
      gap: { from: 5, to: 9 },
      offset: 5,
      end: 9,
    })
  })
})
