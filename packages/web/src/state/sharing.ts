// Owns letting others into a session: which session's shares are shown, what they are, making and revoking them.
// A share's secret is in its link, which is told once, here. Before: session menus; after: session/share-dialog.tsx.

import type { Limpet } from '@limpet/client'
import type { SessionId, SessionInfo, ShareInfo } from '@limpet/protocol'
import { signal, type ReadonlySignal, type Signal } from '@preact/signals'

export interface NewShare {
  readonly role: ShareInfo['role']
  /** For whom; the other viewers read it. */
  readonly name: string
  readonly forMs: number
}

export interface MadeShare {
  readonly share: ShareInfo
  /** The whole address, as this browser reaches the machine. */
  readonly link: string
}

export class Sharing {
  /** The session whose shares are shown in the dialog. */
  readonly session: Signal<SessionInfo | undefined> = signal(undefined)
  /** Undefined until they were listed. */
  readonly shares: Signal<readonly ShareInfo[] | undefined> = signal(undefined)
  /** The newest one, as long as the dialog is open. */
  readonly made: Signal<MadeShare | undefined> = signal(undefined)
  /** Why the last wish was not carried out. */
  readonly trouble: Signal<string | undefined> = signal(undefined)
  readonly #limpet: ReadonlySignal<Limpet | undefined>
  readonly #address: string

  /** @param address of the page, below which shares are */
  constructor(limpet: ReadonlySignal<Limpet | undefined>, address: string) {
    this.#limpet = limpet
    this.#address = address
  }

  async open(session: SessionInfo): Promise<void> {
    this.made.value = undefined
    this.shares.value = undefined
    this.trouble.value = undefined
    this.session.value = session
    await this.#attempt('Could not list the shares', async (limpet) => {
      await this.#list(limpet, session.id)
    })
  }

  close(): void {
    this.session.value = undefined
    this.made.value = undefined
  }

  async make(wish: NewShare): Promise<void> {
    const session = this.session.peek()
    if (session === undefined) return
    await this.#attempt('Could not make a link', async (limpet) => {
      const { share, path } = await limpet.createShare(session.id, wish)
      this.made.value = { share, link: new URL(path, this.#address).href }
      await this.#list(limpet, session.id)
    })
  }

  async revoke({ id, session }: ShareInfo): Promise<void> {
    await this.#attempt('Could not revoke it', async (limpet) => {
      await limpet.revokeShare(id)
      if (this.made.peek()?.share.id === id) this.made.value = undefined
      await this.#list(limpet, session)
    })
  }

  async #list(limpet: Limpet, session: SessionId): Promise<void> {
    const shares = await limpet.listShares(session)
    // Another session's dialog may have been opened meanwhile.
    if (this.session.peek()?.id === session) this.shares.value = shares
  }

  async #attempt(what: string, act: (limpet: Limpet) => Promise<void>): Promise<void> {
    const limpet = this.#limpet.peek()
    if (limpet === undefined) return
    this.trouble.value = undefined
    try {
      await act(limpet)
    } catch (error) {
      this.trouble.value = `${what}: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}
