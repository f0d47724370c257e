// Owns an innocent session beside a test's misdeeds: `cat` on a link of its own, which must go on echoing.

import { randomBytes } from 'node:crypto'
import type { HostFixture } from './host-fixture.ts'
import type { RawLink } from './raw-link.ts'

/** The only attachment of its link. */
const ATTACHMENT = 1

export class Bystander implements Disposable {
  readonly link: RawLink
  #typed = 0

  constructor(link: RawLink) {
    this.link = link
  }

  static async start(host: HostFixture): Promise<Bystander> {
    const link = await host.link()
    await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
      view: host.view(ATTACHMENT),
    })
    return new Bystander(link)
  }

  /** Types a line and waits until it comes back. @returns how long that took, in milliseconds */
  async echo(): Promise<number> {
    const line = `${randomBytes(8).toString('hex')}\n`
    const startedMs = performance.now()
    this.#typed += 1
    this.link.input({ attachment: ATTACHMENT, sequence: this.#typed, bytes: line })
    await this.link.until('the echo of the bystander', () =>
      this.link.outputOf(ATTACHMENT).endsWith(line),
    )
    this.link.acknowledge(ATTACHMENT, this.link.endOf(ATTACHMENT))
    return performance.now() - startedMs
  }

  [Symbol.dispose](): void {
    this.link[Symbol.dispose]()
  }
}
