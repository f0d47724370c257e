// Owns the small vocabulary in which messages are declared: each shape decodes foreign JSON into a
// typed value (unknown fields are dropped) and describes itself for the generated reference.

import { LimpetError } from './errors.ts'

/** A declared type of the wire: decodes, and describes itself in one phrase. */
export interface Shape<T> {
  /** @throws LimpetError PARAMETERS_INVALID naming `path`, what was expected and what came */
  decode(value: unknown, path: string): T
  readonly description: string
  /** True inside `object` when the field may be absent. */
  readonly isOptional?: boolean
  /** Fields, when the shape is an object. */
  readonly fields?: Readonly<Record<string, Shape<unknown>>>
  /** What each entry is, when the shape is a list. */
  readonly item?: Shape<unknown>
}

export interface OptionalShape<T> extends Shape<T> {
  readonly isOptional: true
}

/** The value type of a shape. */
export type Infer<S> = S extends Shape<infer T> ? T : never

/** In `u` mode a whole pair is one character of another class. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** How much of a foreign string an error repeats, in UTF-16 units. */
const SHOWN_LENGTH = 60

type Fields = Readonly<Record<string, Shape<unknown>>>
type Flat<T> = { [K in keyof T]: T[K] }
type ObjectOf<F extends Fields> = Flat<
  { readonly [K in keyof F as F[K] extends OptionalShape<unknown> ? never : K]: Infer<F[K]> } & {
    readonly [K in keyof F as F[K] extends OptionalShape<unknown> ? K : never]?: Infer<F[K]>
  }
>

export function text(options: { min?: number; max: number }): Shape<string> {
  const min = options.min ?? 0
  const description = `text of ${min} to ${options.max} characters`
  return {
    description,
    decode(value, path) {
      if (typeof value !== 'string') throw invalid(path, description, value)
      if (value.length < min || value.length > options.max) {
        throw refusal(path, description, `${value.length} characters`)
      }
      // Neither can reach a process unchanged: NUL ends a C string, half a surrogate pair has no UTF-8.
      if (value.includes('\0')) throw refusal(path, 'text without NUL', 'a NUL character')
      if (LONE_SURROGATE.test(value)) {
        throw refusal(path, 'well-formed Unicode', 'half a surrogate pair')
      }
      return value
    },
  }
}

export function integer(min: number, max: number): Shape<number> {
  const description = `integer ${min} to ${max === Number.MAX_SAFE_INTEGER ? '2^53−1' : max}`
  return {
    description,
    decode(value, path) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
        throw invalid(path, description, value)
      }
      return value
    },
  }
}

/** A finite number, for measured quantities such as milliseconds. */
export function quantity(): Shape<number> {
  return {
    description: 'number',
    decode(value, path) {
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw invalid(path, 'a number', value)
      return value
    },
  }
}

export function flag(): Shape<boolean> {
  return {
    description: 'true or false',
    decode(value, path) {
      if (typeof value !== 'boolean') throw invalid(path, 'true or false', value)
      return value
    },
  }
}

export function oneOf<const T extends readonly string[]>(values: T): Shape<T[number]> {
  const description = values.map((value) => `"${value}"`).join(' or ')
  return {
    description,
    decode(value, path) {
      const found = values.find((candidate) => candidate === value)
      if (found === undefined) throw invalid(path, description, value)
      return found
    },
  }
}

/** A string or number that a parse function accepts, such as a branded id. */
export function parsed<T>(description: string, parse: (value: unknown) => T | undefined): Shape<T> {
  return {
    description,
    decode(value, path) {
      const result = parse(value)
      if (result === undefined) throw invalid(path, description, value)
      return result
    },
  }
}

export function list<T>(
  item: Shape<T>,
  options: { min?: number; max: number },
): Shape<readonly T[]> {
  const min = options.min ?? 0
  const description = `list of ${min} to ${options.max}: ${item.description}`
  return {
    description,
    item,
    decode(value, path) {
      if (!Array.isArray(value)) throw invalid(path, description, value)
      if (value.length < min || value.length > options.max) {
        throw refusal(path, description, `${value.length} items`)
      }
      return value.map((entry: unknown, index) => item.decode(entry, `${path}[${index}]`))
    },
  }
}

/** Keys of one shape to values of another. */
export function dictionary<T>(
  key: Shape<string>,
  item: Shape<T>,
  options: { max: number },
): Shape<Readonly<Record<string, T>>> {
  const description = `object of up to ${options.max} entries, ${key.description}: ${item.description}`
  return {
    description,
    decode(value, path) {
      if (!isPlainObject(value)) throw invalid(path, description, value)
      const entries = Object.entries(value)
      if (entries.length > options.max) {
        throw refusal(path, description, `${entries.length} entries`)
      }
      const decoded = entries.map(([name, entry]) => {
        const place = `${path}.${name.slice(0, SHOWN_LENGTH)}`
        return [key.decode(name, place), item.decode(entry, place)]
      })
      return Object.fromEntries(decoded) as Record<string, T> // fromEntries loses the value type
    },
  }
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return {
    description: `${shape.description}, or null`,
    decode: (value, path) => (value === null ? null : shape.decode(value, path)),
  }
}

/** The first of several shapes that accepts the value. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  const description = `${first.description}, or ${second.description}`
  return {
    description,
    decode(value, path) {
      for (const shape of [first, second]) {
        try {
          return shape.decode(value, path)
        } catch {
          // the other one may accept it; when neither does, the error below names both
        }
      }
      throw invalid(path, description, value)
    },
  }
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { ...shape, isOptional: true }
}

export function object<F extends Fields>(fields: F): Shape<ObjectOf<F>> & { readonly fields: F } {
  return {
    description: 'object',
    fields,
    decode(value, path) {
      if (!isPlainObject(value)) throw invalid(path, 'an object', value)
      const decoded: Record<string, unknown> = {}
      for (const [name, shape] of Object.entries(fields)) {
        const field = Object.hasOwn(value, name) ? value[name] : undefined
        if (field === undefined && shape.isOptional) continue
        decoded[name] = shape.decode(field, path === '' ? name : `${path}.${name}`)
      }
      return decoded as ObjectOf<F> // built field by field from the same table
    },
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(path: string, expected: string, actual: unknown): LimpetError {
  return refusal(path, expected, show(actual))
}

function refusal(path: string, expected: string, actual: string): LimpetError {
  const name = path === '' ? 'parameters' : path
  return new LimpetError('PARAMETERS_INVALID', `${name}: expected ${expected}, got ${actual}.`, {
    details: { parameter: name, expected, actual },
  })
}

/** Bounded whatever came: a foreign value may be a megabyte, or nested ten thousand deep. */
function show(actual: unknown): string {
  if (actual === undefined) return 'nothing'
  if (typeof actual === 'string') return JSON.stringify(actual.slice(0, SHOWN_LENGTH))
  if (typeof actual === 'number') return String(actual) // also Infinity, which JSON would call null
  if (Array.isArray(actual)) return `a list of ${actual.length}`
  return typeof actual === 'object' && actual !== null ? 'an object' : JSON.stringify(actual)
}
