// Owns the step from a launch plan of the wire to a process of this machine, and from the process room's
// refusals to errors of the registry.

import { LimpetError, type LaunchPlan, type SessionId } from '@limpet/protocol'
import {
  launch,
  LaunchError,
  type ProcessHandlers,
  type ProcessPorts,
  type RunningProcess,
} from './process/index.ts'

export interface LaunchRequest {
  readonly id: SessionId
  readonly plan: LaunchPlan
  readonly handlers: ProcessHandlers
  readonly ports: ProcessPorts
}

/** @throws LimpetError EXECUTABLE_NOT_FOUND, WORKING_DIRECTORY_UNUSABLE, LAUNCH_FAILED */
export async function launchPlan(request: LaunchRequest): Promise<RunningProcess> {
  const { argv, cwd, environment, terminal, stdin } = request.plan
  try {
    const plan = { argv, cwd, environment, terminal, stdin, sessionId: request.id }
    return await launch(plan, request.handlers, request.ports)
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    throw new LimpetError(error.code, error.message, { details: error.details, cause: error })
  }
}
