// The examples of the documentation, word for word: the last test compares.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { NATIVE_SUBPROTOCOL } from '@limpet/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import {
  asciicast,
  connect,
  connectInBackground,
  plainText,
  systemRuntime,
  WebSocketChannel,
} from '../src/index.ts'
import { FakeHost } from './support/fake-host.ts'

describe('the examples in the documentation', () => {
  let host: FakeHost
  let server: WebSocketServer
  let address: string
  let shown: unknown[]
  const token = 'secret'
  const show = (what: unknown): void => void shown.push(what)

  beforeEach(async () => {
    host = new FakeHost()
    shown = []
    const handleProtocols = (): string => NATIVE_SUBPROTOCOL
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols })
    server.on('connection', (webSocket) => {
      host.accept(new WebSocketChannel(webSocket, systemRuntime()))
    })
    await once(server, 'listening')
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so no path
  })

  afterEach(async () => {
    for (const webSocket of server.clients) webSocket.terminate()
    server.close()
    await once(server, 'close')
  })

  /** Whatever is started writes this and exits so. */
  function scriptPrograms(output: { stdout: string; stderr?: string; code: number }): void {
    host.handleAnswered = ({ method }) => {
      const far = [...host.sessions.values()].at(-1)
      if (method !== 'program.start' || far === undefined) return
      far.print(output.stdout)
      if (output.stderr !== undefined) far.print(output.stderr, 'stderr')
      far.exit({ code: output.code })
    }
  }

  it('connect', async () => {
    scriptPrograms({ stdout: 'Linux\n', code: 0 })
    const limpet = await connect(address, { token })
    const { stdout } = await limpet.run(['uname'])
    await limpet.close()
    expect(stdout).toBe('Linux\n')
  })

  it('connectInBackground', async () => {
    const location = { origin: address }
    const limpet = connectInBackground(location.origin)
    limpet.onStateChange((connection) => show(connection))
    await limpet.ready()
    expect(shown).toMatchObject([{ state: 'connected' }])
    await limpet.close()
  })

  it('Limpet', async () => {
    scriptPrograms({ stdout: 'total 0\n', code: 0 })
    await using limpet = await connect(address, { token })
    const { stdout, exit } = await limpet.run(['ls', '-l'])
    expect([stdout, exit.code]).toEqual(['total 0\n', 0])
  })

  it('Limpet.run', async () => {
    scriptPrograms({ stdout: 'out\n', stderr: 'no\n', code: 3 })
    await using limpet = await connect(address, { token })
    const { stderr, exit } = await limpet.run(['sh', '-c', 'echo no >&2; exit 3'])
    expect([stderr, exit.code]).toEqual(['no\n', 3])
  })

  it('Limpet.open and Limpet.attach', async () => {
    await using limpet = await connect(address, { token })
    const shell = await limpet.open('shell', { columns: 120, rows: 40 })
    const top = await limpet.open({ argv: ['top'], tty: true })
    const again = await limpet.attach(shell.id, { from: 'end' })
    expect([again.id === shell.id, top.id === shell.id]).toEqual([true, false])
  })

  it('Limpet.watchSessions', async () => {
    await using limpet = await connect(address, { token })
    host.start()
    const watch = await limpet.watchSessions((change) => show(change.type))
    show(watch.sessions.size)
    watch.stop()
    expect(shown).toEqual(['listed', 1])
  })

  it('Session', async () => {
    await using limpet = await connect(address, { token })
    host.handleAnswered = ({ method }) => {
      const far = [...host.sessions.values()].at(-1)
      if (method !== 'program.start' || far === undefined) return
      far.handleSeen = (what) => {
        if (what !== 'input exit 3\r') return
        far.print('exit')
        far.exit({ code: 3 })
      }
    }
    const shell = await limpet.open('shell', { columns: 80, rows: 24 })
    await shell.write('exit 3\r')
    for await (const record of shell.output) {
      if (record.type === 'output') show(record.bytes)
    }
    const { code } = await shell.exited
    expect([shown.map((bytes) => Buffer.from(bytes as Uint8Array).toString()), code]).toEqual([
      ['exit'],
      3,
    ])
  })

  it('Session.configure and Limpet.createShare', async () => {
    await using limpet = await connect(address, { token })
    const shell = await limpet.open('shell')
    await shell.configure({ labels: { project: 'limpet' } })
    const { share, link } = await limpet.createShare(shell.id, { name: 'Ada', forMs: 3_600_000 })
    show(link)
    await limpet.revokeShare(share.id)
    expect(shown).toEqual([`http://fake/s/${share.id}/#secret`])
    expect(host.methods().slice(-3)).toEqual(['session.configure', 'share.create', 'share.revoke'])
  })

  it('Limpet.history, asciicast and plainText', async () => {
    scriptPrograms({ stdout: 'out\n', code: 0 })
    await using limpet = await connect(address, { token })
    const shell = await limpet.open('shell')
    await shell.discardOutput()
    for await (const record of limpet.history(shell.id)) {
      if (record.type === 'output') show(record.stream)
    }
    const { terminal: size = { columns: 80, rows: 24 } } = shell.info
    for await (const line of asciicast(limpet.history(shell.id), { version: 3, size })) show(line)
    for await (const text of plainText(limpet.history(shell.id))) show(text)
    expect(shown).toEqual([
      'stdout',
      '{"version":3,"term":{"cols":80,"rows":24},"timestamp":0}\n',
      '[0,"o","out\\n"]\n',
      '[0.000004,"x","0"]\n',
      'out\n',
    ])
  })

  it('are all here, and here as they stand there', () => {
    const here = squeezed(readFileSync(fileURLToPath(import.meta.url), 'utf8'))
    const examples = sources().flatMap((source) => examplesIn(source))
    expect(examples.length).toBeGreaterThanOrEqual(13)
    for (const example of examples) {
      for (const line of example.split('\n')) expect(here).toContain(squeezed(line))
    }
  })
})

function sources(): string[] {
  const root = fileURLToPath(new URL('../src', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
}

/** The lines after `@example`, up to the next tag or the end of the comment. */
function examplesIn(source: string): string[] {
  const blocks = source.matchAll(/@example\n((?: *\*(?!\/)(?! @).*\n)+)/g)
  return [...blocks].map(([, block = '']) =>
    block
      .replaceAll(/^ *\* ?/gm, '')
      .replaceAll("'http://127.0.0.1:7681'", 'address')
      .trim(),
  )
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
