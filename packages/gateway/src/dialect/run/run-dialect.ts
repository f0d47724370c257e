// Owns the run dialect's way in: a plain WebSocket (or `limpet.run.v1`), its options in the query.

import { LimpetError, type LaunchPlan } from '@limpet/protocol'
import type { Principal } from '../../auth/index.ts'
import { COMMAND_PROGRAM, type Offer } from '../../config/index.ts'
import type { Hosts } from '../../hosts.ts'
import type { Dialect } from '../../web-socket/index.ts'
import type { FormatName } from './format.ts'
import { RunConversation } from './run-conversation.ts'

const RUN_SUBPROTOCOL = 'limpet.run.v1'

export interface RunDialectOptions {
  readonly hosts: Hosts
  readonly offer: Offer
}

export function runDialect({ hosts, offer }: RunDialectOptions): Dialect {
  return {
    subprotocol: RUN_SUBPROTOCOL,
    isDefault: true,
    prepare: (query) => {
      const format = formatIn(query)
      return (client, principal) =>
        new RunConversation({
          client,
          format,
          dial: () => hosts.open(principal),
          planFor: (line) => planFor(offer, principal, line),
        }).start()
    },
  }
}

/** @throws LimpetError PARAMETERS_INVALID for a format that there is not: silence would look like a broken one */
function formatIn(query: URLSearchParams): FormatName {
  const gather = query.get('gather')
  const format = query.get('format')
  if (gather !== null && gather !== '0' && gather !== '1') throw invalid('gather', '0 or 1', gather)
  if (format !== null && format !== 'text' && format !== 'json') {
    throw invalid('format', 'text or json', format)
  }
  if (gather !== '1') return format ?? 'text'
  if (format === 'json') throw invalid('format', 'text beside gather=1', format)
  return 'gather'
}

/** @throws LimpetError FORBIDDEN, PROGRAM_NOT_FOUND */
function planFor(offer: Offer, { role, rights }: Principal, line: string): LaunchPlan {
  if (!rights.includes('open')) {
    throw new LimpetError('FORBIDDEN', 'Commands are for those who may open sessions.', {
      details: { right: 'open' },
    })
  }
  const plan = offer.plan(role, {
    program: COMMAND_PROGRAM,
    line,
    tty: false,
    stdin: 'empty',
    lifetime: 'client',
  })
  // On pipes Python would hold its output back until the end.
  return { ...plan, environment: { ...plan.environment, PYTHONUNBUFFERED: '1' } }
}

function invalid(parameter: string, expected: string, actual: string): LimpetError {
  const shown = JSON.stringify(actual.slice(0, 80))
  return new LimpetError(
    'PARAMETERS_INVALID',
    `${parameter}: expected ${expected}, got ${shown}.`,
    {
      details: { parameter, expected, actual: shown },
    },
  )
}
