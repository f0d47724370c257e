import { describe, expect, test } from 'vitest'

import { argvShape, environmentShape } from '../src/launch-plan.ts'
import { MAX_ARGUMENTS } from '../src/limits.ts'
import {
  dictionary,
  either,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  quantity,
  text,
  type Shape,
} from '../src/shape.ts'

function refusal(shape: Shape<unknown>, value: unknown): string {
  try {
    shape.decode(value, 'p')
  } catch (error) {
    return (error as Error).message // what was thrown is checked by its text
  }
  return 'accepted'
}

describe('shapes', () => {
  test('accept what they describe', () => {
    const shape = object({
      name: text({ min: 1, max: 5 }),
      size: integer(0, 10),
      ratio: quantity(),
      isOn: flag(),
      mode: oneOf(['a', 'b']),
      tags: list(text({ max: 3 }), { max: 2 }),
      table: dictionary(text({ max: 9 }), integer(0, 9), { max: 2 }),
      maybe: nullable(integer(0, 1)),
      place: either(oneOf(['end']), integer(0, 5)),
      extra: optional(flag()),
    })
    const value = {
      name: 'Grüße',
      size: 10,
      ratio: -1.5,
      isOn: false,
      mode: 'b',
      tags: ['x'],
      table: { k: 1 },
      maybe: null,
      place: 3,
    }
    expect(shape.decode(value, '')).toEqual(value)
    expect(shape.decode({ ...value, place: 'end', extra: true }, '')).toMatchObject({
      place: 'end',
      extra: true,
    })
  })

  test('say which parameter is wrong, what was expected and what came', () => {
    expect([
      refusal(text({ max: 3 }), 7),
      refusal(text({ max: 3 }), 'four'),
      refusal(integer(1, 1000), 0),
      refusal(integer(0, Number.MAX_SAFE_INTEGER), 1e308),
      refusal(quantity(), Number.POSITIVE_INFINITY),
      refusal(flag(), 'true'),
      refusal(oneOf(['start', 'end']), 'middle'),
      refusal(list(flag(), { min: 1, max: 2 }), []),
      refusal(list(flag(), { max: 2 }), [true, 1]),
      refusal(object({ a: flag() }), [true]),
      refusal(object({ a: object({ b: flag() }) }), { a: { b: null } }),
      refusal(object({ a: flag() }), {}),
      refusal(either(flag(), integer(0, 1)), 'x'),
    ]).toEqual([
      'p: expected text of 0 to 3 characters, got 7.',
      'p: expected text of 0 to 3 characters, got 4 characters.',
      'p: expected integer 1 to 1000, got 0.',
      'p: expected integer 0 to 2^53−1, got 1e+308.',
      'p: expected a number, got Infinity.',
      'p: expected true or false, got "true".',
      'p: expected "start" or "end", got "middle".',
      'p: expected list of 1 to 2: true or false, got 0 items.',
      'p[1]: expected true or false, got 1.',
      'p: expected an object, got a list of 1.',
      'p.a.b: expected true or false, got null.',
      'p.a: expected true or false, got nothing.',
      'p: expected true or false, or integer 0 to 1, got "x".',
    ])
  })

  test('refuse text that could not reach a process unchanged', () => {
    expect(refusal(text({ max: 9 }), 'a\0b')).toBe(
      'p: expected text without NUL, got a NUL character.',
    )
    for (const half of ['\ud800', 'x\udfff', '\udc00\ud800']) {
      expect(refusal(text({ max: 9 }), half)).toBe(
        'p: expected well-formed Unicode, got half a surrogate pair.',
      )
    }
    expect(text({ max: 9 }).decode('🐚', 'p')).toBe('🐚')
  })

  test('take only what the object itself holds, nothing that every object inherits', () => {
    const shape = object({ constructor: optional(flag()), toString: optional(flag()) })
    expect(Object.entries(shape.decode({}, ''))).toEqual([])
    expect(Object.entries(shape.decode({ toString: true }, ''))).toEqual([['toString', true]])
  })

  test('repeat only a little of what came', () => {
    expect(refusal(integer(0, 1), 'x'.repeat(1_000_000)).length).toBeLessThan(200)
    expect(refusal(environmentShape, { ['k'.repeat(1_000_000)]: 'v' }).length).toBeLessThan(300)
  })
})

describe('an environment', () => {
  test('keeps every name, even those that objects know', () => {
    const value = JSON.parse(
      '{"__proto__":"a","constructor":"b","PATH":"/bin","BASH_FUNC_x%%":"() {}"}',
    ) as unknown
    expect(Object.entries(environmentShape.decode(value, ''))).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['PATH', '/bin'],
      ['BASH_FUNC_x%%', '() {}'],
    ])
  })

  test.each(['', 'A=B', 'A\0B', '\ud800', 'x'.repeat(1025)])(
    'has no variable named %.20j',
    (name) => {
      expect(refusal(environmentShape, { [name]: 'v' })).toContain('expected variable name')
    },
  )

  test('has as many variables as an argv may have arguments', () => {
    const many = Array.from({ length: MAX_ARGUMENTS }, (_, index) => `v${index}`)
    const environment = Object.fromEntries(many.map((name) => [name, '']))
    expect(argvShape.decode(many, '')).toEqual(many)
    expect(environmentShape.decode(environment, '')).toEqual(environment)
    expect(refusal(argvShape, [...many, 'one'])).toContain('got 4097 items')
    expect(refusal(environmentShape, { ...environment, one: '' })).toContain('got 4097 entries')
  })
})
