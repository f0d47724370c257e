// Owns a real host for one test: started from what was built, ended with all its sessions, and proven gone.

import { randomBytes } from 'node:crypto'
import { readHostFile, type HostFile } from '@limpet/link'
import {
  attachmentId,
  clientIdFrom,
  type LaunchPlan,
  type Right,
  type View,
} from '@limpet/protocol'
import { fixtureEnvironment } from './fixture-environment.ts'
import { findLeftovers } from './leftovers.ts'
import { RawLink } from './raw-link.ts'
import { makeScratch, type Scratch } from './scratch.ts'
import { builtPath, ServerProcess } from './server-process.ts'
import { waitFor } from './waits.ts'

export interface HostOptions {
  /** Time without link and session after which the host leaves, in milliseconds. @default its own, 60 s */
  readonly idleMs?: number
}

export class HostFixture implements AsyncDisposable {
  readonly scratch: Scratch
  readonly environment: Readonly<Record<string, string>>
  readonly #options: HostOptions
  #server: ServerProcess | undefined

  constructor(scratch: Scratch, options: HostOptions) {
    this.scratch = scratch
    this.environment = fixtureEnvironment(scratch.home)
    this.#options = options
  }

  get stateDirectory(): string {
    return this.scratch.stateDirectory
  }

  get pid(): number {
    return this.server.pid
  }

  /** For the leak check. */
  readonly servers = (): Record<string, number> => ({ host: this.pid })

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error('the host was not started')
    return this.#server
  }

  async start(): Promise<HostFile> {
    const { stateDirectory } = this.scratch
    const server = this.spawn()
    this.#server = server
    return waitFor(
      'the host to listen',
      async () => {
        if (server.hasExited) throw new Error(server.transcript())
        const file = await readHostFile(stateDirectory)
        return file?.pid === server.pid && file
      },
      { transcript: server.transcript },
    )
  }

  /** Starts one more host process on the same directories, whatever comes of it. */
  spawn(): ServerProcess {
    const { stateDirectory, runtimeDirectory } = this.scratch
    const idle = this.#options.idleMs === undefined ? [] : ['--idle-ms', `${this.#options.idleMs}`]
    return new ServerProcess({
      program: 'packages/host/dist/main.js',
      args: ['--state-dir', stateDirectory, '--runtime-dir', runtimeDirectory, ...idle],
      environment: this.environment,
    })
  }

  /** argv of the built command line. */
  cli(...args: readonly string[]): string[] {
    return [process.execPath, builtPath('packages/cli/dist/main.js'), ...args]
  }

  /** Environment in which the command line finds this host. */
  get cliEnvironment(): Record<string, string> {
    const { stateDirectory, runtimeDirectory } = this.scratch
    return {
      ...this.environment,
      LIMPET_STATE_DIR: stateDirectory,
      LIMPET_RUNTIME_DIR: runtimeDirectory,
    }
  }

  /** How to start a program here. @default on pipes, kept, descendants ended with it */
  plan(argv: readonly string[], overrides: Partial<LaunchPlan> = {}): LaunchPlan {
    return {
      program: 'test',
      argv,
      title: argv.join(' '),
      cwd: this.scratch.home,
      environment: this.environment,
      stdin: 'pipe',
      lifetime: 'kept',
      onEnd: 'kill',
      ...overrides,
    }
  }

  /** A view of a viewer nobody else is. */
  view(attachment: number, overrides: Partial<View> = {}): View {
    const client = clientIdFrom(randomBytes(16))
    return { attachment: attachmentId(attachment), client, ...overrides }
  }

  /** A link with its hello said. */
  link(rights?: readonly Right[]): Promise<RawLink> {
    return RawLink.open(this.stateDirectory, rights)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#server?.end('SIGTERM')
      const leftovers = await findLeftovers(this.scratch)
      if (leftovers !== '') throw new Error(`the host left behind:\n${leftovers}`)
    } finally {
      await this.scratch.remove()
    }
  }
}

/** Starts a host of its own; `await using` ends it. */
export async function startHost(options: HostOptions = {}): Promise<HostFixture> {
  const fixture = new HostFixture(await makeScratch(), options)
  try {
    await fixture.start()
    return fixture
  } catch (error) {
    await fixture[Symbol.asyncDispose]().catch(() => {}) // the first failure is the one to tell
    throw error
  }
}
