// Owns the checks of Limpet's own things: its directories, its host, its port.

import { lstat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { isHostAlive, readHostFile, type HostLocation } from '@limpet/link'
import { PROTOCOL_VERSION } from '@limpet/protocol'
import type { Finding } from './finding.ts'
import { checkLogs } from './log-checks.ts'

const OTHERS = 0o077

export interface LimpetChecks {
  readonly location: HostLocation
  readonly build: string
  readonly listen: { readonly host: string; readonly port: number }
}

export async function checkLimpet(options: LimpetChecks): Promise<Finding[]> {
  const { stateDirectory, runtimeDirectory } = options.location
  return Promise.all([
    checkDirectory('state', stateDirectory),
    checkDirectory('runtime', runtimeDirectory),
    checkLogs(stateDirectory),
    checkHost(stateDirectory, options.build),
    checkPort(options.listen),
  ])
}

async function checkDirectory(check: string, path: string): Promise<Finding> {
  const facts = await lstat(path).catch(() => undefined)
  if (facts === undefined) return { check, level: 'ok', message: `${path} (made when needed)` }
  const mode = (facts.mode & 0o777).toString(8).padStart(4, '0')
  if (!facts.isDirectory()) {
    return { check, level: 'fail', message: `${path} is no directory`, next: `remove ${path}` }
  }
  if (facts.uid !== process.getuid?.()) {
    const next = `choose another with --${check}-dir`
    return { check, level: 'fail', message: `${path} belongs to uid ${facts.uid}`, next }
  }
  if ((facts.mode & OTHERS) !== 0) {
    const next = `chmod 700 ${path}`
    return { check, level: 'fail', message: `${path} is open to others (mode ${mode})`, next }
  }
  return { check, level: 'ok', message: `${path} (mode ${mode})` }
}

async function checkHost(stateDirectory: string, build: string): Promise<Finding> {
  const check = 'host'
  const file = await readHostFile(stateDirectory)
  if (file === undefined) return { check, level: 'ok', message: 'none runs (started when needed)' }
  if (!isHostAlive(file)) {
    const message = `none runs; the last one, pid ${file.pid}, ended without saying good-bye`
    return { check, level: 'warn', message, next: `read ${stateDirectory}/host.log` }
  }
  const facts = `pid ${file.pid}, build ${file.build}, protocol ${file.protocol}`
  if (file.protocol !== PROTOCOL_VERSION) {
    const message = `${facts}; this command speaks protocol ${PROTOCOL_VERSION}`
    return { check, level: 'fail', message, next: 'limpet stop (ends all sessions)' }
  }
  if (file.build !== build) {
    const message = `${facts}; this command is build ${build}`
    return { check, level: 'warn', message, next: 'limpet stop, when its sessions may end' }
  }
  return { check, level: 'ok', message: facts }
}

function checkPort(listen: LimpetChecks['listen']): Promise<Finding> {
  const check = 'port'
  const address = `${listen.host}:${listen.port}`
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message
      const message =
        code === 'EADDRINUSE' ? `${address} is in use` : `${address} cannot be taken: ${code}`
      resolve({ check, level: 'warn', message, next: 'limpet serve --listen 127.0.0.1:0' })
    })
    server.listen(listen.port, listen.host, () => {
      server.close(() => resolve({ check, level: 'ok', message: `${address} is free` }))
    })
  })
}
