// Owns the native dialect (`limpet.v1`): a link of its own for each connection, and the relay between both.

import { NATIVE_SUBPROTOCOL, toLimpetError, type Channel } from '@limpet/protocol'
import type { Principal } from '../../auth/index.ts'
import type { Clock } from '../../clock.ts'
import type { Offer } from '../../config/index.ts'
import type { HostState } from '../../host-heartbeat.ts'
import type { Hosts } from '../../hosts.ts'
import type { Logger } from '../../log.ts'
import type { ShareDesk } from '../../share-desk.ts'
import type { Dialect } from '../../web-socket/index.ts'
import { Relay } from './relay.ts'
import { ServedMethods } from './served-methods.ts'

export interface NativeDialectOptions {
  readonly hosts: Hosts
  readonly offer: Offer
  readonly shareDesk: ShareDesk
  readonly build: string
  readonly clock: Clock
  readonly log: Logger
}

export function nativeDialect(options: NativeDialectOptions): Dialect {
  return {
    subprotocol: NATIVE_SUBPROTOCOL,
    isDefault: false,
    prepare: () => (client, principal) => void converse(options, client, principal),
  }
}

/** The client is held back meanwhile: its channel reads nothing before it has handlers. */
async function converse(
  { hosts, offer, shareDesk, build, clock, log }: NativeDialectOptions,
  client: Channel,
  principal: Principal,
): Promise<void> {
  try {
    const host = await hosts.open(principal)
    const served = new ServedMethods({ offer, shareDesk, principal, build })
    const onHostState = (listener: (state: HostState) => void): (() => void) =>
      hosts.onState(listener)
    new Relay({ client, host, served, clock, onHostState }).start()
  } catch (thrown) {
    const error = toLimpetError(thrown)
    log.error({ err: thrown }, 'a client got no link to the host')
    // A browser learns only the close code, and the reason, which names the error.
    client.close(error.definition.close ?? 1011, error.code)
  }
}
