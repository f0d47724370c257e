// Owns the words and options of the commands that end things, and look after them: kill, stop, doctor.

import { GROUPS, type CommandSpec } from './command-spec.ts'
import { isOn, JSON_OUTPUT, LOCATION, TARGET } from './shared-options.ts'

export const KILL: CommandSpec = {
  name: 'kill',
  group: GROUPS.ending,
  summary: 'end sessions: hang-up or end of input, SIGTERM after 1 s, SIGKILL after 5 s',
  words: [['<session...>', 'ids, beginnings of ids, or names']],
  options: [{ flags: '--force', description: 'SIGKILL at once' }, ...TARGET],
  async act(sessions, flags) {
    const { kill } = await import('../commands/kill.ts')
    return kill({ ...flags, sessions, force: isOn(flags, 'force') })
  },
}

export const STOP: CommandSpec = {
  name: 'stop',
  group: GROUPS.ending,
  summary: 'end all sessions and the host',
  options: [...LOCATION],
  async act(_words, flags) {
    const { stop } = await import('../commands/stop.ts')
    return stop(flags)
  },
}

export const DOCTOR: CommandSpec = {
  name: 'doctor',
  group: GROUPS.ending,
  summary: 'look at what Limpet needs, and say what to do',
  options: [
    {
      flags: '--port <port>',
      description: 'the port of 127.0.0.1 to look at',
      default: '7681',
    },
    JSON_OUTPUT,
    ...LOCATION,
  ],
  async act(_words, flags) {
    const { doctor } = await import('../commands/doctor.ts')
    return doctor({ ...flags, port: Number(flags['port']), json: isOn(flags, 'json') })
  },
}
