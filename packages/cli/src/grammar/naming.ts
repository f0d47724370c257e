// Owns the words and options of the commands that say what a session is and who may see it: name, label, share.

import { GROUPS, type CommandSpec } from './command-spec.ts'
import { SESSION_WORD, TARGET } from './shared-options.ts'

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
