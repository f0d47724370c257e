// Fills the tables of docs/PROTOCOL.md and docs/ERRORS.md, between their markers, from the declarations of
// @limpet/protocol; with --check it only says whether they are current. The prose around them is written by hand.
//
//   <!-- generated: methods -->  …  <!-- end -->
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commentsIn } from './protocol-docs/comments.mjs'
import {
  errorTable,
  limitTable,
  methodDetails,
  methodOverview,
  notificationDetails,
  objectDetails,
  recordKinds,
} from './protocol-docs/tables.mjs'

/** @import { Protocol, Sources } from './protocol-docs/tables.mjs' */
/** @import { NamedObject } from './protocol-docs/types.mjs' */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE_FOLDER = join(ROOT, 'packages/protocol/src')
const BUILT_FOLDER = new URL('../packages/protocol/dist/', import.meta.url)

/** Where the comments stand that the tables repeat. */
const COMMENTED_FILES = [
  'launch-plan.ts',
  'limits.ts',
  'methods.ts',
  'notifications.ts',
  'record.ts',
  'session-info.ts',
  'shapes-of-ids.ts',
]

const MARKED = /(<!-- generated: ([\w-]+) -->\n)[^]*?(<!-- end -->)/g

/**
 * @param {string} document
 * @param {Readonly<Record<string, string>>} parts by the names in the markers
 * @returns {string}
 */
export function fillMarkers(document, parts) {
  /** @param {string} _all @param {string} start @param {string} name @param {string} end */
  const fill = (_all, start, name, end) => {
    const part = parts[name]
    if (part === undefined) throw new Error(`no part is named ${name}`)
    return `${start}\n${part}\n\n${end}`
  }
  return document.replace(MARKED, fill)
}

/** @param {string} file @returns {Promise<unknown>} its exports */
function importBuilt(file) {
  return import(new URL(file, BUILT_FOLDER).href)
}

/** @returns {Promise<Readonly<Record<string, string>>>} */
async function makeParts() {
  const protocol = /** @type {Protocol} */ (await importBuilt('index.js'))
  const limits = /** @type {Readonly<Record<string, unknown>>} */ (await importBuilt('limits.js'))
  const comments = new Map(
    COMMENTED_FILES.flatMap((file) => [
      ...commentsIn(file, readFileSync(join(SOURCE_FOLDER, file), 'utf8')),
    ]),
  )
  /** @type {Sources} */
  const sources = { protocol, comments, named: namedObjects(protocol) }
  return {
    'method-overview': methodOverview(sources),
    methods: methodDetails(sources),
    notifications: notificationDetails(sources),
    objects: objectDetails(sources),
    'record-kinds': recordKinds(sources),
    limits: limitTable(sources, limits),
    errors: errorTable(sources),
  }
}

/**
 * Objects that several messages share, found where one of them holds it.
 * @param {Protocol} protocol
 * @returns {NamedObject[]}
 */
function namedObjects({ METHODS }) {
  const { session, attached } = METHODS['session.open'].result.fields
  const { plan, view } = METHODS['session.open'].params.fields
  const parts = [
    { name: 'View', shape: view, declaredAs: 'viewShape' },
    { name: 'Attached', shape: attached, declaredAs: 'attachedShape' },
    { name: 'Session', shape: session, declaredAs: 'sessionInfoShape' },
    { name: 'Exit status', shape: session.fields.exit, declaredAs: 'exitStatusShape' },
    { name: 'Terminal size', shape: session.fields.terminal, declaredAs: 'terminalSizeShape' },
    { name: 'Launch plan', shape: plan, declaredAs: 'launchPlanShape' },
  ]
  return parts.map(({ name, shape, declaredAs }) => {
    if (!shape.fields) throw new Error(`${name} has no fields any more`)
    return { name, fields: shape.fields, declaredAs }
  })
}

async function main() {
  const isCheck = process.argv.includes('--check')
  // The declarations are read as the compiler built them; when they are current this takes no time.
  const built = spawnSync('npx', ['--no-install', 'tsc', '-b', 'packages/protocol'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (built.status !== 0) {
    throw new Error(`packages/protocol does not compile:\n${built.stdout}${built.stderr}`)
  }
  const parts = await makeParts()
  for (const file of ['docs/PROTOCOL.md', 'docs/ERRORS.md']) {
    const path = join(ROOT, file)
    const before = readFileSync(path, 'utf8')
    const after = fillMarkers(before, parts)
    if (after === before) continue
    if (isCheck) {
      console.error(`${file} is not what packages/protocol/src declares.`)
      process.exitCode = 1
    } else {
      writeFileSync(path, after)
      console.log(`${file} written`)
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
