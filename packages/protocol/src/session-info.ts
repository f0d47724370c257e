// Owns what a list of sessions shows of each one. Facts only: nothing that depends on who asks.

import { labelsShape, LIFETIMES, nameShape, pathShape, sizeRuleShape } from './launch-plan.ts'
import { MAX_ARGUMENT_LENGTH } from './limits.ts'
import {
  flag,
  integer,
  nullable,
  object,
  oneOf,
  optional,
  quantity,
  text,
  type Infer,
} from './shape.ts'
import { offsetShape, sessionIdShape, terminalSizeShape, viewerIdShape } from './shapes-of-ids.ts'

/** How a process ended: exactly one of code and signal is not null. */
export const exitStatusShape = object({
  /** 0 to 255 when the program returned. */
  code: nullable(integer(0, 255)),
  /** "SIGKILL" and the like when a signal ended it. */
  signal: nullable(text({ max: 32 })),
  /** From start to end, in milliseconds, by a clock that never jumps. */
  durationMs: quantity(),
})

export type ExitStatus = Infer<typeof exitStatusShape>

export const sessionInfoShape = object({
  id: sessionIdShape,
  /** Name of the program it came from. */
  program: nameShape,
  /** The command line, as typed. */
  title: text({ max: MAX_ARGUMENT_LENGTH }),
  /** Given by people; absent until then. */
  name: optional(nameShape),
  cwd: pathShape,
  /** kept: until it ends or is ended. client: until the connection that opened it closes. */
  lifetime: oneOf(LIFETIMES),
  /** lost: it ended with its host, which crashed; its log can be read as far as it was written [LOG-7]. */
  state: oneOf(['running', 'ended', 'lost']),
  /** Given by people or programs, for finding it again. */
  labels: optional(labelsShape),
  /** Present for terminals: the present size. */
  terminal: optional(terminalSizeShape),
  /** For terminals: whose size holds. */
  sizeRule: optional(sizeRuleShape),
  /** The viewer who alone may type; absent: all who may. */
  control: optional(viewerIdShape),
  /** Process id on the host's machine, while running. */
  pid: optional(integer(1, 2 ** 31)),
  /** Milliseconds since 1970. */
  startedAt: quantity(),
  /** Milliseconds since 1970. */
  endedAt: optional(quantity()),
  /** Milliseconds since 1970 of the newest output. */
  lastOutputAt: optional(quantity()),
  exit: optional(exitStatusShape),
  /** Oldest offset still kept. */
  keptFrom: offsetShape,
  /** End of the log: the offset of the next byte. */
  end: offsetShape,
  /** False: the log is in memory only, since it could not be written [LOG-6]. */
  isDurable: flag(),
  /** Attachments at present. */
  viewers: integer(0, 1_000_000),
})

export type SessionInfo = Infer<typeof sessionInfoShape>
