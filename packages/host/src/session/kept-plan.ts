// Owns what remains of a launch plan once its process has been started: of its environment, the names.

import { launchPlanShape, type LaunchPlan } from '@limpet/protocol'

/** Values of an environment are secrets as a rule: they are neither stored nor held. */
export interface KeptPlan extends Omit<LaunchPlan, 'environment'> {
  readonly environmentNames: readonly string[]
}

export function keepPlan(plan: LaunchPlan): KeptPlan {
  const { environment, ...rest } = plan
  return { ...rest, environmentNames: Object.keys(environment) }
}

/** @throws LimpetError PARAMETERS_INVALID */
export function decodeKeptPlan(value: unknown): KeptPlan {
  const fields = typeof value === 'object' && value !== null ? value : {}
  const names = 'environmentNames' in fields ? fields.environmentNames : []
  const environmentNames = Array.isArray(names)
    ? names.filter((name) => typeof name === 'string')
    : []
  const { environment: _, ...rest } = launchPlanShape.decode({ ...fields, environment: {} }, 'plan')
  return { ...rest, environmentNames }
}
