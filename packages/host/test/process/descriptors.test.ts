// What a process inherits: its own three descriptors and nothing of its neighbours (threat 21).

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformWithOxc } from 'vite'
import { expect, test } from 'vitest'
import { closeInheritedDescriptors } from '../../src/process/index.ts'
import { Terminals } from '../../src/process/pty.ts'
import { Room } from './support.ts'

const LIST = ['ls', '-l', '--', '/proc/self/fd']

/** `ls -l /proc/self/fd` as "number target" lines; ls itself has the folder open as 3. */
function listing(text: string): string[] {
  return text
    .split(/\r?\n/)
    .flatMap((line) => / (\d+ -> \S+)/.exec(line)?.[1] ?? [])
    .filter((entry) => !/^3 -> \/proc\/\d+\/fd$/.test(entry))
}

test('with 50 terminals open, neither pipes nor terminals hand any of them on', async () => {
  await using room = new Room()
  const terminals = await Promise.all(
    Array.from({ length: 50 }, async () => room.terminal(['sleep', '100'])),
  )
  expect(room.ports.terminals.openCount).toBe(50)
  const onPipes = await room.start({ argv: LIST, stdin: 'empty' })
  await onPipes.ended()
  expect(listing(onPipes.text())).toEqual([
    '0 -> /dev/null',
    expect.stringMatching(/^1 -> .*pipes-/),
    expect.stringMatching(/^2 -> .*pipes-/),
  ])
  const inTerminal = await room.terminal(LIST)
  await inTerminal.ended()
  const [first, ...rest] = listing(inTerminal.text())
  expect(first).toMatch(/^0 -> \/dev\/pts\/\d+$/)
  expect(rest).toEqual([first?.replace('0', '1'), first?.replace('0', '2')])
  for (const { process } of terminals) {
    expect(readdirSync(`/proc/${process.pid}/fd`).toSorted()).toEqual(['0', '1', '2'])
  }
})

test('a descriptor that leaked into the host by mistake goes no further while terminals are open', async () => {
  await using room = new Room()
  const strays = Array.from({ length: 5 }, openInheritable)
  try {
    const watched = await room.terminal(LIST)
    await watched.ended()
    expect(listing(watched.text()).map((entry) => entry.split(' ')[0])).toEqual(['0', '1', '2'])
  } finally {
    strays.forEach((descriptor) => closeSync(descriptor))
  }
})

test('closeInheritedDescriptors closes exactly what a child would inherit', () => {
  const before = inheritable()
  const strays = Array.from({ length: 3 }, openInheritable)
  expect(new Set(closeInheritedDescriptors(before))).toEqual(new Set(strays))
  expect(inheritable()).toEqual(before)
})

test('a fresh Node that was handed strays closes them and nothing of its own', async () => {
  await using room = new Room()
  const source = new URL('../../src/process/inherited-descriptors.ts', import.meta.url)
  const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source.pathname)
  const script = join(room.directory, 'script.mjs')
  // Afterwards everything that Node may have opened at its start is used once.
  writeFileSync(
    script,
    `${code}
    import { execFile } from 'node:child_process'
    import { readFile } from 'node:fs/promises'
    import { promisify } from 'node:util'
    import { Worker } from 'node:worker_threads'
    const closed = closeInheritedDescriptors([62])
    await readFile('/proc/version')
    await new Promise(setImmediate)
    await new Promise((resolve) => new Worker('', { eval: true }).once('exit', resolve))
    const { stdout } = await promisify(execFile)('ls', ['/proc/self/fd'])
    process.send?.({ closed, inside: stdout.trim().split('\\n') })
    process.disconnect()`,
  )
  // Node by itself marks what it was handed below 16; above it does not.
  const open = 'exec 60</dev/null 61>/dev/null 62</dev/null; exec "$0" "$1"'
  const child = spawn('bash', ['-c', open, process.execPath, script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [told] = await once(child, 'message')
  await once(child, 'close')
  // 62 was passed on purpose; what this test's own parent leaks comes on top.
  expect(told).toEqual({
    closed: expect.arrayContaining([60, 61]),
    inside: ['0', '1', '2', '3', '62'],
  })
})

/** A terminal's master is inherited by every child: the very leak that this is about. */
function openInheritable(): number {
  const { master, slave } = new Terminals(() => '/bin/bash').open({ columns: 80, rows: 24 })
  closeSync(slave)
  return master
}

function inheritable(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => {
      try {
        const flags = /^flags:\s*(\d+)/m.exec(
          readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'),
        )
        return (Number.parseInt(flags?.[1] ?? '', 8) & 0o2000000) === 0
      } catch {
        return false
      }
    })
}
