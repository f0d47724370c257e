import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { lineLogger } from '../../src/base/logger.ts'

describe('lineLogger', () => {
  it('escapes every control character, also those of eight bits that terminals obey', () => {
    const lines: string[] = []
    lineLogger((line) => void lines.push(line), systemClock()).log('x', {
      title: '\u001b[2J\u009b2J\u007f',
    })
    expect(lines.join('')).toContain(String.raw`\u001b[2J\u009b2J\u007f`)
  })
})
