// What a user gets: the packed packages, installed into an empty folder, serve the page.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  fixtureEnvironment,
  isAlive,
  makeScratch,
  runProgram,
  waitFor,
  within,
} from '@limpet/testkit'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PUBLISHED = ['protocol', 'link', 'client', 'host', 'gateway', 'web', 'cli']

/** Packing and installing read and write many files on a busy machine. */
const INSTALL_DEADLINE_MS = 180_000

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const ran = await runProgram(['npm', ...args], { cwd, deadlineMs: INSTALL_DEADLINE_MS })
  if (ran.code !== 0) throw new Error(`npm ${args[0]} failed:\n${ran.stderr.toString()}`)
}

async function installPacked(folder: string): Promise<string> {
  const tarballs = join(folder, 'tarballs')
  const prefix = join(folder, 'prefix')
  await Promise.all([tarballs, prefix].map((path) => mkdir(path, { recursive: true })))
  const workspaces = PUBLISHED.map((name) => `--workspace=packages/${name}`)
  await npm(
    ['pack', '--silent', '--ignore-scripts', `--pack-destination=${tarballs}`, ...workspaces],
    ROOT,
  )
  const files = (await readdir(tarballs)).map((name) => join(tarballs, name))
  expect(files).toHaveLength(PUBLISHED.length)
  await npm(
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--prefix', prefix, ...files],
    prefix,
  )
  return join(prefix, 'node_modules', '.bin', 'limpet')
}

describe('the packed packages', () => {
  it('serve the page from an empty prefix, and run a command', { timeout: 300_000 }, async () => {
    const scratch = await makeScratch()
    try {
      const limpet = await installPacked(scratch.home)
      const environment = {
        ...fixtureEnvironment(scratch.home),
        LIMPET_STATE_DIR: scratch.stateDirectory,
        LIMPET_RUNTIME_DIR: scratch.runtimeDirectory,
      }
      const args = ['serve', '--ephemeral', '--ready-json', '--listen', '127.0.0.1:0']
      const server = spawn(limpet, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(server, 'exit')
      let stdout = ''
      server.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      const ready = await waitFor('the ready line', () => /^\{.*\}\n/.exec(stdout)?.[0])
      const { url, hostPid } = JSON.parse(ready) as { url: string; hostPid: number } // our own program's

      const base = `http://127.0.0.1:${new URL(url).port}/`
      const page = await fetch(base)
      const html = await page.text()
      const script = /<script[^>]+src="([^"]+\.js)"/.exec(html)?.[1] ?? 'none'
      const asset = await fetch(new URL(script, base))
      expect([page.status, asset.status]).toEqual([200, 200])
      expect(asset.headers.get('content-type')).toContain('javascript')

      const ran = await runProgram([limpet, 'run', '--', 'sh', '-c', 'echo out; exit 3'], {
        environment,
      })
      expect({ code: ran.code, out: ran.stdout.toString() }).toEqual({ code: 3, out: 'out\n' })

      server.kill('SIGTERM')
      await within('the end of the server', ended)
      await waitFor('the end of its host', () => !isAlive(hostPid))
    } finally {
      await scratch.remove()
    }
  })
})
