// Walks the tables of methods and notifications: every message has an example in vectors.json that sets every
// field, and every field of it refuses a wrong value by its own name.
import { describe, expect, test } from 'vitest'

import { isErrorCode } from '../src/errors.ts'
import { METHODS, type MethodDefinition } from '../src/methods.ts'
import { NOTIFICATIONS, type NotificationDefinition } from '../src/notifications.ts'
import { RIGHTS } from '../src/rights.ts'
import type { Shape } from '../src/shape.ts'
import { refusalOf } from './outcomes.ts'
import { exampleParams, exampleResult } from './vectors.ts'

type Json = Readonly<Record<string, unknown>>

const methods: readonly (readonly [string, MethodDefinition])[] = Object.entries(METHODS)
const notifications: readonly (readonly [string, NotificationDefinition])[] =
  Object.entries(NOTIFICATIONS)

interface FieldPath {
  readonly names: readonly string[]
  readonly shape: Shape<unknown>
}

/** Every declared field, also inside fields that are objects themselves. */
function fieldsOf(shape: Shape<unknown>, names: readonly string[] = []): FieldPath[] {
  return Object.entries(shape.fields ?? {}).flatMap(([name, field]) => {
    const path = [...names, name]
    return [{ names: path, shape: field }, ...fieldsOf(field, path)]
  })
}

/** A copy of `example` with one field replaced, or taken out when `value` is undefined. */
function withField(example: Json, [name = '', ...rest]: readonly string[], value: unknown): Json {
  const inner = rest.length === 0 ? value : withField(example[name] as Json, rest, value) // objects hold fields
  const { [name]: _old, ...others } = example
  return inner === undefined ? others : { ...others, [name]: inner }
}

function readField(example: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => (value as Json | undefined)?.[name], example) // objects hold fields
}

/** true is wrong for every shape but one. */
function wrongValueFor(shape: Shape<unknown>): unknown {
  return shape.description === 'true or false' ? 'yes' : true
}

/** @returns the parameter that the refusal names, by its details and at the head of its sentence */
function refusedParameter(decode: () => unknown): unknown {
  const { code, details, message } = refusalOf(decode)
  const { parameter } = details
  const isSaid = message.startsWith(`${String(parameter)}: expected `)
  return code === 'PARAMETERS_INVALID' && isSaid ? parameter : message
}

/** The fields of the shape that its example holds, or whose object at least is there. */
function reachableFields(shape: Shape<unknown>, example: Json): FieldPath[] {
  return fieldsOf(shape).filter(({ names }) => readField(example, names.slice(0, -1)) !== undefined)
}

/** The fields that accept one of the values, or refuse it by another name. */
function fieldsNotNamed(
  shape: Shape<unknown>,
  example: Json,
  valuesFor: (field: Shape<unknown>) => readonly unknown[],
): string[] {
  return reachableFields(shape, example).flatMap(({ names, shape: field }) => {
    const path = names.join('.')
    const named = valuesFor(field).map((value) =>
      refusedParameter(() => shape.decode(withField(example, names, value), '')),
    )
    return named.every((name) => name === path) ? [] : [`${path}: ${named.join()}`]
  })
}

function isNullable(shape: Shape<unknown>): boolean {
  return shape.description.endsWith('or null')
}

function wrongValues(shape: Shape<unknown>): readonly unknown[] {
  return isNullable(shape) ? [wrongValueFor(shape)] : [wrongValueFor(shape), null]
}

function absenceWhenRequired(shape: Shape<unknown>): readonly unknown[] {
  return shape.isOptional === true ? [] : [undefined]
}

function checkFields(shape: Shape<unknown>, example: Json): void {
  expect(fieldsNotNamed(shape, example, wrongValues)).toEqual([])
  expect(fieldsNotNamed(shape, example, absenceWhenRequired)).toEqual([])
  for (const { names } of reachableFields(shape, example).filter((path) => path.shape.isOptional)) {
    const without = withField(example, names, undefined)
    expect(shape.decode(without, '')).toEqual(without)
  }
}

describe.each(methods)('%s', (name, definition) => {
  test('decodes its example of a request, every field of which is set', () => {
    const example = exampleParams(name)
    expect(
      fieldsOf(definition.params).filter(({ names }) => readField(example, names) === undefined),
    ).toEqual([])
    expect(definition.params.decode(example, '')).toEqual(example)
  })

  test('decodes its example of an answer', () => {
    const example = exampleResult(name)
    expect(definition.result.decode(example, 'result')).toEqual(example)
  })

  test('names each parameter that is wrong or missing', () => {
    checkFields(definition.params, exampleParams(name))
  })

  test('says what it is, who serves it, which right it needs and how it fails', () => {
    expect(name).toMatch(/^[a-z]+\.[a-z]+$/)
    expect(definition.summary).toMatch(/^[A-Z].*\.$/)
    expect(['none', ...RIGHTS]).toContain(definition.right)
    expect(definition.errors.filter((code) => !isErrorCode(code))).toEqual([])
    expect(new Set(definition.errors).size).toBe(definition.errors.length)
    expect(definition.errors.includes('FORBIDDEN')).toBe(definition.right !== 'none')
  })
})

describe.each(notifications)('%s', (name, definition) => {
  test('decodes its example', () => {
    const example = exampleParams(name)
    expect(definition.params.decode(example, '')).toEqual(example)
  })

  test('names each parameter that is wrong or missing', () => {
    checkFields(definition.params, exampleParams(name))
  })

  test('is a noun and a past participle, or what a viewer does', () => {
    expect(name).toMatch(/^[a-z]+\.([a-z]+ed|seen|left|acknowledge)$/)
    expect(definition.summary).toMatch(/^[A-Z].*\.$/)
  })
})

describe('the methods as a whole', () => {
  test('need no right only where nothing can be seen or done', () => {
    const free = methods.filter(([, { right }]) => right === 'none').map(([name]) => name)
    expect(free).toEqual(['link.hello', 'link.ping', 'program.list'])
  })

  test('let only a gateway or the command line say who acts, or hand a launch plan to the host', () => {
    const closed = methods.filter(([, { servedBy }]) => servedBy === 'link').map(([name]) => name)
    expect(closed).toEqual(['link.hello', 'session.open'])
  })

  test('change nothing for others with the right to view', () => {
    const viewing = methods.filter(([, { right }]) => right === 'view').map(([name]) => name)
    expect(viewing).toEqual([
      'host.status',
      'session.list',
      'session.attach',
      'session.detach',
      'session.see',
    ])
  })
})

test('[VER-2] input that is refused with a code of a newer host is refused as INTERNAL', () => {
  const example = { ...exampleParams('input.refused'), code: 'MOON_FULL' }
  expect(NOTIFICATIONS['input.refused'].params.decode(example, '').code).toBe('INTERNAL')
})
