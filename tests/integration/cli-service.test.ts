// Limpet as a service: the units that are shipped, their command lines run by hand as systemd would, gateways that
// come and go beside a host that stays.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type Limpet } from '@limpet/client'
import { readHostFile } from '@limpet/link'
import {
  builtPath,
  isAlive,
  runProgram,
  startHost,
  startLimpet,
  waitFor,
  within,
  type HostFixture,
  type LimpetFixture,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const UNITS = 'packaging/systemd'

async function unit(name: string): Promise<Map<string, string>> {
  const text = await readFile(builtPath(`${UNITS}/${name}.service`), 'utf8')
  const entries = text.matchAll(/^(\w+)=(.*)$/gm)
  return new Map([...entries].map(([, key = '', value = '']) => [key, value]))
}

/** A folder for the PATH of a unit, in which `limpet` is what was built. */
async function folderOfPrograms(home: string): Promise<string> {
  const folder = join(home, '.local', 'bin')
  await mkdir(folder, { recursive: true })
  const main = builtPath('packages/cli/dist/main.js')
  await writeFile(join(folder, 'limpet'), `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`, {
    mode: 0o755,
  })
  return folder
}

/** Runs a command line of a unit: no shell reads it, as with systemd. */
function started(line: string, fixture: HostFixture, path: string): ChildProcess {
  const [file = '', ...args] = line.split(' ')
  const environment = {
    ...fixture.cliEnvironment,
    PATH: `${path}:${process.env['PATH']}`,
    NODE_OPTIONS: '--max-semi-space-size=2',
  }
  return spawn(file, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await within('the end of a unit', once(child, 'exit'))
  }
  return child.exitCode
}

test('the units are what systemd understands', async () => {
  await using host = await startHost()
  const files = ['limpet-host', 'limpet-gateway'].map((name) =>
    builtPath(`${UNITS}/${name}.service`),
  )
  const environment = { ...host.environment, XDG_RUNTIME_DIR: host.scratch.home }
  const ran = await runProgram(['systemd-analyze', 'verify', '--user', ...files], { environment })
  expect([ran.code, ran.stdout.toString(), ran.stderr.toString()]).toEqual([0, '', ''])
})

test('the command lines of the units start, refuse a second host, and end as systemd asks', async () => {
  await using fixture = await startHost()
  await fixture.server.end('SIGTERM')
  const path = await folderOfPrograms(fixture.scratch.home)
  const hostUnit = await unit('limpet-host')
  expect(hostUnit.get('Environment')).toBe('NODE_OPTIONS=--max-semi-space-size=2')
  const host = started(hostUnit.get('ExecStart') ?? '', fixture, path)
  const ready = started(hostUnit.get('ExecStartPost') ?? '', fixture, path)
  expect(await codeOf(ready)).toBe(0)
  expect((await readHostFile(fixture.stateDirectory))?.pid).toBe(host.pid)
  const second = started(hostUnit.get('ExecStart') ?? '', fixture, path)
  expect([await codeOf(second), hostUnit.get('RestartPreventExitStatus')]).toEqual([75, '75'])

  const line = ((await unit('limpet-gateway')).get('ExecStart') ?? '').replace(':7681', ':0')
  const gateway = started(line, fixture, path)
  let said = ''
  gateway.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const url = await waitFor('the gateway to listen', () => /serves at (\S+)/.exec(said)?.[1])
  expect((await fetch(new URL('healthz', url))).status).toBe(200)
  using link = await fixture.link()
  const { session } = await link.request('session.open', {
    plan: fixture.plan(['sleep', '1000']),
  })
  gateway.kill('SIGTERM')
  expect([await codeOf(gateway), isAlive(session.pid ?? 0)]).toEqual([0, true])
  host.kill('SIGTERM')
  expect([await codeOf(host), isAlive(session.pid ?? 0)]).toEqual([0, false])
})

test('host --wait ends at once when a host answers', async () => {
  await using fixture = await startHost()
  const waited = await runProgram(fixture.cli('host', '--wait'), {
    environment: fixture.cliEnvironment,
  })
  expect([waited.code, waited.stdout.toString(), waited.stderr.toString()]).toEqual([0, '', ''])
})

/** A count that goes on; @returns the handle, once it has begun. */
async function counting(client: Limpet): Promise<Awaited<ReturnType<Limpet['open']>>> {
  const script = 'i=0; while :; do echo $((i=i+1)); sleep 0.02; done'
  return client.open({ argv: ['sh', '-c', script] })
}

/** @returns the numbers up to one that is larger than `beyond` */
async function numbers(
  session: Awaited<ReturnType<Limpet['open']>>,
  beyond: number,
): Promise<number[]> {
  let text = ''
  for await (const record of session.output) {
    if (record.type === 'output') text += Buffer.from(record.bytes).toString()
    const lines = text.split('\n').slice(0, -1).map(Number)
    if ((lines.at(-1) ?? 0) > beyond) return lines
  }
  throw new Error('it ended')
}

function upTo(last: number, from = 1): number[] {
  return Array.from({ length: last - from + 1 }, (_, index) => from + index)
}

test('a gateway is upgraded without ending sessions: each viewer goes on at its byte', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const session = await counting(client)
  const before = await numbers(session, 10)
  await limpet.stopGateway()
  await limpet.restartGateway()
  const after = await numbers(session, (before.at(-1) ?? 0) + 20)
  expect([...before, ...after]).toEqual(upTo(after.at(-1) ?? 0))
  await session.kill({ force: true })
})

