// Owns one connection of the run dialect: text messages in, one command each; what it writes out.
// Before: a plain WebSocket; after: the SDK over a link. Who is slow: a client that does not read is not sent
// more; then the SDK is not asked for more records, acknowledges nothing, and the host pauses the command.

import { Limpet, type Session } from '@limpet/client'
import { LimpetError, toLimpetError, type Channel, type LaunchPlan } from '@limpet/protocol'
import { CommandQueue, type Command } from './command-queue.ts'
import { createFormat, type CommandFormat, type FormatName } from './format.ts'

export interface RunConversationOptions {
  readonly client: Channel
  readonly format: FormatName
  /** A fresh link to the host. */
  readonly dial: () => Promise<Channel>
  /** @throws LimpetError when there is no such program */
  readonly planFor: (line: string) => LaunchPlan
}

export class RunConversation {
  readonly #options: RunConversationOptions
  readonly #queue: CommandQueue = new CommandQueue((command) => this.#run(command))
  #limpet: Limpet | undefined
  #commands = 0
  #isOpen = true
  #handleDrained: (() => void) | undefined

  constructor(options: RunConversationOptions) {
    this.#options = options
  }

  start(): void {
    this.#options.client.setHandlers({
      handleText: (line) => this.#handleLine(line),
      handleBinary: () => this.#refuse(++this.#commands, notText()),
      handleDrained: () => this.#handleDrained?.(),
      handleClosed: () => this.#handleClosed(),
    })
  }

  #handleLine(line: string): void {
    const id = ++this.#commands
    try {
      this.#queue.add({ id, line })
    } catch (error) {
      this.#refuse(id, toLimpetError(error))
    }
  }

  #refuse(id: number, error: LimpetError): void {
    for (const message of createFormat(this.#options.format, id).failure(error)) {
      this.#options.client.sendText(message)
    }
  }

  /** The link goes with the connection, and the host ends what it started (lifetime "client"). */
  #handleClosed(): void {
    this.#isOpen = false
    this.#queue.clear()
    this.#handleDrained?.()
    void this.#limpet?.close()
  }

  async #run({ id, line }: Command): Promise<void> {
    const format = createFormat(this.#options.format, id)
    try {
      const plan = this.#options.planFor(line)
      const limpet = await this.#connected()
      const session = await limpet.openPlan(plan)
      try {
        await this.#stream(session, format)
      } finally {
        await forget(limpet, session)
      }
    } catch (error) {
      // A client that has gone is told nothing; all others learn why.
      await this.#send(format.failure(toLimpetError(error)))
    }
  }

  async #stream(session: Session, format: CommandFormat): Promise<void> {
    for await (const record of session.output) {
      if (record.type === 'output') await this.#send(format.output(record.stream, record.bytes))
      if (record.type === 'gap') await this.#send(format.gap(record.gap.to - record.gap.from))
      if (record.type === 'exit') await this.#send(format.exit(record.exit))
      if (!this.#isOpen) return
    }
  }

  /** One link for all commands of a connection; when it broke, the next command makes a new one. */
  async #connected(): Promise<Limpet> {
    if (this.#limpet?.state === 'connected') return this.#limpet
    const { dial } = this.#options
    const limpet = await Limpet.over(dial, { reconnect: false })
    this.#limpet = limpet
    if (this.#isOpen) return limpet
    await limpet.close()
    throw new LimpetError('CONNECTION_LOST', 'The client has gone.')
  }

  async #send(messages: readonly string[]): Promise<void> {
    for (const message of messages) {
      if (!this.#isOpen) return
      if (this.#options.client.sendText(message)) continue
      await new Promise<void>((resolve) => (this.#handleDrained = resolve))
      this.#handleDrained = undefined
    }
  }
}

/** What a script ran and read to its end is no use in a list that people look at. */
async function forget(limpet: Limpet, session: Session): Promise<void> {
  try {
    const hasEnded = session.info.state === 'ended'
    if (!hasEnded) await session.kill()
    await session.detach()
    if (hasEnded) await limpet.request('session.remove', { session: session.id })
  } catch {
    // The link is gone, and the session with it.
  }
}

function notText(): LimpetError {
  return new LimpetError('MESSAGE_MALFORMED', 'Send text messages: each is one command line.')
}
