// Owns the words and options of the commands that start sessions and go on with them: run, attach.

import { parseDuration, parseSize } from '../quantities.ts'
import { DEFAULT_DETACH_KEY } from '../terminal/detach-key.ts'
import { GROUPS, type CommandSpec } from './command-spec.ts'
import { definedOnly, isOn, labelOption, SESSION_WORD, TARGET } from './shared-options.ts'

export const RUN: CommandSpec = {
  name: 'run',
  group: GROUPS.working,
  summary: 'run a program on the host as if it were started here',
  words: [['<command...>', 'the program and its arguments; no shell reads them']],
  passesThrough: true,
  options: [
    { flags: '--tty', description: 'in a terminal: for programs that need one' },
    {
      flags: '-d, --detach',
      description: "print the session's id and return; the program goes on",
    },
    { flags: '--cwd <dir>', description: 'working directory (default: this one)' },
    { flags: '--name <name>', description: 'what lists show' },
    labelOption('for finding it again; may be repeated'),
    {
      flags: '--retain <size>',
      description: 'newest output to keep on disk: 1M to 64G (default: 64M)',
      parse: parseSize,
    },
    {
      flags: '--keep <duration>',
      description: 'with --detach: how long its output stays readable after the end (default: 24h)',
      parse: parseDuration,
    },
    {
      flags: '--stdin',
      description: 'with --detach: leave its input open for who attaches (default: it has none)',
    },
    ...TARGET,
  ],
  notes: `
Examples:
  limpet run -- make -j4
  id=$(limpet run --detach --name build --label team=web -- make -j4)
  limpet logs -f "$id"`,
  async act(argv, flags) {
    const { run } = await import('../commands/run.ts')
    const { label: labels, retain: retainBytes, keep: keepEndedMs, ...rest } = flags
    return run({
      ...rest,
      ...definedOnly({ labels, retainBytes, keepEndedMs }),
      argv,
      detach: isOn(flags, 'detach'),
      tty: isOn(flags, 'tty'),
      stdin: isOn(flags, 'stdin'),
    })
  },
}

export const ATTACH: CommandSpec = {
  name: 'attach',
  group: GROUPS.working,
  summary: 'go on with a session in this terminal; the detach key leaves it running',
  words: [SESSION_WORD],
  options: [
    {
      flags: '--detach-key <keys>',
      description: 'such as "ctrl-a d", or none',
      default: DEFAULT_DETACH_KEY,
    },
    { flags: '--read-only', description: 'watch: keys and size stay here' },
    { flags: '--history', description: 'show all that is kept, not just the screen as it is' },
    { flags: '--no-history', description: 'show only what is new' },
    ...TARGET,
  ],
  async act([session = ''], flags) {
    const { attach } = await import('../commands/attach.ts')
    const { history } = flags
    return attach({
      ...flags,
      session,
      detachKey: String(flags['detachKey']),
      readOnly: isOn(flags, 'readOnly'),
      from: history === undefined ? 'screen' : history === true ? 'start' : 'end',
    })
  },
}
