// The public face of the room `process`: starting programs, and what flows out of and into them.

export { cleanEnvironment, SESSION_VARIABLE, SHELL_OWNED_NAMES } from './environment.ts'
export type { CleanEnvironmentOptions } from './environment.ts'
export { closeInheritedDescriptors } from './inherited-descriptors.ts'
export { launch } from './launch.ts'
export { closeProcessPorts, createProcessPorts } from './ports.ts'
export type { ProcessClock, ProcessPorts, ProcessPortsOptions } from './ports.ts'
export { DRAIN_MS } from './process-plan.ts'
export type { OutputStream, ProcessHandlers, ProcessPlan } from './process-plan.ts'
export type { RunningProcess } from './running-process.ts'
export { parseSignal } from './signals.ts'
