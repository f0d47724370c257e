// Owns the shape of limpet.yaml: the one zod schema, from which the editor's JSON Schema is generated too.
// Must not know defaults that need the machine (home folder, shell): resolve-config.ts fills them in.

import {
  labelsShape,
  MAX_KEEP_ENDED_MS,
  MAX_RETAIN_BYTES,
  MIN_RETAIN_BYTES,
  ROLES,
  SIZE_RULES,
  type Lifetime,
  type Role,
  type SizeRuleName,
} from '@limpet/protocol'
import { z } from 'zod'
import { parseListen, parsePublicUrl } from './address.ts'
import { isVariableName } from './environment.ts'
import { ACCEPTS, ON_END, TTY, type Accepts, type OnEnd, type Tty } from './program.ts'

/** One entry of `programs`. */
export interface ProgramEntry {
  readonly command: readonly string[]
  readonly accepts?: Accepts | undefined
  readonly tty?: Tty | undefined
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly start?: readonly Role[] | undefined
  readonly description?: string | undefined
  readonly lifetime?: Lifetime | undefined
  readonly onEnd?: OnEnd | undefined
  readonly retainBytes?: number | undefined
  readonly keepEndedMs?: number | undefined
  readonly sizeRule?: SizeRuleName | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** What limpet.yaml says. */
export interface ConfigFile {
  readonly listen?: string | undefined
  readonly publicUrl?: string | undefined
  readonly allowRemote?: boolean | undefined
  readonly programs?: Readonly<Record<string, ProgramEntry>> | undefined
  readonly limits?:
    | {
        readonly webSockets?: number | undefined
        readonly webSocketsPerAddress?: number | undefined
      }
    | undefined
}

const LIFETIMES = ['kept', 'client'] as const satisfies readonly Lifetime[]

/** Names go into addresses and headers of the page: no spaces, no slashes. */
const PROGRAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** In an argv, a path or a variable a NUL would end the string that the kernel sees. */
const plainText = z.string().refine((text) => !text.includes('\0'), 'expected text without NUL')

const LABELS_EXPECTED =
  'expected up to 32 labels: names of letters, digits and "._/-" up to 63, values up to 256 characters'

/** As the protocol has it, so that no start is refused for it later. */
function areLabels(value: unknown): boolean {
  try {
    labelsShape.decode(value, 'labels')
    return true
  } catch {
    return false
  }
}

const programEntry = z
  .strictObject({
    command: z
      .array(plainText)
      .describe(
        'Executable and arguments. What the caller adds (see accepts) follows as further arguments; end ' +
          'with "--" when that must not be read as options. Empty: the caller names the executable.',
      ),
    accepts: z
      .enum(ACCEPTS)
      .optional()
      .describe('What a caller adds: nothing (the default), one line, or an argv.'),
    tty: z
      .enum(TTY)
      .optional()
      .describe('Whether it runs in a terminal; either (the default) leaves it to the caller.'),
    cwd: plainText
      .optional()
      .describe('Working directory: absolute, from "~", or relative to this file. Default "~".'),
    env: z
      .record(
        z.string().refine(isVariableName, 'expected a name of letters, digits and _'),
        plainText,
      )
      .optional()
      .describe('Variables added to the environment. Write numbers in quotes.'),
    start: z
      .array(z.enum(ROLES))
      .min(1)
      .optional()
      .describe('Who may start it. Default owner and operator.'),
    description: plainText
      .refine((text) => text.length <= 1000, 'expected at most 1000 characters')
      .optional()
      .describe('What people read beside the name.'),
    lifetime: z
      .enum(LIFETIMES)
      .optional()
      .describe(
        'kept (the default): lives on without viewers. client: ends with the connection that started it.',
      ),
    onEnd: z
      .enum(ON_END)
      .optional()
      .describe('What happens to its children when it ends. Default kill.'),
    retainBytes: z
      .int()
      .min(MIN_RETAIN_BYTES)
      .max(MAX_RETAIN_BYTES)
      .optional()
      .describe('Newest bytes of its log to keep on disk. Default 67108864 (64 MiB).'),
    keepEndedMs: z
      .int()
      .min(0)
      .max(MAX_KEEP_ENDED_MS)
      .optional()
      .describe(
        'How long its log stays readable after the end, in milliseconds. Default 86400000 (24 h).',
      ),
    sizeRule: z
      .enum(SIZE_RULES)
      .optional()
      .describe(
        'Whose size its terminal takes: of the viewer who typed last (latest, the default), what all viewers can show ' +
          '(smallest), of none (fixed), of the viewer who has control (leader).',
      ),
    labels: z
      .record(z.string(), plainText)
      .refine(areLabels, LABELS_EXPECTED)
      .optional()
      .describe('Words by which its sessions are found: up to 32, such as "team: sea".'),
  })
  .refine(({ command, accepts }) => command.length > 0 || accepts === 'argv', {
    path: ['command'],
    message: 'expected an executable (it may be left out only where the program accepts an argv)',
  })

/** Parses what the YAML file holds; unknown keys are refused, so that a typing error is never silent. */
export const configFileSchema: z.ZodType<ConfigFile, ConfigFile> = z.strictObject({
  listen: z
    .string()
    .refine((text) => parseListen(text) !== undefined, 'expected HOST:PORT, such as 127.0.0.1:7681')
    .optional()
    .describe('Where to listen. Default 127.0.0.1:7681; port 0 takes a free one.'),
  publicUrl: z
    .string()
    .refine(
      (text) => parsePublicUrl(text) !== undefined,
      'expected an http or https URL without query',
    )
    .optional()
    .describe('The address under which a proxy offers this server; https makes cookies Secure.'),
  allowRemote: z
    .boolean()
    .optional()
    .describe('Allows listen to name an address that other machines reach. Default false.'),
  programs: z
    .record(
      z.string().regex(PROGRAM_NAME, 'expected a name of letters, digits, ".", "_" and "-"'),
      programEntry,
    )
    .optional()
    .describe('The programs that people may start. When present, only these exist.'),
  limits: z
    .strictObject({
      webSockets: z
        .int()
        .min(1)
        .max(100_000)
        .optional()
        .describe('WebSocket connections at once. Default 1024.'),
      webSocketsPerAddress: z
        .int()
        .min(1)
        .max(100_000)
        .optional()
        .describe('The same for one remote address; loopback is not counted. Default 64.'),
    })
    .optional()
    .describe('Limits that an operator may need to change.'),
})

/** JSON Schema (draft 7, which editors read) of limpet.yaml. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(configFileSchema, { io: 'input', target: 'draft-7' }),
    title: 'limpet.yaml',
    description: 'Configuration of a Limpet gateway.',
  }
}
