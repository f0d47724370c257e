// Owns the launch plan: everything the host needs to start one process, and nothing it would have to
// look up. Made by a gateway or the command line, carried by `session.open`.

import {
  MAX_ARGUMENTS,
  MAX_ARGUMENT_LENGTH,
  MAX_NAME_LENGTH,
  MAX_VARIABLE_NAME_LENGTH,
} from './limits.ts'
import {
  dictionary,
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
})

export type LaunchPlan = Infer<typeof launchPlanShape>
