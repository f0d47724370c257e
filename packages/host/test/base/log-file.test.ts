import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logFileWriter } from '../../src/base/log-file.ts'

describe('logFileWriter', () => {
  let folder: string
  let path: string
  let standardError: number
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'limpet-log-'))
    path = join(folder, 'host.log')
    standardError = openSync(path, 'a', 0o600)
  })
  afterEach(async () => {
    closeSync(standardError)
    await rm(folder, { recursive: true })
  })

  it('keeps the file and the one before it within the limit, the newest lines last', async () => {
    const write = logFileWriter(path, 1000, standardError)
    for (let at = 0; at < 1000; at++) write(`line ${at}\n`)
    expect((await readdir(folder)).toSorted()).toEqual(['host.log', 'host.log.1'])
    for (const name of [path, `${path}.1`]) expect(statSync(name).size).toBeLessThan(1010)
    const lines = `${readFileSync(`${path}.1`, 'utf8')}${readFileSync(path, 'utf8')}`.split('\n')
    expect(lines.at(-2)).toBe('line 999')
    expect(lines[0]).toBe(`line ${1000 - (lines.length - 1)}`)
  })

  it('counts what an earlier host has written', () => {
    logFileWriter(path, 1000, standardError)('x'.repeat(2000))
    logFileWriter(path, 1000, standardError)('next\n')
    expect(readFileSync(path, 'utf8')).toBe('next\n')
  })
})
