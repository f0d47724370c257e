// The public face of the room `process`: starting programs, and what flows out of and into them.

export { Watchdog } from './watchdog.ts'
export { endRecorded } from './process-record.ts'
export type { ProcessRecord } from './process-record.ts'
export { closeInheritedDescriptors } from './inherited-descriptors.ts'
export { launch } from './launch.ts'
export { clearStalePorts, closeProcessPorts, createProcessPorts } from './ports.ts'
export type { ProcessClock, ProcessPorts } from './ports.ts'
export type { OutputStream, ProcessHandlers, ProcessPlan } from './process-plan.ts'
export type { RunningProcess } from './running-process.ts'
