// Owns both sides of a process's standard streams before it runs: three pipes, or one terminal.
// Before: launch; after: spawn gets the process's side, running-process ours.

import { closeSync, constants, openSync } from 'node:fs'
import type { OutputStream, ProcessPlan } from './process-plan.ts'
import type { ProcessPorts } from './ports.ts'
import type { Terminal } from './pty.ts'

export interface StreamEnds {
  /** Descriptors 0, 1 and 2 of the process. */
  readonly child: readonly [number, number, number]
  /** What we read, O_NONBLOCK. */
  readonly outputs: readonly { readonly stream: OutputStream; readonly descriptor: number }[]
  /** What we write, O_NONBLOCK; absent: there is no input. In a terminal it is the one we read. */
  readonly input: number | undefined
  /** Present: the streams are a terminal. */
  readonly terminal: Terminal | undefined
  /** Closes the process's side here, once the process has its own. Idempotent. */
  closeChildSide(): void
}

/** @throws LimpetError LAUNCH_FAILED */
export async function openStreamEnds(
  plan: Pick<ProcessPlan, 'terminal' | 'stdin'>,
  ports: Pick<ProcessPorts, 'fifos' | 'terminals'>,
): Promise<StreamEnds> {
  return plan.terminal === undefined
    ? await openPipes(plan.stdin ?? 'pipe', ports)
    : openTerminal(plan.terminal, ports)
}

/** For a launch that failed: everything is closed again. */
export function closeStreamEnds(ends: StreamEnds, ports: Pick<ProcessPorts, 'terminals'>): void {
  ends.closeChildSide()
  const ours = new Set([...ends.outputs.map(({ descriptor }) => descriptor), ends.input])
  for (const descriptor of ours) if (descriptor !== undefined) closeSync(descriptor)
  if (ends.terminal !== undefined) ports.terminals.released()
}

async function openPipes(
  stdin: 'pipe' | 'empty',
  { fifos }: Pick<ProcessPorts, 'fifos'>,
): Promise<StreamEnds> {
  const opened: number[] = []
  const open = async (parent: 'reads' | 'writes') => {
    const pipe = await fifos.openPipe(parent)
    opened.push(pipe.parentEnd, pipe.childEnd)
    return pipe
  }
  try {
    const stdout = await open('reads')
    const stderr = await open('reads')
    const input = stdin === 'pipe' ? await open('writes') : undefined
    const childInput = input?.childEnd ?? openSync('/dev/null', constants.O_RDONLY)
    const child = [childInput, stdout.childEnd, stderr.childEnd] as const
    return {
      child,
      outputs: [
        { stream: 'stdout', descriptor: stdout.parentEnd },
        { stream: 'stderr', descriptor: stderr.parentEnd },
      ],
      input: input?.parentEnd,
      terminal: undefined,
      closeChildSide: once(() => child.forEach((descriptor) => closeSync(descriptor))),
    }
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor)
    throw error
  }
}

function openTerminal(
  size: { readonly columns: number; readonly rows: number },
  { terminals }: Pick<ProcessPorts, 'terminals'>,
): StreamEnds {
  const terminal = terminals.open(size)
  return {
    child: [terminal.slave, terminal.slave, terminal.slave],
    outputs: [{ stream: 'stdout', descriptor: terminal.master }],
    input: terminal.master,
    terminal,
    closeChildSide: once(() => closeSync(terminal.slave)),
  }
}

function once(run: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) run()
    isDone = true
  }
}
