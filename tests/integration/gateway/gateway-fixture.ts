// Owns a gateway in this process for one test, with a real host of its own behind it: what it logs can be read,
// its clock can be turned, and everything is proven gone afterwards. Must not know what a test asks.
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { createLogger, loadConfig, startGateway } from '@limpet/gateway'
import type { ConfigOptions, Gateway, GatewayOptions } from '@limpet/gateway'
import { isHostAlive, readHostFile } from '@limpet/link'
import { isErrorCode } from '@limpet/protocol'
import {
  builtPath,
  fixtureEnvironment,
  isAlive,
  makeScratch,
  processesWith,
  waitFor,
  within,
  type Scratch,
} from '@limpet/testkit'
import { WebSocket, type ClientOptions } from 'ws'

export interface FixtureOptions {
  readonly config?: ConfigOptions
  readonly gateway?: Partial<
    Pick<GatewayOptions, 'build' | 'clock' | 'pingIntervalMs' | 'pageDirectory'>
  >
  /** Directories of another fixture, which also ends the host and removes them. @default own ones */
  readonly scratch?: Scratch
}

/** What a raw HTTP exchange came to. */
export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Status and code of a refusal, which must hold nothing that a stranger should not learn. */
export function refusal({ status, head, body }: RawAnswer): string {
  const { error } = JSON.parse(body) as { error: { code: string } }
  if (!isErrorCode(error.code)) throw new Error(`${error.code} is no code of the registry`)
  const leak = /\bat \S+:\d+|node_modules|\/packages\//.exec(body)
  if (leak) throw new Error(`a refusal tells ${leak[0]}`)
  for (const header of ['content-security-policy: default-src', 'cache-control: no-store']) {
    if (!head.includes(header)) throw new Error(`a refusal lacks ${header}`)
  }
  return `${status} ${error.code}`
}

export class GatewayFixture implements AsyncDisposable {
  readonly scratch: Scratch
  readonly #options: FixtureOptions
  readonly #gateways: Gateway[] = []
  /** Every line that any gateway of this fixture logged. */
  log = ''

  constructor(scratch: Scratch, options: FixtureOptions) {
    this.scratch = scratch
    this.#options = options
  }

  /** The newest one. */
  get gateway(): Gateway {
    const newest = this.#gateways.at(-1)
    if (!newest) throw new Error('no gateway was started')
    return newest
  }

  get port(): number {
    return this.gateway.address.port
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get bearer(): { authorization: string } {
    return { authorization: `Bearer ${this.gateway.token}` }
  }

  /** Starts one more gateway on the same state. */
  async start(): Promise<Gateway> {
    const { stateDirectory, runtimeDirectory, home } = this.scratch
    const config = await loadConfig({
      listen: '127.0.0.1:0',
      environment: fixtureEnvironment(home),
      ...this.#options.config,
    })
    const gateway = await startGateway({
      config,
      location: { stateDirectory, runtimeDirectory },
      hostStartCommand: [process.execPath, builtPath('packages/host/dist/main.js')],
      build: 'test',
      logger: createLogger({
        level: 'debug',
        destination: { write: (line) => void (this.log += line) },
      }),
      pageDirectory: join(home, 'no-page'),
      examplesDirectory: builtPath('examples'),
      ...this.#options.gateway,
    })
    this.#gateways.push(gateway)
    return gateway
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.origin}${path}`, { redirect: 'manual', ...init })
  }

  /** Logs in as the page does. @returns the Cookie header of the browser from then on */
  async logIn(): Promise<string> {
    const answer = await this.fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.origin },
      body: JSON.stringify({ token: this.gateway.token }),
    })
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
    if (cookie === undefined) throw new Error(`no login: ${answer.status} ${await answer.text()}`)
    return cookie
  }

  /** Sends exactly these lines, then reads until the server hangs up or the answer is whole. */
  async raw(lines: readonly string[], body = ''): Promise<RawAnswer> {
    const socket = connectSocket(this.port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => (text += part))
    try {
      await once(socket, 'connect')
      socket.write(`${[...lines, '', ''].join('\r\n')}${body}`)
      const hasAnswer = (): boolean => {
        const [head = '', rest] = text.split('\r\n\r\n')
        const isBodiless = lines[0]?.startsWith('HEAD ') ?? false
        const length = isBodiless ? 0 : (/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
        return rest !== undefined && Buffer.byteLength(rest) >= Number(length)
      }
      await waitFor('the answer', () => hasAnswer() || socket.destroyed, { transcript: () => text })
    } finally {
      socket.destroy()
    }
    const [head = '', ...rest] = text.split('\r\n\r\n')
    return { status: Number(head.split(' ')[1] ?? 0), head, body: rest.join('\r\n\r\n') }
  }

  /** An upgrade with exactly these headers beside those of the handshake. */
  upgrade(
    path: string,
    headers: readonly string[],
    host = `127.0.0.1:${this.port}`,
  ): Promise<RawAnswer> {
    return this.raw([
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    ])
  }

  /** A WebSocket with the token; `path` may carry a query. */
  async webSocket(
    path = '/ws',
    protocols: string[] = [],
    options: ClientOptions = {},
  ): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, protocols, {
      headers: this.bearer,
      perMessageDeflate: false,
      ...options,
    })
    await within('the upgrade', once(socket, 'open'))
    return socket
  }

  /** Ends the host that runs now, as `limpet stop` or a crash would. */
  async endHost(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const file = await readHostFile(this.scratch.stateDirectory)
    if (file === undefined || !isHostAlive(file)) return
    process.kill(file.pid, signal)
    await waitFor('the host to end', () => !isAlive(file.pid))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const gateway of this.#gateways) await gateway.close()
      if (this.#options.scratch) return
      await this.endHost()
      const isEmpty = (): boolean => processesWith('HOME', this.scratch.home).length === 0
      await waitFor('the last process to end', isEmpty)
    } finally {
      if (!this.#options.scratch) await this.scratch.remove()
    }
  }
}

export async function startGatewayFixture(options: FixtureOptions = {}): Promise<GatewayFixture> {
  const fixture = new GatewayFixture(options.scratch ?? (await makeScratch()), options)
  try {
    await fixture.start()
    return fixture
  } catch (error) {
    await fixture[Symbol.asyncDispose]().catch(() => {}) // the first failure is the one to tell
    throw error
  }
}
