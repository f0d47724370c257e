// Owns reading vectors/vectors.json: the data that clients in other languages test themselves with, and from
// which these tests take their examples. Must not know what the codec makes of it.
import { readFileSync } from 'node:fs'

export interface RecordVector {
  readonly kind: number
  readonly isContinued: boolean
  readonly offset: number
  readonly timeUs: number
  readonly payload: string
}

export interface ControlMessage {
  readonly jsonrpc: '2.0'
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly data: { readonly code: string; readonly details: Readonly<Record<string, unknown>> }
  }
}

interface Vectors {
  readonly protocol: number
  readonly records: readonly {
    readonly name: string
    readonly hex: string
    readonly decoded: RecordVector & { readonly fact: Readonly<Record<string, unknown>> }
  }[]
  readonly dataFrames: readonly {
    readonly name: string
    readonly hex: string
    readonly decoded: { readonly attachment: number; readonly records: readonly RecordVector[] }
  }[]
  readonly inputFrames: readonly {
    readonly name: string
    readonly hex: string
    readonly decoded: {
      readonly attachment: number
      readonly isAnswer: boolean
      readonly isLast: boolean
      readonly sequence: number
      readonly payload: string
    }
  }[]
  readonly checkpointFrames: readonly {
    readonly name: string
    readonly hex: string
    readonly decoded: {
      readonly attachment: number
      readonly offset: number
      readonly columns: number
      readonly rows: number
      readonly isExact: boolean
      readonly payload: string
    }
  }[]
  readonly ignoredFrames: readonly { readonly name: string; readonly hex: string }[]
  readonly faultyFrames: readonly {
    readonly name: string
    readonly hex: string
    readonly zeroBytesAfter?: number
    readonly code: string
  }[]
  readonly controlMessages: readonly {
    readonly name: string
    /** Set for answers: the method whose result it is. */
    readonly answers?: string
    readonly message: ControlMessage
  }[]
  readonly faultyMessages: readonly {
    readonly name: string
    readonly text: string
    readonly code: string
    readonly parameter?: string
  }[]
}

const file = new URL('../vectors/vectors.json', import.meta.url)

export const VECTORS = JSON.parse(readFileSync(file, 'utf8')) as Vectors // our own file; the tests below read every field

/** @param text hexadecimal digits; spaces only show the fields */
export function bytesOf(text: string, zeroBytesAfter = 0): Uint8Array {
  const digits = Buffer.from(text.replaceAll(' ', ''), 'hex')
  const bytes = new Uint8Array(digits.byteLength + zeroBytesAfter)
  bytes.set(digits)
  return bytes
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The request of the data file that sets every field of the method. */
export function exampleParams(method: string): Readonly<Record<string, unknown>> {
  const found = VECTORS.controlMessages.find(({ message }) => message.method === method)
  if (found?.message.params === undefined) throw new Error(`vectors.json has no ${method}`)
  return found.message.params
}

/** The answer of the data file that sets every field of the method's result. */
export function exampleResult(method: string): Readonly<Record<string, unknown>> {
  const found = VECTORS.controlMessages.find(({ answers }) => answers === method)
  if (found?.message.result === undefined)
    throw new Error(`vectors.json has no answer to ${method}`)
  return found.message.result
}
