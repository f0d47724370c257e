// Owns the words and options of the commands that look: ls, logs, replay, export.

import { parseOffset, parsePositive } from '../quantities.ts'
import { GROUPS, type CommandSpec } from './command-spec.ts'
import { definedOnly, isOn, labelOption, SESSION_WORD, TARGET } from './shared-options.ts'

/** A pause of hours becomes one of seconds. */
const DEFAULT_MAX_WAIT_SECONDS = 3

export const LS: CommandSpec = {
  name: 'ls',
  group: GROUPS.looking,
  summary: 'list sessions, the most recently active first; without options those that run',
  options: [
    { flags: '--all', description: 'whatever their state' },
    { flags: '--running', description: 'those that run' },
    { flags: '--ended', description: 'those that ended and can still be read' },
    { flags: '--lost', description: 'those that ended with a host that crashed' },
    labelOption('those with this label; "key" alone takes any value; may be repeated'),
    { flags: '--program <name>', description: 'those of this program' },
    {
      flags: '--json',
      description: 'one JSON array; fields as in docs/PROTOCOL.md, "Session"',
    },
    ...TARGET,
  ],
  async act(_words, flags) {
    const { ls } = await import('../commands/ls.ts')
    const states = (['running', 'ended', 'lost'] as const).filter(
      (state) => isOn(flags, 'all') || isOn(flags, state),
    )
    const { label: labels, ...rest } = flags
    return ls({ ...rest, ...definedOnly({ labels }), states, json: isOn(flags, 'json') })
  },
}

export const LOGS: CommandSpec = {
  name: 'logs',
  group: GROUPS.looking,
  summary: 'print what a session wrote, byte for byte; stderr to stderr',
  words: [SESSION_WORD],
  options: [
    {
      flags: '-f, --follow',
      description: 'go on until the session ends, and exit as it does (128 + n for signal n)',
    },
    {
      flags: '--since-offset <bytes>',
      description: 'begin at this byte of the log',
      parse: parseOffset,
    },
    { flags: '--stderr', description: 'only what it wrote to stderr, on our stdout' },
    ...TARGET,
  ],
  async act([session = ''], flags) {
    const { logs } = await import('../commands/logs.ts')
    const [follow, stderr] = [isOn(flags, 'follow'), isOn(flags, 'stderr')]
    return logs({ ...flags, session, follow, stderr })
  },
}

export const REPLAY: CommandSpec = {
  name: 'replay',
  group: GROUPS.looking,
  summary: 'play what a session showed, at the pace at which it came',
  words: [SESSION_WORD],
  options: [
    { flags: '--speed <n>', description: 'times as fast', default: 1, parse: parsePositive },
    {
      flags: '--max-wait <seconds>',
      description: 'no pause is longer',
      default: DEFAULT_MAX_WAIT_SECONDS,
      parse: parsePositive,
    },
    ...TARGET,
  ],
  notes: `
Keys: space stops and goes on, right skips 10 s, up and down change the speed,
q or Ctrl-C ends.`,
  async act([session = ''], flags) {
    const { replay } = await import('../commands/replay.ts')
    const [speed, maxWait] = [Number(flags['speed']), Number(flags['maxWait'])]
    return replay({ ...flags, session, speed, maxWaitMs: maxWait * 1000 })
  },
}

export const EXPORT: CommandSpec = {
  name: 'export',
  group: GROUPS.looking,
  summary: 'write what a session showed as a recording or as text',
  words: [SESSION_WORD],
  options: [
    {
      flags: '--format <format>',
      description: 'asciicast (version 2), asciicast-v3, or text without escape sequences',
      default: 'asciicast',
    },
    { flags: '-o, --output <file>', description: 'a file instead of stdout' },
    ...TARGET,
  ],
  async act([session = ''], flags) {
    const { exportSession } = await import('../commands/export.ts')
    return exportSession({ ...flags, session, format: String(flags['format']) })
  },
}
