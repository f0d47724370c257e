// Owns many clients of one Limpet, each with a connection of its own; closed together.

import type { Limpet } from '@limpet/client'
import type { LimpetFixture } from '@limpet/testkit'

export class Clients implements AsyncDisposable {
  readonly all: readonly Limpet[]

  constructor(all: readonly Limpet[]) {
    this.all = all
  }

  static async connect(limpet: LimpetFixture, count: number): Promise<Clients> {
    return new Clients(await Promise.all(Array.from({ length: count }, () => limpet.connect())))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((client) => client.close()))
  }
}
