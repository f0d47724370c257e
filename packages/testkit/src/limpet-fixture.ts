// Owns a whole Limpet for one test: the built program, `limpet serve`, with directories of its own, a free
// port, and the host it started; ended by pid, and proven gone.

import { connect, type Limpet } from '@limpet/client'
import { isHostAlive, readHostFile } from '@limpet/link'
import { fixtureEnvironment } from './fixture-environment.ts'
import { findLeftovers } from './leftovers.ts'
import { isAlive } from './process-facts.ts'
import { makeScratch, type Scratch } from './scratch.ts'
import { builtPath, ServerProcess } from './server-process.ts'
import { waitFor } from './waits.ts'

const CLI = 'packages/cli/dist/main.js'

export interface LimpetOptions {
  /** Further arguments of `limpet serve`, such as `['--', 'bash']`. */
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** The line that `limpet serve --ready-json` prints. */
interface Ready {
  readonly url: string
  readonly token: string
  readonly pid: number
  readonly hostPid: number
}

export class LimpetFixture implements AsyncDisposable {
  readonly scratch: Scratch
  readonly environment: Readonly<Record<string, string>>
  readonly #args: readonly string[]
  #gateway: ServerProcess | undefined
  #ready: Ready | undefined
  /** 0 takes a free port. */
  #port = 0

  constructor(scratch: Scratch, options: LimpetOptions) {
    this.scratch = scratch
    this.environment = { ...fixtureEnvironment(scratch.home), ...options.environment }
    this.#args = options.args ?? []
  }

  /** Base address by number, such as "http://127.0.0.1:40123/": needs no name resolution. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  /** The address that is printed for people, without the token. */
  get link(): string {
    return this.#facts.url
  }

  get token(): string {
    return this.#facts.token
  }

  /** The gateway's. */
  get pid(): number {
    return this.#facts.pid
  }

  get hostPid(): number {
    return this.#facts.hostPid
  }

  get stateDirectory(): string {
    return this.scratch.stateDirectory
  }

  get runtimeDirectory(): string {
    return this.scratch.runtimeDirectory
  }

  /** For the leak check: those that run now. */
  readonly servers = (): Record<string, number> => ({ host: this.hostPid, gateway: this.pid })

  /** The SDK, connected as the owner. Close it. */
  connect(): Promise<Limpet> {
    return connect(this.url, { token: this.token })
  }

  /** argv of the built command line. */
  cli(...args: readonly string[]): string[] {
    return [process.execPath, builtPath(CLI), ...args]
  }

  /** Environment in which the command line finds this Limpet's host. */
  get cliEnvironment(): Record<string, string> {
    return {
      ...this.environment,
      LIMPET_STATE_DIR: this.stateDirectory,
      LIMPET_RUNTIME_DIR: this.runtimeDirectory,
    }
  }

  /** The gateway's process, for signals and its end. */
  get gateway(): ServerProcess {
    if (this.#gateway === undefined) throw new Error('Limpet was not started')
    return this.#gateway
  }

  async start(): Promise<void> {
    const { stateDirectory, runtimeDirectory } = this.scratch
    const gateway = new ServerProcess({
      program: CLI,
      args: [
        'serve',
        '--ready-json',
        '--listen',
        `127.0.0.1:${this.#port}`,
        '--state-dir',
        stateDirectory,
        '--runtime-dir',
        runtimeDirectory,
        ...this.#args,
      ],
      environment: this.environment,
    })
    this.#gateway = gateway
    const line = await waitFor(
      'the ready line',
      () => {
        if (gateway.hasExited) throw new Error(gateway.transcript())
        return /^(\{.*\})\n/.exec(gateway.stdout)?.[1]
      },
      { transcript: gateway.transcript },
    )
    this.#ready = JSON.parse(line) as Ready // our own program's; a missing field fails where it is used
    this.#port = Number(new URL(this.#ready.url).port)
  }

  /** As a crash or the kernel would: no good-bye. */
  async killGateway(): Promise<void> {
    await this.#gateway?.end('SIGKILL')
  }

  /** As a service manager would. */
  async stopGateway(): Promise<void> {
    await this.#gateway?.end('SIGTERM')
  }

  /** Starts it again on the same port and directories. */
  async restartGateway(): Promise<void> {
    await this.start()
  }

  /** What the gateway has said, for failures. */
  readonly transcript = (): string => this.#gateway?.transcript() ?? 'no gateway was started'

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#gateway?.end('SIGTERM')
      await this.#endHost()
      const leftovers = await findLeftovers(this.scratch)
      if (leftovers !== '') throw new Error(`left behind:\n${leftovers}`)
    } finally {
      await this.scratch.remove()
    }
  }

  get #facts(): Ready {
    if (this.#ready === undefined) throw new Error('Limpet was not started')
    return this.#ready
  }

  /** Whichever host runs now: a test may have made the first one end. */
  async #endHost(): Promise<void> {
    const file = await readHostFile(this.stateDirectory)
    if (file === undefined || !isHostAlive(file)) return
    process.kill(file.pid, 'SIGTERM')
    await waitFor('the host to end', () => !isAlive(file.pid))
  }
}

/** Starts the built program; `await using` ends it with all it started. */
export async function startLimpet(options: LimpetOptions = {}): Promise<LimpetFixture> {
  const fixture = new LimpetFixture(await makeScratch(), options)
  try {
    await fixture.start()
    return fixture
  } catch (error) {
    await fixture[Symbol.asyncDispose]().catch(() => {}) // the first failure is the one to tell
    throw error
  }
}
