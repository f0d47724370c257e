// Owns the start of a process: checks the plan, opens its streams, spawns. First stop of `session.open`
// in this room; after: running-process. Must not know programs, sessions or who asked.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { LimpetError } from '@limpet/protocol'
import { cleanExec } from './clean-exec.ts'
import { finalEnvironment, isUtf8Locale } from './environment.ts'
import { checkWorkingDirectory, findExecutable, missingInterpreter } from './executable.ts'
import type { ProcessPorts } from './ports.ts'
import type { ProcessHandlers, ProcessPlan } from './process-plan.ts'
import { RunningProcess } from './running-process.ts'
import { closeStreamEnds, openStreamEnds, type StreamEnds } from './stream-ends.ts'

/**
 * Starts the plan's process as the leader of its own process session. Handlers are called from the next
 * turn of the event loop on, never before the promise is settled.
 *
 * @throws LimpetError PARAMETERS_INVALID (NUL or "=" where none may be), WORKING_DIRECTORY_UNUSABLE,
 *   EXECUTABLE_NOT_FOUND (both with details), LAUNCH_FAILED (the system refused; see its cause)
 */
export async function launch(
  plan: ProcessPlan,
  handlers: ProcessHandlers,
  ports: ProcessPorts,
): Promise<RunningProcess> {
  checkText(plan)
  checkWorkingDirectory(plan.cwd)
  const file = findExecutable(plan)
  const interpreter = missingInterpreter(file, plan.cwd)
  if (interpreter !== undefined) throw launchFailed(plan, noInterpreter(interpreter))
  const ends = await openStreamEnds(plan, ports)
  const startMs = ports.clock.nowMs()
  try {
    const child = spawnPlan(plan, file, { ends, ports })
    const { pid } = child
    if (pid === undefined) throw await spawnFault(child, plan)
    return new RunningProcess({ child, pid, plan, ends, handlers, ports, startMs })
  } catch (cause) {
    closeStreamEnds(ends, ports)
    throw cause instanceof LimpetError ? cause : launchFailed(plan, cause)
  }
}

function spawnPlan(
  plan: ProcessPlan,
  file: string,
  { ends, ports }: { readonly ends: StreamEnds; readonly ports: ProcessPorts },
): ChildProcess {
  const [argv0 = file, ...args] = plan.argv
  const environment = finalEnvironment(
    plan.environment,
    plan.sessionId,
    plan.onEnd === 'leave' ? undefined : ports.hostMark,
  )
  const options = { cwd: plan.cwd, detached: true, stdio: [...ends.child] }
  // Without an open terminal there is nothing to leak, and no reason to pay a millisecond for bash.
  if (ports.terminals.openCount === 0) {
    return spawn(file, args, { ...options, argv0, env: Object.fromEntries(environment) })
  }
  const exec = cleanExec({
    file,
    argv: plan.argv,
    environment,
    terminal: ends.terminal?.path,
    stty: isUtf8Locale(environment) ? ports.terminals.sttyPath : undefined,
  })
  return spawn(ports.terminals.bashPath, exec.args, { ...options, env: exec.environment })
}

/** What cannot be told to the kernel, whose strings end at NUL and whose variables begin at "=". */
function checkText({ argv, cwd, environment, sessionId }: ProcessPlan): void {
  const names = Object.keys(environment)
  const texts = [...argv, cwd, sessionId, ...names, ...Object.values(environment)]
  if (texts.some((text) => text.includes('\0')) || names.some((name) => /^$|=/.test(name))) {
    const message =
      'Arguments, directory and variables hold no NUL; names of variables hold no "=".'
    throw new LimpetError('PARAMETERS_INVALID', message)
  }
}

/** Node reports these one tick later; anything else it throws. */
async function spawnFault(child: ChildProcess, plan: ProcessPlan): Promise<LimpetError> {
  const [cause] = await once(child, 'error').catch((error: unknown) => [error])
  return launchFailed(plan, cause)
}

function noInterpreter(path: string): Error {
  return Object.assign(new Error(`${path} cannot be executed`), { code: 'ENOENT', path })
}

function launchFailed({ argv, cwd }: ProcessPlan, cause: unknown): LimpetError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given'
  const why = SPAWN_FAULTS[code] ?? `the system refused (${code})`
  const message = `Could not start \`${argv[0] ?? ''}\`: ${why}.`
  return new LimpetError('LAUNCH_FAILED', message, { cause, details: { argv0: argv[0], cwd } })
}

/** What exec and fork may refuse although the file is there and executable. */
const SPAWN_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'the interpreter that it names does not exist',
  EACCES: 'it may not be executed here',
  E2BIG: 'arguments and environment together are too long for the system',
  EAGAIN: 'the limit of processes is reached. End some and try again',
  ENOMEM: 'memory is short. End some processes and try again',
  EMFILE: 'the limit of open files is reached. Close some sessions and try again',
  ENFILE: 'the limit of open files is reached. Close some sessions and try again',
}
