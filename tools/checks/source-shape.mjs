// Owns the habits that need a parser to see: what a source file opens with, what it may hold at its top level,
// and a reason beside each assertion that overrules the compiler.
import { Visitor, parseSync } from 'vite'
import { complainByLine, isGenerated, lineAt } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */
/** @typedef {{ line: number, message: string }} Complaint */
/** @typedef {import('vite').ParseResult} Parsed */

const SHIPPED = /^packages\/[^/]+\/src\/.*\.tsx?$/

/** These start things; everywhere else, importing a file does nothing. */
const STARTING_FILE = /(?:^|\/)main\.tsx?$/

/**
 * @param {string} file
 * @param {string} text
 * @returns {Complaint[]}
 */
export function complaintsAbout(file, text) {
  const parsed = parseSync(file, text)
  return [
    ...headerComplaints(text, parsed),
    ...topLevelComplaints(file, text, parsed),
    ...assertionComplaints(text, parsed),
    ...complainByLine(text, (line) =>
      /\b(?:TODO|FIXME|XXX)\b(?!.*#\d)/.test(line)
        ? 'names no issue: write `TODO #12: …`, or do it.'
        : undefined,
    ),
  ].toSorted((a, b) => a.line - b.line)
}

/**
 * @param {string} text
 * @param {Parsed} parsed
 * @returns {Complaint[]}
 */
function headerComplaints(text, { comments }) {
  const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0
  // A `#!` line is a comment to the parser, too.
  const first = comments.find((comment) => comment.end > start)
  if (first && text.slice(start, first.start).trim() === '') return []
  return [
    {
      line: 1,
      message:
        'opens without a comment: say what it owns, must not know, and what is before and after.',
    },
  ]
}

/**
 * @param {string} file
 * @param {string} text
 * @param {Parsed} parsed
 * @returns {Complaint[]}
 */
function topLevelComplaints(file, text, { program }) {
  /** @type {Complaint[]} */
  const complaints = []
  for (const node of program.body) {
    const declaration = node.type === 'ExportNamedDeclaration' ? (node.declaration ?? node) : node
    const line = lineAt(text, node.start)
    if (node.type === 'ExportAllDeclaration') {
      complaints.push({ line, message: '`export *`: name the exports one by one.' })
    }
    if (
      declaration.type === 'VariableDeclaration' &&
      declaration.kind !== 'const' &&
      !declaration.declare
    ) {
      complaints.push({
        line,
        message: 'mutable state of a module: give it to an object that somebody owns.',
      })
    }
    if (isWork(node) && !STARTING_FILE.test(file)) {
      complaints.push({
        line,
        message: 'works when it is imported: export a function, and call it from a main file.',
      })
    }
  }
  return complaints
}

/**
 * @param {Parsed['program']['body'][number]} node
 * @returns {boolean} whether a top-level statement does something
 */
function isWork(node) {
  if (node.type === 'ExpressionStatement') return !('directive' in node && node.directive)
  return /^(?:If|For|ForOf|ForIn|While|DoWhile|Try|Switch|Throw|Block)Statement$/.test(node.type)
}

/**
 * @param {string} text
 * @param {Parsed} parsed
 * @returns {Complaint[]}
 */
function assertionComplaints(text, { program, comments }) {
  const commented = new Set(comments.map((comment) => lineAt(text, comment.start)))
  /** @type {Map<number, string>} */
  const byLine = new Map()
  /** @param {{ start: number, end: number }} node @param {string} what */
  const note = (node, what) => {
    const first = lineAt(text, node.start)
    const last = lineAt(text, node.end)
    // The formatter may break the line: the reason stands above it, or beside any part of it.
    for (let line = first - 1; line <= last; line += 1) if (commented.has(line)) return
    byLine.set(
      last,
      `\`${what}\` overrules the compiler: say in a comment on the line why it holds.`,
    )
  }
  new Visitor({
    TSAsExpression(node) {
      const isConst = text.slice(node.typeAnnotation.start, node.typeAnnotation.end) === 'const'
      if (!isConst) note(node, 'as')
    },
    TSTypeAssertion(node) {
      note(node, '<T>')
    },
    TSNonNullExpression(node) {
      note(node, '!')
    },
  }).visit(program)
  return [...byLine].map(([line, message]) => ({ line, message }))
}

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findMisshapenSources({ files, read }) {
  return files.flatMap((file) => {
    if (!SHIPPED.test(file)) return []
    const text = read(file)
    if (isGenerated(text)) return []
    return complaintsAbout(file, text).map((complaint) => ({ file, ...complaint }))
  })
}
