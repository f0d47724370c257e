// Owns reading limpet.yaml: text → YAML → schema, every problem with its line and key.

import { readFile, stat } from 'node:fs/promises'
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { configFileSchema, type ConfigFile } from './config-file.ts'

/** A configuration is written by hand; what is larger was not. */
const MAX_CONFIG_BYTES = 1024 * 1024

/** @throws ConfigError naming the file, and the line and key where there is one */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > MAX_CONFIG_BYTES) {
      throw new Error(`it has ${size} bytes; at most ${MAX_CONFIG_BYTES} are possible`)
    }
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError([{ source: path, key: '', message: `cannot be read: ${reason}` }], {
      cause,
    })
  }
  return parseConfig(text, path)
}

/** @param source the file's name, for messages @throws ConfigError */
export function parseConfig(text: string, source: string): ConfigFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    throw new ConfigError(
      faults.map(({ pos, message }) => ({
        source,
        line: lines.linePos(pos[0]).line,
        key: '',
        message,
      })),
    )
  }
  const value = valueOf(document, source)
  const parsed = configFileSchema.safeParse(value ?? {})
  if (parsed.success) return parsed.data
  throw new ConfigError(
    parsed.error.issues.flatMap((issue) => problemsOf(issue, { source, document, lines })),
  )
}

function valueOf(document: Document.Parsed, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    // Only a file that is one large alias gets here ("billion laughs").
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError([{ source, key: '', message }], { cause })
  }
}

interface Place {
  readonly source: string
  readonly document: Document.Parsed
  readonly lines: LineCounter
}

function problemsOf(issue: z.core.$ZodIssue, place: Place): ConfigProblem[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problemAt([...path, key], `is not a key that is known here`, place),
    )
  }
  if (issue.code === 'invalid_key') {
    return [problemAt(path, issue.issues[0]?.message ?? issue.message, place)]
  }
  return [problemAt(path, `${expectationOf(issue)}, got ${actualAt(path, place)}`, place)]
}

function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${WORDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.origin === 'array' ? ' entries' : ''}`
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'array' ? ' entries' : ''}`
    default:
      return issue.message
  }
}

/** zod's names of types, as people who write YAML call them. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  int: 'a whole number',
  number: 'a number',
}

function actualAt(path: readonly string[], { document }: Place): string {
  const value = document.getIn(path.map(indexOrKey), false)
  const shown: unknown = isMap(value) || isSeq(value) ? value.toJSON() : value
  return shown === undefined ? 'nothing' : JSON.stringify(shown).slice(0, 80)
}

function problemAt(path: readonly string[], message: string, place: Place): ConfigProblem {
  const line = place.lines.linePos(positionOf(path, place.document)).line
  return { source: place.source, line, key: path.join('.'), message }
}

/** Where the key stands, or the deepest key before it that is there. */
function positionOf(path: readonly string[], document: Document.Parsed): number {
  let node: unknown = document.contents
  let position = 0
  for (const key of path) {
    const item: unknown = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)
      : isSeq(node)
        ? node.items[Number(key)]
        : undefined
    if (item === undefined) break
    const marked = isPair(item) ? item.key : item
    position =
      isScalar(marked) || isMap(marked) || isSeq(marked)
        ? (marked.range?.[0] ?? position)
        : position
    node = isPair(item) ? item.value : item
  }
  return position
}

function indexOrKey(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part
}
