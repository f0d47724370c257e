// The faults that Limpet survives: what is injected, what is promised, and the test that proves it. Numbers as in the
// project's table of faults. Must not hold any measured figure: those are in docs/reliability-figures.json.

/**
 * @typedef {object} Fault
 * @property {string} id
 * @property {string} fault
 * @property {string} injected
 * @property {string} promise
 * @property {ReadonlyArray<string>} tests paths from the root
 */

/** @type {ReadonlyArray<Fault>} */
export const FAULTS = [
  {
    id: 'F01',
    fault: 'the gateway crashes',
    injected:
      'SIGKILL at a random moment, 50 rounds; 10 sessions print numbered lines, 5 MB/s in all',
    promise: 'all programs live; clients are back ≤ 3 s after the restart; 0 lines lost or doubled',
    tests: ['tests/faults/gateway-crash.test.ts'],
  },
  {
    id: 'F06',
    fault: 'a program that refuses to end',
    injected: '`session.kill`; program and child trap every signal they can',
    promise: 'hang-up or end of input at 0, SIGTERM at 1 s, SIGKILL at 5 s, to the whole group',
    tests: ['tests/faults/stop-order.test.ts'],
  },
]
