// Tests which programs exist, and that options win over the file and the file over defaults.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { loadConfig, remoteWarnings } from '../../src/config/resolve-config.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function fileWith(text: string): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-config-'))
  folders.push(folder)
  const file = join(folder, 'limpet.yaml')
  await writeFile(file, text)
  return { folder, file }
}

const environment = { HOME: '/home/ada', SHELL: '/bin/sh', SECRET_KEY: 'hush', LC_TIME: 'C' }

test('without a file there are four programs, a loopback address and nothing of the rest of the environment', async () => {
  const config = await loadConfig({ environment })
  expect(config.listen).toEqual({ host: '127.0.0.1', port: 7681 })
  expect(
    config.programs.map(({ name, accepts, tty, cwd }) => ({ name, accepts, tty, cwd })),
  ).toEqual([
    { name: 'command', accepts: 'line', tty: 'either', cwd: '/home/ada' },
    { name: 'exec', accepts: 'argv', tty: 'either', cwd: '/home/ada' },
    { name: 'shell', accepts: 'nothing', tty: 'always', cwd: '/home/ada' },
    { name: 'python', accepts: 'nothing', tty: 'always', cwd: '/home/ada' },
  ])
  expect(config.planBase.environment).toMatchObject({
    HOME: '/home/ada',
    LC_TIME: 'C',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
  })
  expect(config.planBase.environment).toHaveProperty('PATH')
  expect(config.planBase.environment).not.toHaveProperty('SECRET_KEY')
})

test('the shell is a login shell that can be run', async () => {
  const { programs } = await loadConfig({ environment })
  const shell = programs.find(({ name }) => name === 'shell')
  expect(shell?.command.at(0)).toMatch(/^\/.*sh$/)
  expect(shell?.command.slice(1)).toEqual(['-l'])
})

test('a file that names programs replaces the built-in ones, with defaults and its own folder', async () => {
  const { folder, file } = await fileWith(
    'programs:\n  a: { command: [~/bin/a], cwd: sub }\n  b: { command: [b] }\n',
  )
  const { programs } = await loadConfig({ file, environment })
  expect(programs).toEqual([
    {
      name: 'a',
      description: '',
      command: ['/home/ada/bin/a'],
      accepts: 'nothing',
      tty: 'either',
      cwd: join(folder, 'sub'),
      environment: {},
      start: ['owner', 'operator'],
      lifetime: 'kept',
      onEnd: 'kill',
    },
    expect.objectContaining({ name: 'b', cwd: '/home/ada' }),
  ])
})

test('a file without programs leaves the built-in ones', async () => {
  const { file } = await fileWith('listen: 127.0.0.1:1234\n')
  const config = await loadConfig({ file, environment })
  expect(config.programs).toHaveLength(4)
  expect(config.listen.port).toBe(1234)
})

test('`-- COMMAND` offers just that, in a terminal, where it was typed, whatever the file says', async () => {
  const { file } = await fileWith('programs:\n  a: { command: [a] }\n')
  const { programs } = await loadConfig({
    file,
    only: ['./game', '-x'],
    cwd: '/games',
    environment,
  })
  expect(programs).toEqual([
    expect.objectContaining({
      name: 'game',
      command: ['./game', '-x'],
      accepts: 'nothing',
      tty: 'always',
      cwd: '/games',
    }),
  ])
  await expect(loadConfig({ only: [] })).rejects.toThrow('--: expected a command after it')
})

test('options win over the file', async () => {
  const { file } = await fileWith('listen: 127.0.0.1:1\npublicUrl: http://a.test/\n')
  const options = { listen: '[::1]:0', publicUrl: 'https://b.test/base' }
  const config = await loadConfig({ file, ...options, environment })
  expect(config.listen).toEqual({ host: '::1', port: 0 })
  expect(config.publicUrl).toEqual({
    scheme: 'https',
    host: 'b.test',
    port: 443,
    basePath: '/base/',
    href: 'https://b.test/base/',
  })
})

test.each(['0.0.0.0:1', '[::]:1', '192.168.1.5:1', 'example.org:1', '127.1:1', '0:1'])(
  'listening on %s is refused unless remote access is allowed by name',
  async (listen) => {
    await expect(loadConfig({ listen })).rejects.toThrow('--allow-remote')
    const config = await loadConfig({ listen, allowRemote: true })
    expect(remoteWarnings(config).join('\n')).toMatch(/no TLS[^]*no sandbox/)
  },
)

test.each(['127.0.0.1:0', '127.9.8.7:1', '[::1]:1', 'localhost:1', '8080'])(
  'listening on %s reaches only this machine',
  async (listen) => {
    expect(remoteWarnings(await loadConfig({ listen }))).toEqual([])
  },
)

test.each(['', 'x', '127.0.0.1', '127.0.0.1:70000', 'a b:1', '::1:80', 'a@b:1'])(
  'the address %j is refused',
  async (listen) => {
    await expect(loadConfig({ listen })).rejects.toThrow('--listen: expected HOST:PORT')
  },
)

test('a file that is not there is named', async () => {
  await expect(loadConfig({ file: '/nowhere/limpet.yaml' })).rejects.toThrow(
    /^\/nowhere\/limpet\.yaml: cannot be read: ENOENT/,
  )
})

test('a program says how long its log is kept, whose size holds and how its sessions are found', async () => {
  const { file } = await fileWith(
    'programs:\n  a:\n    command: [a]\n    retainBytes: 1048576\n    keepEndedMs: 0\n    sizeRule: leader\n    labels: { team: sea }\n',
  )
  const { programs } = await loadConfig({ file, environment })
  expect(programs[0]).toMatchObject({
    retainBytes: 1_048_576,
    keepEndedMs: 0,
    sizeRule: 'leader',
    labels: { team: 'sea' },
  })
})

test.each([
  ['retainBytes: 1000', 'programs.a.retainBytes: expected at least 1048576, got 1000'],
  ['keepEndedMs: 1 h', 'programs.a.keepEndedMs: expected a number, got "1 h"'],
  ['sizeRule: largest', 'programs.a.sizeRule: expected "latest" or "smallest" or "fixed"'],
  ['labels: { "a b": c }', 'programs.a.labels: expected up to 32 labels'],
])('%s is refused by its line and key', async (line, message) => {
  const { file } = await fileWith(`programs:\n  a:\n    command: [a]\n    ${line}\n`)
  await expect(loadConfig({ file, environment })).rejects.toThrow(`limpet.yaml:4: ${message}`)
})
