// Owns which programs a principal is offered, and the launch plan of each. Both dialects ask here.

import { LimpetError, type LaunchPlan, type MethodResult, type Role } from '@limpet/protocol'
import { launchPlanFor, type PlanBase, type StartParams } from './launch-plan.ts'
import type { Program } from './program.ts'

/** How processes started here are confined, in words for the page. */
const CONFINEMENT = 'Runs as you, not confined.'

export class Offer {
  readonly #programs: readonly Program[]
  readonly #base: PlanBase

  constructor(programs: readonly Program[], base: PlanBase) {
    this.#programs = programs
    this.#base = base
  }

  readonly confinement: string = CONFINEMENT

  /** The programs that this role may start, in the order of the configuration. */
  list(role: Role): MethodResult<'program.list'>['programs'] {
    return this.#of(role).map(({ name, accepts, tty, description }) => ({
      name,
      accepts,
      tty,
      description,
    }))
  }

  /** @throws LimpetError PROGRAM_NOT_FOUND (also for what others may start), PROGRAM_ARGUMENTS_REFUSED */
  plan(role: Role, params: StartParams): LaunchPlan {
    return launchPlanFor(this.#require(role, params), params, this.#base)
  }

  /** The labels of a start: those of the program, and the caller's on top. @throws LimpetError PROGRAM_NOT_FOUND */
  labels(role: Role, params: StartParams): Readonly<Record<string, string>> | undefined {
    const { labels } = this.#require(role, params)
    return labels || params.labels ? { ...labels, ...params.labels } : undefined
  }

  #require(role: Role, params: StartParams): Program {
    const program = this.#of(role).find(({ name }) => name === params.program)
    if (program) return program
    throw new LimpetError(
      'PROGRAM_NOT_FOUND',
      `The program ${JSON.stringify(params.program)} is not offered here.`,
      { details: { program: params.program } },
    )
  }

  #of(role: Role): readonly Program[] {
    return this.#programs.filter(({ start }) => start.includes(role))
  }
}
