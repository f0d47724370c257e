import { MAX_FRAME_BYTES } from '@limpet/protocol'
import { describeChannelContract, memoryChannelPair } from '../../src/index.ts'

describeChannelContract('in memory', () => {
  const pair = memoryChannelPair()
  return Promise.resolve({
    ...pair,
    sendOversizedToLeft: () =>
      pair.left.handleArrived(new Uint8Array(MAX_FRAME_BYTES + 1), MAX_FRAME_BYTES + 1),
    [Symbol.asyncDispose]: () => Promise.resolve(pair.cut()),
  })
})
