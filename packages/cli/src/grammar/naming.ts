// Owns the words and options of the commands that say what a session is and who may see it: name, label, share.

import { parseDuration } from '../quantities.ts'
import { GROUPS, type CommandSpec } from './command-spec.ts'
import { isOn, JSON_OUTPUT, SESSION_WORD, TARGET } from './shared-options.ts'

export const NAME: CommandSpec = {
  name: 'name',
  group: GROUPS.naming,
  summary: 'give a session a name; an empty one takes it away',
  words: [SESSION_WORD, ['<name>', 'up to 120 characters']],
  options: [...TARGET],
  async act([session = '', name = ''], flags) {
    const { name: rename } = await import('../commands/name.ts')
    return rename({ ...flags, session, name })
  },
}

export const LABEL: CommandSpec = {
  name: 'label',
  group: GROUPS.naming,
  summary: 'set and take away labels; without any, print those that there are',
  words: [SESSION_WORD, ['[label...]', 'key=value sets one, key- takes it away']],
  options: [...TARGET],
  notes: `
Example:
  limpet label build team=web draft-`,
  async act([session = '', ...changes], flags) {
    const { label } = await import('../commands/label.ts')
    return label({ ...flags, session, changes })
  },
}

export const SHARE: CommandSpec = {
  name: 'share',
  group: GROUPS.naming,
  summary: 'print a link that lets others into one session',
  words: [['[session]', SESSION_WORD[1]]],
  options: [
    { flags: '--type', description: 'they may also type (default: watch only)' },
    { flags: '--name <who>', description: 'for whom it is; the other viewers read it' },
    {
      flags: '--for <duration>',
      description: 'how long it holds, at most 30d (default: 24h)',
      parse: parseDuration,
    },
    { flags: '--list', description: 'list the shares that hold' },
    { flags: '--revoke <share>', description: 'take a share back; who came by it is let out' },
    JSON_OUTPUT,
    ...TARGET,
  ],
  notes: `
The link holds a secret that is kept nowhere: who has it, is in. It needs a gateway: limpet serve.`,
  async act([session], flags) {
    const { share } = await import('../commands/share.ts')
    return share({
      ...flags,
      ...(session !== undefined && { session }),
      ...(flags['for'] !== undefined && { forMs: Number(flags['for']) }),
      type: isOn(flags, 'type'),
      list: isOn(flags, 'list'),
      json: isOn(flags, 'json'),
    })
  },
}
