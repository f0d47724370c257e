import { ACKNOWLEDGE_STEP_BYTES, byteOffset, MAX_WINDOW_BYTES } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { Acknowledger } from '../../src/core/acknowledger.ts'

function acknowledger(windowBytes = 400): { said: number[]; subject: Acknowledger } {
  const said: number[] = []
  const subject = new Acknowledger({
    from: byteOffset(1000),
    windowBytes,
    send: (offset) => said.push(offset),
  })
  return { said, subject }
}

describe('the acknowledger', () => {
  it('[FLOW-1] speaks each quarter of the window, with what was consumed by then', () => {
    const { said, subject } = acknowledger()
    for (let offset = 1000; offset <= 1310; offset += 10) subject.consumed(byteOffset(offset))
    expect(said).toEqual([1100, 1200, 1300])
  })

  it('[FLOW-4] never owes much, however large the window: the process of a lossless viewer may wait for it', () => {
    const { said, subject } = acknowledger(MAX_WINDOW_BYTES)
    subject.consumed(byteOffset(1000 + ACKNOWLEDGE_STEP_BYTES - 1))
    expect(said).toEqual([])
    subject.consumed(byteOffset(1000 + ACKNOWLEDGE_STEP_BYTES))
    expect(said).toEqual([1000 + ACKNOWLEDGE_STEP_BYTES])
  })

  it('never goes back and never repeats itself', () => {
    const { said, subject } = acknowledger()
    subject.consumed(byteOffset(1150))
    subject.consumed(byteOffset(900))
    subject.flush()
    subject.flush()
    expect(said).toEqual([1150])
  })

  it('[RESP-5] speaks at once after an answer, then takes its time again', () => {
    const { said, subject } = acknowledger()
    subject.hurry()
    subject.consumed(byteOffset(1003))
    subject.consumed(byteOffset(1004))
    expect(said).toEqual([1003])
  })

  it('counts from where a new attachment began', () => {
    const { said, subject } = acknowledger()
    subject.consumed(byteOffset(1090))
    subject.restart(byteOffset(1500))
    subject.consumed(byteOffset(1120))
    expect(said).toEqual([])
    subject.consumed(byteOffset(1600))
    expect(said).toEqual([1600])
  })
})
