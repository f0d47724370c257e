// Which tests exist and how they are run: unit tests straight from the sources; integration,
// end-to-end and fault tests against the built program. Must not know what any test does.
// Before: tools/test.mjs or `npx vitest`; after: the test files.
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

/** Lets `import '@limpet/…'` find `src/index.ts` of that package, also transitively: no build is needed. */
const conditions = ['@limpet/source', ...defaultServerConditions]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Real processes and terminals are started by tests; worker threads share one process' descriptors.
    pool: 'forks',
    allowOnly: false,
    // A failing property test prints its seed; a failing test is never tried again in the hope of luck.
    retry: 0,
    reporters: ['default', './tools/tally-reporter.mjs'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.{ts,tsx}', 'tools/test/**/*.test.ts'],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // One browser at a time: on two cores a second one makes waits long and failures puzzling.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          // A full round of `npm run test:soak` takes minutes; a short one in `npm test` some seconds.
          testTimeout: process.env['LIMPET_SOAK'] === '1' ? 1_800_000 : 120_000,
          hookTimeout: 60_000,
          // Each measures a promise with a figure; another one beside it would be measured along.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
