// Owns the two methods of the native protocol that the gateway serves: the host knows no programs, only plans.

import type { MethodParams, MethodResult } from '@limpet/protocol'
import type { Principal } from '../../auth/index.ts'
import type { Offer } from '../../config/index.ts'

export interface ServedProgramsOptions {
  readonly offer: Offer
  readonly principal: Principal
  readonly build: string
}

/** The programs of one principal. */
export class ServedPrograms {
  readonly #options: ServedProgramsOptions

  constructor(options: ServedProgramsOptions) {
    this.#options = options
  }

  list(): MethodResult<'program.list'> {
    const { offer, principal, build } = this.#options
    return {
      programs: offer.list(principal.role),
      confinement: offer.confinement,
      rights: principal.rights,
      build,
    }
  }

  /** @returns what the host is asked instead @throws LimpetError PROGRAM_NOT_FOUND, PROGRAM_ARGUMENTS_REFUSED */
  open(params: MethodParams<'program.start'>): MethodParams<'session.open'> {
    const { offer, principal } = this.#options
    const { name, view } = params
    return {
      plan: offer.plan(principal.role, params),
      ...(name !== undefined && { name }),
      ...(view !== undefined && { view }),
    }
  }
}
