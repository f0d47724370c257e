// What a host does that cannot come to be: it says why, and is gone with all that it had made so far.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { builtPath, makeScratch, within } from '@limpet/testkit'
import { describe, expect, test } from 'vitest'

describe('a host that cannot start', () => {
  test('ends when it cannot write host.json, and leaves no socket behind', async () => {
    const scratch = await makeScratch()
    const main = builtPath('packages/host/dist/main.js')
    // No file may grow: the socket can still be made, host.json cannot be written.
    const script = 'ulimit -f 0; exec "$0" "$@"'
    const { stateDirectory, runtimeDirectory } = scratch
    const places = ['--state-dir', stateDirectory, '--runtime-dir', runtimeDirectory]
    const host = spawn('sh', ['-c', script, process.execPath, main, ...places], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    try {
      let log = ''
      host.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
      const [code] = await within('the host to end', once(host, 'close'), { transcript: () => log })
      expect(code).toBe(1)
      expect(log).toContain('EFBIG')
      expect(await readdir(runtimeDirectory)).toEqual([])
      expect(await readdir(stateDirectory)).toEqual([])
    } finally {
      host.kill('SIGKILL')
      await scratch.remove()
    }
  })
})
