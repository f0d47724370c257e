// The public face of @limpet/testkit: fixtures that run the real thing, waits, and proofs that nothing leaks.

export { Bystander } from './bystander.ts'
export {
  ChannelRecorder,
  describeChannelContract,
  MemoryChannel,
  memoryChannelPair,
} from './channel/index.ts'
export type { ChannelPair, MakeChannelPair, MemoryPair } from './channel/index.ts'
export { inRound, isSoak, seededRandom } from './fault-round.ts'
export type { SeededRandom } from './fault-round.ts'
export { recordFigure } from './figures.ts'
export { fixtureEnvironment } from './fixture-environment.ts'
export { HostFixture, startHost } from './host-fixture.ts'
export type { HostOptions } from './host-fixture.ts'
export { leakCheck } from './leak-check.ts'
export type { LeakCheck, Watched } from './leak-check.ts'
export { LimpetFixture, startLimpet } from './limpet-fixture.ts'
export type { LimpetOptions } from './limpet-fixture.ts'
export {
  isAlive,
  openDescriptors,
  processesWith,
  processFacts,
  residentBytes,
} from './process-facts.ts'
export type { ProcessFacts } from './process-facts.ts'
export { runProgram } from './program-run.ts'
export type { Ran, RunOptions } from './program-run.ts'
export { RawLink } from './raw-link.ts'
export type { RawInput, RawNotification } from './raw-link.ts'
export { makeScratch } from './scratch.ts'
export type { Scratch } from './scratch.ts'
export { builtPath, ServerProcess } from './server-process.ts'
export { TcpProxy } from './tcp-proxy.ts'
export type { ProxyOptions } from './tcp-proxy.ts'
export { TmuxTerminal } from './tmux-terminal.ts'
export type { TmuxOptions } from './tmux-terminal.ts'
export { waitFor, within } from './waits.ts'
export type { WaitOptions } from './waits.ts'
