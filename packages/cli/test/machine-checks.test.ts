import { describe, expect, test } from 'vitest'
import { checkMachine, checkNode } from '../src/doctor/machine-checks.ts'

describe('limpet doctor', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.9', 'fail'],
    ['18.20.0', 'fail'],
  ])('finds Node %s %s', (version, level) => {
    expect(checkNode(version)).toMatchObject({ check: 'node', level })
  })

  test('says of each missing program what it is for and how to get it', async () => {
    const findings = await checkMachine({ PATH: '/no/such/folder' })
    const missing = findings.filter(({ message }) => message.startsWith('not found'))
    expect(missing.map(({ check, level, next }) => ({ check, level, next }))).toEqual([
      { check: 'bash', level: 'fail', next: 'install bash' },
      { check: 'setsid', level: 'fail', next: 'install util-linux' },
      { check: 'mkfifo', level: 'fail', next: 'install coreutils' },
      { check: 'python3', level: 'warn', next: 'install python3' },
    ])
  })
})