test('a host of an older build serves a newer gateway, and doctor says which is which', async () => {
  await using fixture = await startHost()
  await fixture.server.end('SIGTERM')
  const old = join(fixture.scratch.home, 'old')
  await cp(builtPath('packages/host/dist'), join(old, 'host', 'dist'), { recursive: true })
  await symlink(builtPath('node_modules'), join(old, 'node_modules'))
  const manifest = JSON.parse(
    await readFile(builtPath('packages/host/package.json'), 'utf8'),
  ) as object // ours
  await writeFile(
    join(old, 'host', 'package.json'),
    JSON.stringify({ ...manifest, version: '0.0.1' }),
  )
  const { stateDirectory, runtimeDirectory } = fixture.scratch
  const args = ['--state-dir', stateDirectory, '--runtime-dir', runtimeDirectory]
  const host = spawn(process.execPath, [join(old, 'host', 'dist', 'main.js'), ...args], {
    env: fixture.environment,
    stdio: 'ignore',
  })
  await runProgram(fixture.cli('host', '--wait'), { environment: fixture.cliEnvironment })
  const serve = spawn(
    process.execPath,
    [...fixture.cli('serve', '--ready-json', '--listen', '127.0.0.1:0').slice(1)],
    { env: fixture.cliEnvironment, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const [line] = (await within('the ready line', once(serve.stdout, 'data'))) as [Buffer]
  const { url, token, hostPid } = JSON.parse(line.toString()) as Record<string, string> // our own
  expect(hostPid).toBe(host.pid)
  {
    await using client = await connect(url ?? '', { token: token ?? '' })
    expect((await client.run(['echo', 'across builds'])).stdout).toBe('across builds\n')
  }
  const doctor = await runProgram(fixture.cli('doctor'), { environment: fixture.cliEnvironment })
  expect(doctor.stdout.toString()).toMatch(
    /^warn +host +pid \d+, build 0\.0\.1, .*this command is build/m,
  )
  serve.kill('SIGTERM')
  await codeOf(serve)
  host.kill('SIGTERM')
  expect(await codeOf(host)).toBe(0)
})

test('two gateways serve one host: what one starts, the other shows, and goes on when one is gone', async () => {
  await using limpet = await startLimpet()
  const serve = spawn(
    process.execPath,
    limpet.cli('serve', '--ready-json', '--listen', '127.0.0.1:0').slice(1),
    { env: limpet.cliEnvironment, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  try {
    const [line] = (await within('the ready line', once(serve.stdout, 'data'))) as [Buffer]
    const { url, token, hostPid } = JSON.parse(line.toString()) as Record<string, string> // our own
    expect([Number(hostPid), token]).toEqual([limpet.hostPid, limpet.token])
    await expectSharedSession(limpet, url ?? '')
  } finally {
    serve.kill('SIGTERM')
    await codeOf(serve)
  }
})

async function expectSharedSession(limpet: LimpetFixture, otherUrl: string): Promise<void> {
  await using first = await limpet.connect()
  await using second = await connect(otherUrl, { token: limpet.token })
  const session = await counting(first)
  const seen = await second.attach(session.id)
  const here = await numbers(session, 5)
  await limpet.stopGateway()
  const there = await numbers(seen, (here.at(-1) ?? 0) + 10)
  expect(there).toEqual(upTo(there.at(-1) ?? 0))
  await second.request('session.kill', { session: session.id, force: true })
  await limpet.restartGateway()
}
