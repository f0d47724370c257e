// A thousand short commands in a row leave the host and the gateway as they were.

import type { Limpet } from '@limpet/client'
import {
  processFacts,
  startLimpet,
  waitFor,
  type LimpetFixture,
  type ProcessFacts,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const COMMANDS = 1000

/** The host keeps the newest 500 ended sessions for reading: filling that shelf is no leak. */
const WARM_UP_COMMANDS = 500

const MAX_GROWTH_BYTES = 16 * 1024 * 1024

test(
  'a thousand short commands leave no zombie, no descriptor and less than 16 MiB',
  { timeout: 180_000 },
  async () => {
    await using limpet = await startLimpet()
    await using client = await limpet.connect()
    await runCommands(client, WARM_UP_COMMANDS)
    const before = factsOf(limpet)
    const startedMs = performance.now()
    await runCommands(client, COMMANDS)
    const perCommandMs = (performance.now() - startedMs) / COMMANDS
    const after = factsOf(limpet)
    const grown = grownBytes(before, after)
    console.log(
      `${COMMANDS} commands, ${perCommandMs.toFixed(1)} ms each; ` +
        `grown: host ${mebibytes(grown.host)}, gateway ${mebibytes(grown.gateway)}`,
    )
    // Garbage that was not collected yet is no leak: it goes when the process has a quiet moment.
    await waitFor(
      'memory as before',
      () => {
        const now = grownBytes(before, factsOf(limpet))
        return now.host < MAX_GROWTH_BYTES && now.gateway < MAX_GROWTH_BYTES
      },
      { transcript: () => JSON.stringify(grownBytes(before, factsOf(limpet))) },
    )
    expect([after.host.zombies, after.gateway.zombies]).toEqual([0, 0])
    // Pipes are made in batches, so the number goes up and down by some; what leaks never comes back down.
    await waitFor(
      'as many descriptors as before',
      () => {
        const now = factsOf(limpet)
        return (['host', 'gateway'] as const).every(
          (name) => now[name].descriptors <= before[name].descriptors,
        )
      },
      { transcript: () => JSON.stringify({ before, now: factsOf(limpet) }, null, 2) },
    )
  },
)

async function runCommands(client: Limpet, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const { stdout, exit } = await client.run(['echo', String(number)])
    if (stdout !== `${number}\n` || exit.code !== 0) {
      throw new Error(`command ${number}: ${JSON.stringify({ stdout, exit })}`)
    }
  }
}

type Facts = Record<'host' | 'gateway', ProcessFacts>

function factsOf(limpet: LimpetFixture): Facts {
  return { host: processFacts(limpet.hostPid), gateway: processFacts(limpet.pid) }
}

function grownBytes(before: Facts, after: Facts): { host: number; gateway: number } {
  return {
    host: after.host.residentBytes - before.host.residentBytes,
    gateway: after.gateway.residentBytes - before.gateway.residentBytes,
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
