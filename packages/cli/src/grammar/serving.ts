// Owns the words and options of the commands that serve: serve, host.

import { GROUPS, type CommandSpec } from './command-spec.ts'
import { isOn, LOCATION } from './shared-options.ts'

export const SERVE: CommandSpec = {
  name: 'serve',
  group: GROUPS.serving,
  summary: 'serve the page and the WebSocket; starts the host when none runs',
  words: [['[command...]', 'offer just this program, one session for each visitor']],
  passesThrough: true,
  options: [
    {
      flags: '--listen <host:port>',
      description: 'where to listen; port 0 takes a free one (default: 127.0.0.1:7681)',
    },
    { flags: '--config <file>', description: 'limpet.yaml: programs, limits, listen' },
    {
      flags: '--public-url <url>',
      description: 'the address under which a proxy offers this gateway',
    },
    {
      flags: '--allow-remote',
      description: 'allow to listen beyond this machine; says what is missing then',
    },
    { flags: '--ephemeral', description: 'end the host and all sessions with the gateway' },
    {
      flags: '--ready-json',
      description: 'print one line {"url","token","pid","hostPid"} once it listens',
    },
    ...LOCATION,
  ],
  async act(command, flags) {
    const { serve } = await import('../commands/serve.ts')
    return serve({
      ...flags,
      command,
      ephemeral: isOn(flags, 'ephemeral'),
      readyJson: isOn(flags, 'readyJson'),
    })
  },
}

export const HOST: CommandSpec = {
  name: 'host',
  group: GROUPS.serving,
  summary: 'run the host in the foreground, for service managers',
  options: [
    {
      flags: '--idle-ms <ms>',
      description: 'leave after so long without connection and session, or "never"',
    },
    {
      flags: '--wait',
      description: 'start none: wait until the one that starts elsewhere answers',
    },
    ...LOCATION,
  ],
  notes: `
It exits with 75 when a host of the same state directory runs already, and with
0 on SIGTERM, after it has ended its sessions. docs/guides/service.md shows it
as a service of systemd.`,
  async act(_words, flags) {
    const { host, waitForHost } = await import('../commands/host.ts')
    return isOn(flags, 'wait') ? waitForHost(flags) : host(flags)
  },
}
