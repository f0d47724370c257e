import { chmod, mkdtemp, mkdir, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensurePrivateDirectory } from '../src/private-directory.ts'

describe('ensurePrivateDirectory', () => {
  let base: string
  beforeEach(async () => void (base = await mkdtemp(join(tmpdir(), 'limpet-link-'))))
  afterEach(async () => rm(base, { recursive: true }))

  const unsafe = (path: string, reason: RegExp) =>
    expect(ensurePrivateDirectory(path)).rejects.toMatchObject({
      code: 'DIRECTORY_UNSAFE',
      message: expect.stringMatching(reason),
    })

  it('makes the directory and its parents, readable by nobody else', async () => {
    const path = join(base, 'a', 'b')
    await ensurePrivateDirectory(path)
    await ensurePrivateDirectory(path)
    expect((await stat(path)).mode & 0o777).toBe(0o700)
  })

  it('refuses a directory that others may enter, and says how to mend it', async () => {
    const path = join(base, 'open')
    await mkdir(path)
    await chmod(path, 0o777)
    await unsafe(path, /mode 777.*chmod 700/)
  })

  it('refuses a symbolic link, which somebody else may turn elsewhere', async () => {
    const path = join(base, 'link')
    await mkdir(join(base, 'real'), { mode: 0o700 })
    await symlink(join(base, 'real'), path)
    await unsafe(path, /not a directory/)
  })
})
