import { describe, expect, test } from 'vitest'
import { CommandError } from '../src/command-error.ts'
import {
  changeLabels,
  formatLabels,
  hasLabels,
  labelRecord,
  parseLabel,
  parseLabelChange,
} from '../src/labels.ts'
import { parseDuration, parseOffset, parsePositive, parseSize } from '../src/quantities.ts'

function refusal(act: () => unknown): string {
  try {
    act()
    return 'nothing was refused'
  } catch (error) {
    return error instanceof CommandError ? error.code : String(error)
  }
}

describe('amounts on the command line', () => {
  test.each([
    ['4096', 4096],
    ['1k', 1024],
    ['64M', 64 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['2 mb', 2 * 2 ** 20],
    ['1T', 2 ** 40],
  ])('the size %s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
  ])('the duration %s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  test.each(['', '-1M', 'M', '1X', '1e3', '0x10'])('"%s" is no size', (text) =>
    expect(refusal(() => parseSize(text))).toBe('USAGE'),
  )

  test.each(['', '10', '-5s', '1y', 's', '1h30m'])('"%s" is no duration', (text) =>
    expect(refusal(() => parseDuration(text))).toBe('USAGE'),
  )

  test('a speed is above zero, an offset is whole', () => {
    expect([parsePositive('.5'), parsePositive('10'), parseOffset('0')]).toEqual([0.5, 10, 0])
    for (const text of ['0', '-1', 'fast', '']) {
      expect(refusal(() => parsePositive(text))).toBe('USAGE')
    }
    for (const text of ['-1', '1.5', '', '99999999999999999999']) {
      expect(refusal(() => parseOffset(text))).toBe('USAGE')
    }
  })
})

describe('labels on the command line', () => {
  test('a value may be empty and hold "="; without one, the key stands alone', () => {
    expect(parseLabel('team=web')).toEqual({ key: 'team', value: 'web' })
    expect(parseLabel('a.b/c=')).toEqual({ key: 'a.b/c', value: '' })
    expect(parseLabel('q=a=b')).toEqual({ key: 'q', value: 'a=b' })
    expect(parseLabel('team')).toEqual({ key: 'team', value: undefined })
  })

  test('a key at the end of "-" is taken away; with "=" it is set', () => {
    expect(parseLabelChange('team-')).toEqual({ key: 'team', value: undefined })
    expect(parseLabelChange('team-=x')).toEqual({ key: 'team-', value: 'x' })
  })

  test.each(['', '=x', '-', '-a=b', 'a b=c', `${'k'.repeat(64)}=v`, 'ümlaut=x'])(
    '"%s" is no label',
    (text) => expect(refusal(() => parseLabelChange(text))).toBe('USAGE'),
  )

  test('a new session needs values', () => {
    expect(labelRecord([{ key: 'a', value: 'b' }])).toEqual({ a: 'b' })
    expect(refusal(() => labelRecord([{ key: 'a', value: undefined }]))).toBe('USAGE')
    expect(refusal(() => parseLabelChange('a'))).toBe('USAGE')
  })

  test('changes leave the others alone', () => {
    const former = { a: '1', b: '2' }
    const changes = ['b-', 'c=3', 'a=4', 'd-'].map(parseLabelChange)
    expect(changeLabels(former, changes)).toEqual({ a: '4', c: '3' })
    expect(former).toEqual({ a: '1', b: '2' })
  })

  test('finds by all that was asked for, and shows them by key', () => {
    const labels = { b: '2', a: '1' }
    expect(hasLabels(labels, ['a', 'b=2'].map(parseLabel))).toBe(true)
    expect(hasLabels(labels, ['a', 'b=3'].map(parseLabel))).toBe(false)
    expect(hasLabels(undefined, [parseLabel('a')])).toBe(false)
    expect(hasLabels(undefined, [])).toBe(true)
    expect([formatLabels(labels), formatLabels(undefined)]).toEqual(['a=1,b=2', ''])
  })
})
