import fc from 'fast-check'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { LOSSLESS_HOLD_MS, STALL_MS } from '../../src/session/limits.ts'
import { FlowStory, MAX_OUTPUT_BYTES, type Step } from './flow-story.ts'

const isSoak = process.env['LIMPET_SOAK'] === '1'
/** The short round is the same each time; LIMPET_SEED makes a long one again. */
const PINNED_SEED = 20_261_122
const SOAK_RUNS = 5000

const who = fc.nat({ max: 20 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('output' as const),
      bytes: fc.integer({ min: 1, max: MAX_OUTPUT_BYTES }),
      times: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('acknowledge' as const),
      who,
      share: fc.constantFrom(0, 0.1, 0.5, 1, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      client: fc.nat({ max: 5 }),
      from: fc.constantFrom('start' as const, 'end' as const, 'resume' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('leave' as const), who, isLost: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('socket' as const), who, isFull: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('resize' as const),
      who,
      columns: fc.integer({ min: 20, max: 200 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 60, 1000, STALL_MS, LOSSLESS_HOLD_MS),
    }),
  },
)

async function tell(steps: readonly Step[]): Promise<void> {
  const story = await FlowStory.begin()
  for (const each of steps) story.take(each)
  story.end()
}

describe('whatever viewers do', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('[LOG-2] [FLOW-1] [FLOW-3] [FLOW-4] each gets what the process wrote but for announced gaps, and nobody waits without need', async () => {
    const asked = process.env['LIMPET_SEED']
    const random = isSoak ? Math.floor(performance.timeOrigin % 2 ** 31) : PINNED_SEED
    const seed = asked !== undefined && /^-?\d+$/.test(asked) ? Number(asked) : random
    process.stdout.write(`flow property: LIMPET_SEED=${seed}\n`)
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), tell), {
      seed,
      numRuns: isSoak ? SOAK_RUNS : 150,
    })
  }, 1_800_000)
})
