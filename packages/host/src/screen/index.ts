// The public face of the screen room.

export type { Answer } from './emulator.ts'
export { MAX_HELD_ANSWERS } from './limits.ts'
export { Screen } from './screen.ts'
export type { ScreenSource } from './screen.ts'
export { startWorkerThread } from './screen-worker.ts'
export { Screens } from './screens.ts'
