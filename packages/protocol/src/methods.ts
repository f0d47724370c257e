// Owns the requests of the native protocol, declared once as data: parameters, result, who serves it,
// the right it needs, the errors it may answer. Types, decoders, reference and rights tests derive from it.

import type { ErrorCode } from './errors.ts'
import {
  argvShape,
  environmentShape,
  labelsShape,
  launchPlanShape,
  LIFETIMES,
  nameShape,
  pathShape,
  sizeRuleShape,
} from './launch-plan.ts'
import { MAX_ARGUMENT_LENGTH, MAX_SHARE_MS, MAX_SHARES } from './limits.ts'
import { RIGHTS, type Right } from './rights.ts'
import { sessionInfoShape } from './session-info.ts'
import {
  dictionary,
  either,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  quantity,
  text,
  type Infer,
  type Shape,
} from './shape.ts'
import { SHARE_ROLES, shareCreatedShape, shareIdShape, shareInfoShape } from './share-info.ts'
import {
  attachmentIdShape,
  columnsShape,
  offsetShape,
  rowsShape,
  sessionIdShape,
  terminalSizeShape,
  viewerIdShape,
} from './shapes-of-ids.ts'
import { attachedShape, openedShape, viewShape } from './view.ts'

/** One request of the protocol. */
export interface MethodDefinition {
  readonly summary: string
  /** Who answers it; `link` methods come only from a gateway or the command line, never from a client. */
  readonly servedBy: 'host' | 'gateway' | 'link'
  readonly right: Right | 'none'
  readonly params: Shape<unknown>
  readonly result: Shape<unknown>
  readonly errors: readonly ErrorCode[]
}

const nothing = object({})

