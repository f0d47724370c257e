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
    id: 'F02',
    fault: 'the host crashes',
    injected: 'SIGKILL',
    promise:
      'all processes of its sessions are gone ≤ 100 ms; the gateway says so ≤ 1 s; the next host lists the sessions as lost, with their logs',
    tests: ['tests/faults/log-crash.test.ts'],
  },
  {
    id: 'F03',
    fault: 'the host stands still',
    injected: 'SIGSTOP for 15 s, then SIGCONT',
    promise: '“unresponsive” is said at 11 s (±1), healthy ≤ 1 s after it goes on; 0 bytes lost',
    tests: ['tests/faults/gateway-silent-host.test.ts'],
  },
  {
    id: 'F04',
    fault: 'the gateway is told to end',
    injected: 'SIGTERM with 100 clients, then a second one',
    promise:
      'listener closed ≤ 50 ms, close code 1012, exit 0 ≤ 5 s, sessions live; a second SIGTERM: exit ≤ 200 ms',
    tests: ['tests/faults/gateway-stop.test.ts'],
  },
  {
    id: 'F06',
    fault: 'a program refuses to end',
    injected: '`session.kill`; program and child trap every signal they can',
    promise:
      'hang-up or end of input at 0, SIGTERM at 1 s, SIGKILL at 5 s, to the whole group; 0 survivors',
    tests: ['tests/faults/stop-order.test.ts'],
  },
  {
    id: 'F07',
    fault: 'a client vanishes',
    injected: 'connections reset; a client that is stopped',
    promise: 'reset: detached ≤ 100 ms; silent: ≤ 30 s; the session lives',
    tests: ['tests/faults/gateway-vanished-client.test.ts'],
  },
  {
    id: 'F08',
    fault: 'slow readers beside a fast one',
    injected: 'a line of 1 KiB/s, and a viewer who stops, during a flood',
    promise:
      'the fast one keeps ≥ 80 % of its rate; host and gateway grow < 16 MiB; gaps are announced',
    tests: ['tests/faults/slow-reader.test.ts'],
  },
  {
    id: 'F09',
    fault: 'the only lossless reader stops',
    injected: '`yes`, 60 s',
    promise:
      'the program is blocked within 4 MiB + 3.75 MiB; memory flat (±5 MiB); output ≤ 200 ms after reading on',
    tests: ['tests/faults/lossless.test.ts'],
  },
  {
    id: 'F18',
    fault: 'output that is no text',
    injected: 'random bytes, torn and broken UTF-8, NUL, 10 MB without a newline',
    promise: 'SHA-256 of what is received equals that of what was sent',
    tests: ['tests/faults/binary-output.test.ts'],
  },
  {
    id: 'F19',
    fault: 'a resize storm',
    injected: '1000 sizes a second for 10 s, and senseless ones',
    promise: '≤ 20 a second reach the terminal, the last one wins; senseless ones are refused',
    tests: ['tests/faults/resize-storm.test.ts'],
  },
  {
    id: 'F20',
    fault: 'an input flood',
    injected:
      '100 MB typed at a program that reads nothing, by a client that waits and one that does not',
    promise: '≤ 1 MiB under way, the rest waits or is refused; echo of another session p99 < 50 ms',
    tests: ['tests/faults/input-flood.test.ts'],
  },
  {
    id: 'F26',
    fault: 'the gateway runs out of descriptors',
    injected: '`RLIMIT_NOFILE` 128; sockets up to the limit',
    promise: 'no busy loop (< 20 % of a processor), those who are there are served, recovers ≤ 2 s',
    tests: ['tests/faults/gateway-descriptors.test.ts'],
  },
  {
    id: 'F27',
    fault: 'the disk is full',
    injected: 'a small tmpfs for the log',
    promise:
      'the session goes on in memory and says so; the log is durable again when there is space',
    tests: ['tests/faults/log-disk.test.ts'],
  },
  {
    id: 'F28',
    fault: 'the disk fails',
    injected: 'read-only, gone, errors of the device',
    promise: 'as F27; never a crash',
    tests: ['tests/faults/log-disk.test.ts'],
  },
  {
    id: 'F29',
    fault: 'a torn log',
    injected: 'cut at every place of the last records, 200 cuts',
    promise: 'it opens always; whole records are kept, the torn one is cut',
    tests: ['tests/faults/log-crash.test.ts'],
  },
  {
    id: 'F30',
    fault: 'retention under load',
    injected: '1000 segments are let go of while output comes and is read',
    promise: '0 holes in the offsets; disk ≤ limit + one segment',
    tests: ['tests/faults/log-disk.test.ts'],
  },
  {
    id: 'F31',
    fault: 'zombies',
    injected: '2000 short sessions, with and without a PID 1 that reaps',
    promise: '0 zombies at the end, descriptors and memory as before; without a reaper it is said',
    tests: ['tests/faults/cli-zombies.test.ts'],
  },
  {
    id: 'F33',
    fault: 'output outlives the program, or ends before it',
    injected: 'stdout closed early; a child holds it after the exit',
    promise: 'exit reported ≤ 200 ms; output read on ≤ 500 ms, then given up with a marker',
    tests: ['tests/faults/exit-race.test.ts'],
  },
  {
    id: 'F34',
    fault: 'the race of output and exit',
    injected: '1 MiB printed, then exit at once, 500 rounds',
    promise: 'every byte before the exit record; the exit code exact, once',
    tests: ['tests/faults/exit-race.test.ts'],
  },
  {
    id: 'F35',
    fault: 'things at the same moment',
    injected: 'attach at the exit, kill at the start, double kills, 50 attaches at once',
    promise: 'one exit for each viewer, nothing takes > 1 s',
    tests: ['tests/faults/same-moment.test.ts'],
  },
  {
    id: 'F36',
    fault: 'a shell that never starts',
    injected: 'an rc file that blocks',
    promise:
      'others start meanwhile; it can be looked at and ended. There is no deadline for a start: what blocks is a running session',
    tests: ['tests/faults/blocked-start.test.ts'],
  },
  {
    id: 'F38',
    fault: 'long times',
    injected: 'kept for 2^31 ms, 30 days, 10 years; a share for 30 days',
    promise: 'none is over at once, nor after a restart of the host',
    tests: ['tests/faults/long-timers.test.ts'],
  },
  {
    id: 'F41',
    fault: 'a bad network',
    injected: 'a proxy: single bytes, delays, half closes, 1 % resets',
    promise: 'every byte once',
    tests: ['tests/faults/gateway-bad-network.test.ts'],
  },
  {
    id: 'F42',
    fault: 'input twice, too early, again',
    injected: 'random repetitions and orders, over cut connections',
    promise: 'applied once and in order; too early is refused',
    tests: ['tests/faults/repeated-input.test.ts'],
  },
  {
    id: 'F44',
    fault: 'two of a kind on one state directory',
    injected: 'a second host, a second gateway, the same port',
    promise: 'the second host exits 75 < 1 s; the first is unharmed; two gateways share the host',
    tests: ['tests/faults/two-of-a-kind.test.ts'],
  },
  {
    id: 'F45',
    fault: 'remains and unsafe directories',
    injected:
      'SIGKILL, reused process number, torn `host.json`, old lock; mode 0777, another owner, a link',
    promise: 'cleared when dead; refused when owner or mode is wrong',
    tests: ['tests/faults/stale-state.test.ts'],
  },
  {
    id: 'FLOW-4',
    fault: 'lost connections of a lossless viewer',
    injected: '300 MB of random bytes, 20 forced disconnects',
    promise: 'SHA-256 equal, no gap',
    tests: ['tests/faults/lossless.test.ts'],
  },
  {
    id: 'P2',
    fault: 'any story',
    injected:
      'random output, viewers, acknowledgements, detaches, cuts, returns, sizes, 1 MiB of retention',
    promise:
      'each viewer’s bytes equal the process’s bytes minus announced gaps; credit is never exceeded',
    tests: ['tests/faults/any-story.property.test.ts'],
  },
  {
    id: 'IDLE',
    fault: 'many sessions',
    injected: '1000 idle ones, each with a viewer',
    promise: '≤ 60 KiB each in host and gateway; attach ≤ 50 ms',
    tests: ['tests/faults/many-sessions.test.ts'],
  },
]
