// Owns one run of tests/integration/peers/websocket_peer.py: Python's autobahn as a client of the gateway.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { waitFor, within } from '@limpet/testkit'

/** Debian's package python3-autobahn belongs to Debian's Python; others may come first in PATH. */
const PYTHON = '/usr/bin/python3'

const SCRIPT = fileURLToPath(new URL('../peers/websocket_peer.py', import.meta.url))

export interface PeerFact {
  readonly open?: string | null
  readonly message?: string
  readonly atMs?: number
  readonly closed?: number
}

export class AutobahnPeer implements AsyncDisposable {
  readonly facts: PeerFact[] = []
  readonly #child: ChildProcess
  #stderr = ''

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    const pairs = Object.entries(headers).map(([name, value]) => `${name}=${value}`)
    const child = spawn(PYTHON, [SCRIPT, url, ...pairs], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    createInterface(child.stdout).on('line', (line) =>
      this.facts.push(JSON.parse(line) as PeerFact),
    )
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    child.stdin.on('error', () => {}) // it has ended: `closed` or the transcript tells
  }

  get messages(): string[] {
    return this.facts.flatMap(({ message }) => (message === undefined ? [] : [message]))
  }

  order(order: Readonly<Record<string, unknown>>): void {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`)
  }

  send(...lines: readonly string[]): void {
    for (const line of lines) this.order({ send: line })
  }

  /** Waits until there is a fact of this kind. */
  async until(what: string, isIt: (fact: PeerFact) => boolean): Promise<PeerFact> {
    return waitFor(what, () => this.facts.find(isIt), {
      transcript: () => `${JSON.stringify(this.facts).slice(-4000)}\n${this.#stderr}`,
    })
  }

  /** @returns all messages once there are so many */
  async untilMessages(count: number): Promise<string[]> {
    return waitFor(`${count} messages`, () => this.messages.length >= count && this.messages, {
      transcript: () => `${JSON.stringify(this.facts).slice(-4000)}\n${this.#stderr}`,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await within('the end of the peer', once(this.#child, 'exit'))
  }
}

/** Connects with the token. @param path with its query */
export async function connectPeer(
  fixture: { readonly port: number; readonly bearer: { readonly authorization: string } },
  path = '/ws',
  options: { readonly subprotocol?: string } = {},
): Promise<AutobahnPeer> {
  const url = `ws://127.0.0.1:${fixture.port}${path}`
  const peer = new AutobahnPeer(url, { Authorization: fixture.bearer.authorization, ...options })
  await peer.until('the connection', ({ open }) => open !== undefined)
  return peer
}