export const METHODS = {
  'link.hello': {
    summary: 'First message of a link: who acts on it, with which rights.',
    servedBy: 'link',
    right: 'none',
    params: object({
      /** The version it speaks. */
      protocol: integer(0, 65535),
      /** Its version as a program, for people. */
      build: text({ max: 64 }),
      /** Who acts, for the log: "owner". */
      principal: text({ max: 256 }),
      /** What the host allows on this link from here on. */
      rights: list(oneOf(RIGHTS), { max: RIGHTS.length }),
      /** What the other viewers read. Default `principal`. */
      name: optional(nameShape),
      /** Present: this link sees and touches this session only. */
      session: optional(sessionIdShape),
    }),
    result: object({
      protocol: integer(0, 65535),
      build: text({ max: 64 }),
      /** The host's process id. */
      pid: integer(1, 2 ** 31),
    }),
    errors: ['PROTOCOL_UNSUPPORTED', 'MESSAGE_MALFORMED'],
  },
  'link.ping': {
    summary: 'Measures the way to the host and back.',
    servedBy: 'host',
    right: 'none',
    params: nothing,
    result: nothing,
    errors: [],
  },
  'host.status': {
    summary: 'What the host is and how much it carries.',
    servedBy: 'host',
    right: 'view',
    params: nothing,
    result: object({
      pid: integer(1, 2 ** 31),
      build: text({ max: 64 }),
      /** Milliseconds since 1970. */
      startedAt: quantity(),
      /** Sessions whose process runs. */
      running: integer(0, 1_000_000),
      /** Sessions that ended and can still be read. */
      ended: integer(0, 1_000_000),
      /** Memory of the host alone, not of the processes. */
      residentBytes: integer(0, Number.MAX_SAFE_INTEGER),
    }),
    errors: ['FORBIDDEN'],
  },
  'host.stop': {
    summary: 'Ends all sessions, then the host.',
    servedBy: 'host',
    right: 'administer',
    params: nothing,
    result: object({
      /** Sessions that were running and have ended. */
      ended: integer(0, 1_000_000),
    }),
    errors: ['FORBIDDEN'],
  },
  'program.list': {
    summary: 'The programs that this principal may start.',
    servedBy: 'gateway',
    right: 'none',
    params: nothing,
    result: object({
      programs: list(
        object({
          name: nameShape,
          /** What the caller adds: nothing, one command line, or an argv. */
          accepts: oneOf(['nothing', 'line', 'argv']),
          /** Whether it runs in a terminal, or the caller chooses. */
          tty: oneOf(['always', 'never', 'either']),
          /** What people read beside the name. */
          description: text({ max: 1000 }),
        }),
        { max: 1000 },
      ),
      /** How processes started here are confined, in words for the page. */
      confinement: text({ max: 200 }),
      /** What this connection may do. */
      rights: list(oneOf(RIGHTS), { max: RIGHTS.length }),
      /** Present: this connection came by a share, and sees this session only. */
      session: optional(sessionIdShape),
      /** The gateway's version as a program, for people. */
      build: text({ max: 64 }),
    }),
    errors: [],
  },
  'program.start': {
    summary: 'Starts a program as a session: the gateway makes the launch plan, the host runs it.',
    servedBy: 'gateway',
    right: 'open',
    params: object({
      program: nameShape,
      /** For programs that accept a line. */
      line: optional(text({ max: MAX_ARGUMENT_LENGTH })),
      /** For programs that accept an argv. */
      argv: optional(argvShape),
      /** Only for programs that accept a line or an argv. Default the home folder. */
      cwd: optional(pathShape),
      /** Added to the environment; only for programs that accept an argv. */
      environment: optional(environmentShape),
      /** For programs whose tty is "either". Default false. */
      tty: optional(flag()),
      /** Terminal size; default 80 × 24. */
      columns: optional(columnsShape),
      rows: optional(rowsShape),
      /** For pipes. Default "pipe". */
      stdin: optional(oneOf(['pipe', 'empty'])),
      /** Default "kept". */
      lifetime: optional(oneOf(LIFETIMES)),
      /** What people call the session. */
      name: optional(nameShape),
      /** For finding it again: "project" to "limpet". */
      labels: optional(labelsShape),
      /** Attach in the same step, from byte 0. */
      view: optional(viewShape),
    }),
    result: openedShape,
    errors: [
      'FORBIDDEN',
      'PROGRAM_NOT_FOUND',
      'PROGRAM_ARGUMENTS_REFUSED',
      'EXECUTABLE_NOT_FOUND',
      'WORKING_DIRECTORY_UNUSABLE',
      'LAUNCH_FAILED',
      'TOO_MANY_SESSIONS',
      'ATTACHMENT_IN_USE',
    ],
  },
  'session.open': {
    summary: 'Starts exactly the given launch plan.',
    servedBy: 'link',
    right: 'open',
    params: object({
      plan: launchPlanShape,
      name: optional(nameShape),
      labels: optional(labelsShape),
      view: optional(viewShape),
    }),
    result: openedShape,
    errors: [
      'FORBIDDEN',
      'EXECUTABLE_NOT_FOUND',
      'WORKING_DIRECTORY_UNUSABLE',
      'LAUNCH_FAILED',
      'TOO_MANY_SESSIONS',
      'ATTACHMENT_IN_USE',
    ],
  },
  'session.list': {
    summary:
      'Sessions, newest first, as many as one answer takes; with watch, later changes as notifications too.',
    servedBy: 'host',
    right: 'view',
    params: object({
      /** Later changes come as notifications, until the connection ends. Default false. */
      watch: optional(flag()),
      /** `next` of the answer before: what follows it. Absent: from the newest on. */
      before: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    }),
    result: object({
      sessions: list(sessionInfoShape, { max: 100_000 }),
      /** Of these sessions, those of which this principal has seen output: its newest time, as in `session.see`. */
      seen: optional(dictionary(sessionIdShape, quantity(), { max: 100_000 })),
      /** There are older ones: ask again with this as `before`. Absent: these were the last. */
      next: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    }),
    errors: ['FORBIDDEN'],
  },
  'session.attach': {
    summary: 'Makes this connection a viewer: records follow from the given place.',
    servedBy: 'host',
    right: 'view',
    params: object({
      session: sessionIdShape,
      view: viewShape,
      /** start: oldest kept byte. screen: a checkpoint of the terminal, then what follows it. end: only what is new. Or an offset to resume at. */
      from: either(oneOf(['start', 'screen', 'end']), offsetShape),
    }),
    result: attachedShape,
    errors: [
      'FORBIDDEN',
      'SESSION_NOT_FOUND',
      'ATTACHMENT_IN_USE',
      'OFFSET_OUT_OF_RANGE',
      'QUEUE_FULL',
    ],
  },
  'session.detach': {
    summary: 'Ends an attachment; the session goes on.',
    servedBy: 'host',
    right: 'view',
    params: object({ attachment: attachmentIdShape }),
    result: nothing,
    errors: ['FORBIDDEN', 'ATTACHMENT_NOT_FOUND'],
  },
  'session.resize': {
    summary:
      'Says the size of this viewer; the terminal takes the size of the viewer who typed last.',
    servedBy: 'host',
    right: 'type',
    params: object({ attachment: attachmentIdShape, columns: columnsShape, rows: rowsShape }),
    result: nothing,
    errors: ['FORBIDDEN', 'ATTACHMENT_NOT_FOUND', 'NOT_A_TERMINAL', 'SESSION_ENDED'],
  },
  'session.signal': {
    summary: 'Sends a signal to the process group of the session.',
    servedBy: 'host',
    right: 'type',
    params: object({
      session: sessionIdShape,
      /** As in signal(7): "SIGINT". */
      signal: text({ max: 32 }),
    }),
    result: nothing,
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'SESSION_ENDED', 'SIGNAL_UNKNOWN'],
  },
  'session.kill': {
    summary: 'Ends a session by steps: end of input or hang-up, SIGTERM, SIGKILL. Answers at once.',
    servedBy: 'host',
    right: 'type',
    params: object({
      session: sessionIdShape,
      /** Straight to SIGKILL. Default false. */
      force: optional(flag()),
    }),
    result: nothing,
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'SESSION_ENDED'],
  },
  'session.rename': {
    summary: 'Gives a session a name; an empty one takes it away.',
    servedBy: 'host',
    right: 'type',
    params: object({ session: sessionIdShape, name: nameShape }),
    result: nothing,
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND'],
  },
  'session.configure': {
    summary: 'Changes labels, or whose size the terminal takes; what is absent stays.',
    servedBy: 'host',
    right: 'type',
    params: object({
      session: sessionIdShape,
      /** All of them: they replace the former ones. */
      labels: optional(labelsShape),
      sizeRule: optional(sizeRuleShape),
      /** With the rule "fixed": the size, or as it is now. */
      size: optional(terminalSizeShape),
    }),
    result: nothing,
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'NOT_A_TERMINAL'],
  },
  'session.control': {
    summary:
      'Says who alone may type from here on: this viewer, another who may type, or null for all who may.',
    servedBy: 'host',
    right: 'type',
    params: object({ attachment: attachmentIdShape, viewer: nullable(viewerIdShape) }),
    result: nothing,
    errors: ['FORBIDDEN', 'ATTACHMENT_NOT_FOUND', 'VIEWER_NOT_FOUND', 'SESSION_ENDED'],
  },
  'session.see': {
    summary: 'This principal has seen the output up to this time; cumulative.',
    servedBy: 'host',
    right: 'view',
    params: object({
      session: sessionIdShape,
      /** `lastOutputAt` of what was shown. */
      outputAt: quantity(),
    }),
    result: nothing,
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND'],
  },
  'session.remove': {
    summary: 'Forgets an ended session and its log.',
    servedBy: 'host',
    right: 'type',
    params: object({ session: sessionIdShape }),
    result: nothing,
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'SESSION_RUNNING'],
  },
  'share.create': {
    summary: 'Makes a link that lets others into one session.',
    servedBy: 'gateway',
    right: 'administer',
    params: object({
      session: sessionIdShape,
      /** viewer: may watch. operator: may also type. Default viewer. */
      role: optional(oneOf(SHARE_ROLES)),
      /** For whom it is; the other viewers read it. */
      name: optional(nameShape),
      /** Default 24 h, at most 30 days. */
      forMs: optional(integer(1000, MAX_SHARE_MS)),
    }),
    result: shareCreatedShape,
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'QUEUE_FULL'],
  },
  'share.list': {
    summary: 'The shares that hold, newest first; their secrets are not kept.',
    servedBy: 'gateway',
    right: 'administer',
    params: object({
      /** Only those of this session. */
      session: optional(sessionIdShape),
    }),
    result: object({ shares: list(shareInfoShape, { max: MAX_SHARES }) }),
    errors: ['FORBIDDEN'],
  },
  'share.revoke': {
    summary: 'Takes a share back; whoever is there by it is let out at once.',
    servedBy: 'gateway',
    right: 'administer',
    params: object({ share: shareIdShape }),
    result: nothing,
    errors: ['FORBIDDEN', 'SHARE_NOT_FOUND'],
  },
} as const satisfies Record<string, MethodDefinition>

export type MethodName = keyof typeof METHODS
export type MethodParams<M extends MethodName> = Infer<(typeof METHODS)[M]['params']>
export type MethodResult<M extends MethodName> = Infer<(typeof METHODS)[M]['result']>

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name)
}
