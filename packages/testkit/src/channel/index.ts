// The public face of the channel room: the contract of channels, and channels in memory.

export { describeChannelContract } from './channel-contract.ts'
export type { ChannelPair, MakeChannelPair } from './channel-contract.ts'
export { ChannelRecorder } from './channel-recorder.ts'
export { MemoryChannel, memoryChannelPair } from './memory-channel.ts'
export type { MemoryPair } from './memory-channel.ts'
