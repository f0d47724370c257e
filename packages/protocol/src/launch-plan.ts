// Owns the launch plan: everything the host needs to start one process, and nothing it would have to
// look up. Made by a gateway or the command line, carried by `session.open`.

import {
  MAX_ARGUMENTS,
  MAX_ARGUMENT_LENGTH,
  MAX_KEEP_ENDED_MS,
  MAX_LABELS,
  MAX_LABEL_LENGTH,
  MAX_NAME_LENGTH,
  MAX_RETAIN_BYTES,
  MAX_VARIABLE_NAME_LENGTH,
  MIN_RETAIN_BYTES,
} from './limits.ts'
import {
  dictionary,
  integer,
  list,
  object,
  oneOf,
  optional,
  parsed,
  text,
  type Infer,
  type Shape,
} from './shape.ts'
import { terminalSizeShape } from './shapes-of-ids.ts'

const MAX_PATH_LENGTH = 4096

export const argvShape: Shape<readonly string[]> = list(text({ max: MAX_ARGUMENT_LENGTH }), {
  min: 1,
  max: MAX_ARGUMENTS,
})

const VARIABLE_NAME = /^[^=\0\p{Surrogate}]+$/u

/** A name with "=" would end up as another variable. */
const variableNameShape = parsed('variable name', (value) =>
  typeof value === 'string' && value.length <= MAX_VARIABLE_NAME_LENGTH && VARIABLE_NAME.test(value)
    ? value
    : undefined,
)

export const environmentShape: Shape<Readonly<Record<string, string>>> = dictionary(
  variableNameShape,
  text({ max: MAX_ARGUMENT_LENGTH }),
  { max: MAX_ARGUMENTS },
)

export const pathShape: Shape<string> = text({ min: 1, max: MAX_PATH_LENGTH })
export const nameShape: Shape<string> = text({ max: MAX_NAME_LENGTH })

/** kept: lives until it ends or is ended. client: ends when the connection that opened it closes. */
export const LIFETIMES = ['kept', 'client'] as const
export type Lifetime = (typeof LIFETIMES)[number]

const LABEL_KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/

/** Short, and safe on a command line: "team", "build/target". */
const labelKeyShape = parsed('label: letters, digits and ._/-, 1 to 63', (value) =>
  typeof value === 'string' && LABEL_KEY.test(value) ? value : undefined,
)

/** Words about a session that people and programs find it by. */
export const labelsShape: Shape<Readonly<Record<string, string>>> = dictionary(
  labelKeyShape,
  text({ max: MAX_LABEL_LENGTH }),
  { max: MAX_LABELS },
)

/**
 * Whose size a terminal takes. latest: the viewer who typed last. smallest: what all who said a size can show.
 * fixed: none of them. leader: the viewer who has control; without one, as latest.
 */
export const SIZE_RULES = ['latest', 'smallest', 'fixed', 'leader'] as const
export type SizeRuleName = (typeof SIZE_RULES)[number]
export const sizeRuleShape: Shape<SizeRuleName> = oneOf(SIZE_RULES)

export const launchPlanShape = object({
  /** Name of the program it came from, for people. */
  program: nameShape,
  /** Executable and arguments, passed on exactly; the executable is looked up in the plan's PATH. */
  argv: argvShape,
  /** What people call it: the command line they typed. */
  title: text({ max: MAX_ARGUMENT_LENGTH }),
  /** Absolute path. */
  cwd: pathShape,
  /** The whole environment; values are not stored. */
  environment: environmentShape,
  /** Present: a terminal of this size. Absent: three pipes. */
  terminal: optional(terminalSizeShape),
  /** For pipes only. */
  stdin: oneOf(['pipe', 'empty']),
  /** kept: until it ends or is ended. client: until the connection that opened it closes. */
  lifetime: oneOf(LIFETIMES),
  /** What happens to descendants that outlive the process. */
  onEnd: oneOf(['kill', 'leave']),
  /** Newest bytes of the log to keep on disk. Default 64 MiB. */
  retainBytes: optional(integer(MIN_RETAIN_BYTES, MAX_RETAIN_BYTES)),
  /** How long the log stays readable after the end. Default 24 h. */
  keepEndedMs: optional(integer(0, MAX_KEEP_ENDED_MS)),
  /** For terminals: whose size holds at first. Default "latest". */
  sizeRule: optional(sizeRuleShape),
})

export type LaunchPlan = Infer<typeof launchPlanShape>
