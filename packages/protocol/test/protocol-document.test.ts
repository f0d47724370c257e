// docs/PROTOCOL.md against the rest: every rule that code or a test quotes is in it, once.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const FOLDERS = ['packages', 'tests', 'docs', 'bench', 'examples']
const MADE = new Set(['dist', 'node_modules'])

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.flatMap((entry) => {
    if (MADE.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

const document = readFileSync(join(ROOT, 'docs/PROTOCOL.md'), 'utf8')
const defined = Array.from(document.matchAll(/^- \*\*([A-Z]+-\d+)\*\* /gm), ([, id = '']) => id)

test('every rule has an id of its own', () => {
  expect(defined.length).toBeGreaterThan(30)
  expect(defined.filter((id, index) => defined.indexOf(id) !== index)).toEqual([])
})

test('every rule that is quoted exists', () => {
  const areas = [...new Set(defined.map((id) => id.replace(/\d+$/, '')))].join('|')
  const quote = new RegExp(`\\[((?:${areas})\\d+)\\]`, 'g')
  const present = readdirSync(ROOT).filter((name) => FOLDERS.includes(name))
  const sources = present
    .flatMap((folder) => filesBelow(join(ROOT, folder)))
    .filter((file) => /\.(ts|tsx|mjs|md|json|py)$/.test(file))
  const dead = sources.flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(quote), ([, id = '']) => id)
      .filter((id) => !defined.includes(id))
      .map((id) => `${file}: ${id}`),
  )
  expect(dead).toEqual([])
})
