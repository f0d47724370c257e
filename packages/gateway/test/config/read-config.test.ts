// Tests how limpet.yaml is refused: every problem with its file, line and key.
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/config/config-error.ts'
import { parseConfig } from '../../src/config/read-config.ts'

/** The problems of a text, as people see them. */
function complaintsOf(text: string): string[] {
  try {
    parseConfig(text, 'limpet.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

test('a whole configuration is read as it stands', () => {
  const text = `
listen: 127.0.0.1:9000
publicUrl: https://example.org/limpet/
allowRemote: false
programs:
  build:
    command: [make, --]
    accepts: argv
    tty: either
    cwd: ~/src
    env: { MAKEFLAGS: "-j2" }
    start: [owner]
    description: Builds things.
    lifetime: client
    onEnd: leave
limits:
  webSockets: 10
`
  expect(parseConfig(text, 'limpet.yaml')).toEqual({
    listen: '127.0.0.1:9000',
    publicUrl: 'https://example.org/limpet/',
    allowRemote: false,
    programs: {
      build: {
        command: ['make', '--'],
        accepts: 'argv',
        tty: 'either',
        cwd: '~/src',
        env: { MAKEFLAGS: '-j2' },
        start: ['owner'],
        description: 'Builds things.',
        lifetime: 'client',
        onEnd: 'leave',
      },
    },
    limits: { webSockets: 10 },
  })
})

test('an empty file is an empty configuration', () => {
  expect(parseConfig('', 'limpet.yaml')).toEqual({})
  expect(parseConfig('# nothing yet\n', 'limpet.yaml')).toEqual({})
})

test.each([
  [
    'listen: 7681x',
    'limpet.yaml:1: listen: expected HOST:PORT, such as 127.0.0.1:7681, got "7681x"',
  ],
  ['\n\nlisen: 1.2.3.4:1', 'limpet.yaml:3: lisen: is not a key that is known here'],
  ['allowRemote: yes', 'limpet.yaml:1: allowRemote: expected true or false, got "yes"'],
  ['listen: 7681', 'limpet.yaml:1: listen: expected text, got 7681'],
  [
    'publicUrl: ftp://x/',
    'limpet.yaml:1: publicUrl: expected an http or https URL without query, got "ftp://x/"',
  ],
  ['- a\n- b', 'limpet.yaml:1: expected a map, got ["a","b"]'],
  ['limits:\n  webSockets: 0', 'limpet.yaml:2: limits.webSockets: expected at least 1, got 0'],
  [
    'limits:\n  webSockets: 1.5',
    'limpet.yaml:2: limits.webSockets: expected a whole number, got 1.5',
  ],
])('%j is refused with its place', (text, complaint) => {
  expect(complaintsOf(text)).toEqual([complaint])
})

test('each problem of each program has its own line', () => {
  const text = `programs:
  one:
    command: make
    tty: sometimes
  two:
    accepts: line
    command: [sh, 1]
    colour: red
  "a b":
    command: [x]
  three:
    command: []
    env:
      PORT: 80
      A-B: c
`
  expect(complaintsOf(text)).toEqual([
    'limpet.yaml:3: programs.one.command: expected a list, got "make"',
    'limpet.yaml:4: programs.one.tty: expected "always" or "never" or "either", got "sometimes"',
    'limpet.yaml:7: programs.two.command.1: expected text, got 1',
    'limpet.yaml:8: programs.two.colour: is not a key that is known here',
    'limpet.yaml:9: programs.a b: expected a name of letters, digits, ".", "_" and "-"',
    'limpet.yaml:14: programs.three.env.PORT: expected text, got 80',
    'limpet.yaml:15: programs.three.env.A-B: expected a name of letters, digits and _',
  ])
})

test('a program without a command of its own must accept an argv', () => {
  expect(complaintsOf('programs:\n  free:\n    command: []\n    accepts: line\n')).toEqual([
    'limpet.yaml:3: programs.free.command: expected an executable (it may be left out only where the program accepts an argv), got []',
  ])
  expect(complaintsOf('programs:\n  free:\n    command: []\n    accepts: argv\n')).toEqual([])
})

test('what is missing is said at the line of what should hold it', () => {
  expect(complaintsOf('listen: 127.0.0.1:1\nprograms:\n  one:\n    tty: always\n')).toEqual([
    'limpet.yaml:3: programs.one.command: expected a list, got nothing',
  ])
})

test('broken YAML and doubled keys are refused with their line', () => {
  expect(complaintsOf('listen: 127.0.0.1:1\nprograms: [')[0]).toMatch(/^limpet\.yaml:2: /)
  expect(complaintsOf('listen: a\nlisten: b')[0]).toMatch(/^limpet\.yaml:2: .*unique/)
})

test('a file that is one large alias is refused instead of expanded', () => {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
  for (let level = 1; level < 7; level += 1) {
    const before = Array<string>(10)
      .fill(`*a${level - 1}`)
      .join(',')
    lines.push(`a${level}: &a${level} [${before}]`)
  }
  expect(complaintsOf(lines.join('\n'))[0]).toMatch(/alias/i)
})

test('a name that every object has names no program, and changes no object', () => {
  const { programs } = parseConfig('programs:\n  __proto__:\n    command: [x]\n', 'limpet.yaml')
  expect(Object.keys(programs ?? {})).toEqual([])
  expect(Object.hasOwn(Object.prototype, 'command')).toBe(false)
})

test('NUL in an argument is refused', () => {
  expect(complaintsOf('programs:\n  one:\n    command: ["a\\0b"]\n')).toEqual([
    'limpet.yaml:3: programs.one.command.0: expected text without NUL, got "a\\u0000b"',
  ])
})
