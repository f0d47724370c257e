// Owns which files of a folder may be asked for: plain names, no dot files, nothing outside. Sending them is the
// work of @fastify/static. The folder is looked at anew each time: a page that is rebuilt is served at once.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'

/** Names that begin with a letter, a digit or "_": neither "..", nor dot files, nor anything encoded. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/

export class StaticFiles {
  readonly root: string

  /** @param root absolute path */
  constructor(root: string) {
    this.root = root
  }

  /** @param path begins with "/" @returns what lies there */
  async find(path: string): Promise<'file' | 'folder' | undefined> {
    if (!PLAIN_PATH.test(path)) return undefined
    try {
      const facts = await lstat(join(this.root, path))
      return facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : undefined
    } catch {
      return undefined // not there, or not readable: the same to who asks
    }
  }

  async has(path: string): Promise<boolean> {
    return (await this.find(path)) === 'file'
  }
}

/** True for files whose name changes with their content ("index-B2x9Lk3q.js"): browsers keep them for ever. */
export function isHashed(path: string): boolean {
  return /^\/assets\/.*-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/.test(path)
}
