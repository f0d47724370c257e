// Owns who may import whom: packages by name only, rooms of a package downwards and through their index.ts.
// The compiler's project references keep the packages apart; what it cannot say about rooms is said here.
import { posix } from 'node:path'
import { parseSync } from 'vite'
import { lineAt } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */
/** @typedef {{ line: number, message: string }} Complaint */

/** A shelf of small ports that every room takes from; it has no door to go through. */
const SHELF = 'base'

/**
 * The rooms of a package in levels, lowest first: a room sees the levels below its own, never its neighbours.
 * Files beside the rooms join them: they see every room, and no room sees them.
 * @type {Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>>}
 */
const ROOM_LEVELS = {
  host: [[SHELF], ['process', 'log'], ['screen'], ['session'], ['link']],
}

/** May import nothing at all, so that it runs everywhere and every other language can follow it. */
const SELF_CONTAINED = ['protocol']

const SOURCE = /^packages\/([^/]+)\/(src|test)\/(?:([^/]+)\/)?.*\.tsx?$/

/**
 * @param {string} file
 * @param {string} text
 * @returns {Complaint[]}
 */
export function importComplaints(file, text) {
  return importsOf(file, text).flatMap(({ specifier, line }) => {
    const message = specifier.startsWith('.')
      ? relativeComplaint(file, posix.join(posix.dirname(file), specifier))
      : packageComplaint(file, specifier)
    return message === undefined ? [] : [{ line, message: `imports ${specifier}: ${message}` }]
  })
}

/**
 * @param {string} file
 * @param {string} specifier
 * @returns {string | undefined}
 */
function packageComplaint(file, specifier) {
  const [, owner = '', folder] = SOURCE.exec(file) ?? []
  if (/^@limpet\/[^/]+\//.test(specifier)) return 'go through the index of that package.'
  if (folder === 'src' && SELF_CONTAINED.includes(owner)) return `${owner} imports nothing.`
  return undefined
}

/**
 * @param {string} file
 * @param {string} target the imported file, from the root
 * @returns {string | undefined}
 */
function relativeComplaint(file, target) {
  const [, owner = '', folder, room = ''] = SOURCE.exec(file) ?? []
  if (!target.startsWith(`packages/${owner}/`)) return 'use the name of the package.'
  const levels = ROOM_LEVELS[owner]
  if (!levels || folder !== 'src') return undefined
  const targetRoom = SOURCE.exec(target)?.[3] ?? ''
  if (room === targetRoom) return undefined
  if (targetRoom === '') {
    return `a room never imports what joins the rooms; what they share lies in ${SHELF}/.`
  }
  if (targetRoom !== SHELF && !target.endsWith(`/${targetRoom}/index.ts`)) {
    return `go through ${targetRoom}/index.ts.`
  }
  if (room === '') return undefined
  const level = levels.findIndex((rooms) => rooms.includes(room))
  const targetLevel = levels.findIndex((rooms) => rooms.includes(targetRoom))
  if (level === -1) return `place the room ${room} in ROOM_LEVELS of tools/checks/room-imports.mjs.`
  return targetLevel < level ? undefined : `${room} is not above ${targetRoom}.`
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {{ specifier: string, line: number }[]} all of them: types, re-exports and dynamic ones, too
 */
function importsOf(file, text) {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module
  const requests = [
    ...staticImports.map((statement) => statement.moduleRequest),
    ...staticExports.flatMap((statement) => statement.entries.map((entry) => entry.moduleRequest)),
  ].filter((request) => request !== null && request !== undefined)
  const dynamic = dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    value: text.slice(start + 1, end - 1),
    start,
  }))
  const byPlace = new Map([...requests, ...dynamic].map(({ value, start }) => [start, value]))
  return [...byPlace]
    .toSorted(([a], [b]) => a - b)
    .map(([start, specifier]) => ({ specifier, line: lineAt(text, start) }))
}

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findForbiddenImports({ files, read }) {
  return files
    .filter((file) => SOURCE.test(file))
    .flatMap((file) =>
      importComplaints(file, read(file)).map((complaint) => ({ file, ...complaint })),
    )
}
