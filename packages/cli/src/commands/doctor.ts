// Owns `limpet doctor`: looks at everything Limpet needs and says what to do next.

import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { checkLimpet } from '../doctor/limpet-checks.ts'
import { checkMachine } from '../doctor/machine-checks.ts'
import type { Finding } from '../doctor/finding.ts'
import { locate, type TargetOptions } from '../target.ts'

export interface DoctorOptions extends TargetOptions {
  /** Of 127.0.0.1, where `limpet serve` would listen. */
  readonly port: number
  readonly json: boolean
}

/** @returns the exit code: 1 when a check failed */
export async function doctor(options: DoctorOptions): Promise<number> {
  const machine = await checkMachine(process.env)
  const own = await checkLimpet({
    location: await locate(options),
    build: readVersion(),
    listen: { host: '127.0.0.1', port: options.port },
  })
  const findings = [...machine, ...own]
  if (options.json) console.log(JSON.stringify(findings, null, 2))
  else for (const finding of findings) console.log(lineOf(finding))
  return findings.some(({ level }) => level === 'fail') ? EXIT.failure : EXIT.ok
}

function lineOf({ level, check, message, next }: Finding): string {
  const fact = `${level.padEnd(4)}  ${check.padEnd(9)}  ${message}`
  return next === undefined ? fact : `${fact}\n                 → ${next}`
}
