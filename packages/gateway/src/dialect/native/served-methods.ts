// Owns the methods of the native protocol that the gateway serves: the host knows no programs, only plans, and no
// shares, only links that are confined to one session.

import {
  decodeParams,
  encodeRequest,
  encodeResult,
  LimpetError,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type RequestId,
} from '@limpet/protocol'
import type { Principal } from '../../auth/index.ts'
import type { Offer } from '../../config/index.ts'
import type { ShareDesk } from '../../share-desk.ts'

export interface ServedMethodsOptions {
  readonly offer: Offer
  readonly shareDesk: ShareDesk
  readonly principal: Principal
  readonly build: string
}

/** What becomes of a request. */
export type Served =
  | { readonly to: 'client'; readonly text: string | Promise<string> }
  | { readonly to: 'host'; readonly text: string }

/** Those of one principal. */
export class ServedMethods {
  readonly #options: ServedMethodsOptions

  constructor(options: ServedMethodsOptions) {
    this.#options = options
  }

  /**
   * @returns undefined when the gateway does not serve it
   * @throws LimpetError PARAMETERS_INVALID, FORBIDDEN, PROGRAM_NOT_FOUND …; what is asked later is in the promise
   */
  serve(id: RequestId, name: MethodName, params: unknown): Served | undefined {
    const { shareDesk, principal } = this.#options
    switch (name) {
      case 'program.list':
        return { to: 'client', text: encodeResult(id, name, this.#list()) }
      case 'program.start': {
        // Before it is looked at: a refusal would tell which programs there are.
        if (!principal.rights.includes('open')) throw mayNotOpen()
        // The host's answer goes back as it is: the id is the client's.
        const plan = this.#plan(decodeParams(name, params))
        return { to: 'host', text: encodeRequest(id, 'session.open', plan) }
      }
      case 'share.create': {
        const created = shareDesk.create(principal, decodeParams(name, params))
        return { to: 'client', text: created.then((result) => encodeResult(id, name, result)) }
      }
      case 'share.list': {
        const listed = shareDesk.list(principal, decodeParams(name, params))
        return { to: 'client', text: listed.then((result) => encodeResult(id, name, result)) }
      }
      case 'share.revoke': {
        const revoked = shareDesk.revoke(principal, decodeParams(name, params))
        return { to: 'client', text: revoked.then(() => encodeResult(id, name, {})) }
      }
      default:
        return undefined
    }
  }

  /** Nobody starts a program by a share: it would be another session. */
  #list(): MethodResult<'program.list'> {
    const { offer, principal, build } = this.#options
    const { session, rights } = principal
    return {
      programs: session === undefined ? offer.list(principal.role) : [],
      confinement: offer.confinement,
      rights,
      ...(session !== undefined && { session }),
      build,
    }
  }

  #plan(params: MethodParams<'program.start'>): MethodParams<'session.open'> {
    const { offer, principal } = this.#options
    const { name, view } = params
    const labels = offer.labels(principal.role, params)
    return {
      plan: offer.plan(principal.role, params),
      ...(name !== undefined && { name }),
      ...(labels !== undefined && { labels }),
      ...(view !== undefined && { view }),
    }
  }
}

function mayNotOpen(): LimpetError {
  return new LimpetError('FORBIDDEN', 'program.start needs the right to open.', {
    details: { method: 'program.start', right: 'open' },
  })
}
