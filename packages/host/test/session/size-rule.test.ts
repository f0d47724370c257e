import type { TerminalSize } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { MemoryLog } from '../../src/log/index.ts'
import { SizeRule } from '../../src/session/size-rule.ts'
import { ManualClock, viewerOf } from './fixtures.ts'

function setUp() {
  const applied: TerminalSize[] = []
  const rule = new SizeRule((size) => applied.push(size))
  const viewer = (number: number, columns: number) =>
    viewerOf({
      log: new MemoryLog(),
      clock: new ManualClock(),
      number,
      size: { columns, rows: 24 },
    })
  const widths = (): number[] => applied.map(({ columns }) => columns)
  return { rule, viewer, widths }
}

describe('SizeRule', () => {
  it('follows the viewer who typed last', () => {
    const { rule, viewer, widths } = setUp()
    const [wide, narrow] = [viewer(1, 120).attachment, viewer(2, 60).attachment]
    rule.handleAttached(wide)
    rule.handleAttached(narrow)
    rule.handleResized(narrow, { columns: 61, rows: 24 })
    expect(widths()).toEqual([120])
    rule.handleTyped(narrow)
    rule.handleResized(wide, { columns: 130, rows: 24 })
    expect(widths()).toEqual([120, 61])
    rule.handleTyped(wide)
    expect(widths()).toEqual([120, 61, 130])
  })

  it('goes to the newest who remains when its owner leaves', () => {
    const { rule, viewer, widths } = setUp()
    const [first, second, third] = [viewer(1, 100), viewer(2, 90), viewer(3, 80)]
    rule.handleAttached(first.attachment)
    rule.handleDetached(first.attachment, [second.attachment, third.attachment])
    expect(widths()).toEqual([100, 80])
  })

  it('is never that of a viewer who may not type', () => {
    const { rule, viewer, widths } = setUp()
    const { attachment, connection } = viewer(1, 100)
    connection.canType = false
    rule.handleAttached(attachment)
    rule.handleResized(attachment, { columns: 50, rows: 24 })
    expect(widths()).toEqual([])
  })
})
