// Owns the command line: which commands, arguments and options there are, and their help. Each command is
// loaded when it is called: `limpet ls` must not wait for a web server. Before: main.ts; after: commands/.

import { Command, CommanderError } from 'commander'
import { readVersion } from './build.ts'
import { CommandError, EXIT } from './command-error.ts'
import { reportError } from './report-error.ts'
import { DEFAULT_DETACH_KEY } from './terminal/detach-key.ts'

/** What commander has read; each command takes what is its own. */
interface Flags {
  readonly [name: string]: unknown
}

/** Takes the exit code of a command that has run. */
type Done = (exitCode: number) => void

const EXAMPLES = `
Examples:
  limpet serve                          a page with terminals, Python and command lines, on this machine only
  limpet serve -- htop                  just that program, one session for each visitor
  limpet run -- make -j4                as if started here, but on the host; exit code and streams come through
  limpet ls && limpet attach 3f9k       continue in this terminal what was begun in the page

Environment, behind flags and before files:
  LIMPET_STATE_DIR, LIMPET_RUNTIME_DIR  where the host lives
  LIMPET_TOKEN                          the token of a gateway, for "serve" and for --url
  LIMPET_DEBUG                          errors with their stack

Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration. "run" and "attach" exit as their program
does (128 + n when signal n ended it); "run" exits with 125 when it failed itself, 126 when the program cannot
be executed, 127 when there is none.`

/** @param args without the program's name @returns the exit code */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok
  const program = createProgram((code) => (exitCode = code))
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error)
    if (error.exitCode === 0) return EXIT.ok // help or version was asked for, and printed
    const message = error.message.replace(/^error: /, '').replace(/\.$/, '')
    // Called without any command, commander has printed the help already.
    if (error.code === 'commander.help') return EXIT.usage
    return reportError(new CommandError('USAGE', `${message}. See: limpet --help`))
  }
}

function createProgram(done: Done): Command {
  const program = new Command('limpet')
    .description(
      'Any Unix program behind a WebSocket; sessions outlive tabs, networks and servers.',
    )
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    // Options after a program's name are the program's own.
    .enablePositionalOptions()
    .exitOverride()
    // Errors are told by reportError, in one line with a code.
    .configureOutput({ outputError: () => {} })
  for (const add of [addServe, addRun, addAttach, addLs, addKill, addStop, addDoctor, addHost]) {
    add(program, done)
  }
  return program
}

function addServe(program: Command, done: Done): void {
  withLocation(program.command('serve'))
    .description('serve the page and the WebSocket; starts the host when none runs')
    .argument('[command...]', 'offer just this program, one session for each visitor')
    .passThroughOptions()
    .option(
      '--listen <host:port>',
      'where to listen; port 0 takes a free one (default: 127.0.0.1:7681)',
    )
    .option('--config <file>', 'limpet.yaml: programs, limits, listen')
    .option('--public-url <url>', 'the address under which a proxy offers this gateway')
    .option('--allow-remote', 'allow to listen beyond this machine; says what is missing then')
    .option('--ephemeral', 'end the host and all sessions with the gateway')
    .option('--ready-json', 'print one line {"url","token","pid","hostPid"} once it listens')
    .action(async (command: string[], flags: Flags) => {
      const { serve } = await import('./commands/serve.ts')
      const { ephemeral = false, readyJson = false } = flags
      done(
        await serve({
          ...flags,
          command,
          ephemeral: ephemeral === true,
          readyJson: readyJson === true,
        }),
      )
    })
}

function addRun(program: Command, done: Done): void {
  withGateway(withLocation(program.command('run')))
    .description('run a program on the host as if it were started here')
    .argument('<command...>', 'the program and its arguments; no shell reads them')
    .passThroughOptions()
    .option('--tty', 'in a terminal: for programs that need one')
    .option('--cwd <dir>', 'working directory (default: this one)')
    .option('--name <name>', 'what lists show')
    .action(async (argv: string[], flags: Flags) => {
      const { run } = await import('./commands/run.ts')
      done(await run({ ...flags, argv, tty: flags['tty'] === true }))
    })
}

function addAttach(program: Command, done: Done): void {
  withGateway(withLocation(program.command('attach')))
    .description('continue a session in this terminal; the detach key leaves it running')
    .argument('<session>', 'id, beginning of an id, or name')
    .option('--detach-key <keys>', 'such as "ctrl-a d", or none', DEFAULT_DETACH_KEY)
    .option('--no-history', 'show only what is new')
    .action(async (session: string, flags: Flags) => {
      const { attach } = await import('./commands/attach.ts')
      const detachKey = String(flags['detachKey'])
      done(await attach({ ...flags, session, detachKey, history: flags['history'] !== false }))
    })
}

function addLs(program: Command, done: Done): void {
  withGateway(withLocation(program.command('ls')))
    .description('list the sessions that run')
    .option('--all', 'ended ones, too')
    .option('--json', 'for programs')
    .action(async (flags: Flags) => {
      const { ls } = await import('./commands/ls.ts')
      done(await ls({ ...flags, all: flags['all'] === true, json: flags['json'] === true }))
    })
}

function addKill(program: Command, done: Done): void {
  withGateway(withLocation(program.command('kill')))
    .description('end sessions: hang-up or end of input, SIGTERM after 1 s, SIGKILL after 5 s')
    .argument('<session...>', 'ids, beginnings of ids, or names')
    .option('--force', 'SIGKILL at once')
    .action(async (sessions: string[], flags: Flags) => {
      const { kill } = await import('./commands/kill.ts')
      done(await kill({ ...flags, sessions, force: flags['force'] === true }))
    })
}

function addStop(program: Command, done: Done): void {
  withLocation(program.command('stop'))
    .description('end all sessions and the host')
    .action(async (flags: Flags) => {
      const { stop } = await import('./commands/stop.ts')
      done(await stop(flags))
    })
}

function addDoctor(program: Command, done: Done): void {
  withLocation(program.command('doctor'))
    .description('look at what Limpet needs, and say what to do')
    .option('--port <port>', 'the port of 127.0.0.1 to look at', '7681')
    .option('--json', 'for programs')
    .action(async (flags: Flags) => {
      const { doctor } = await import('./commands/doctor.ts')
      done(await doctor({ ...flags, port: Number(flags['port']), json: flags['json'] === true }))
    })
}

function addHost(program: Command, done: Done): void {
  withLocation(program.command('host'))
    .description('run the host in the foreground, for service managers')
    .option('--idle-ms <ms>', 'leave after so long without connection and session')
    .action(async (flags: Flags) => {
      const { host } = await import('./commands/host.ts')
      done(await host(flags))
    })
}

function withLocation(command: Command): Command {
  return command
    .option('--state-dir <dir>', 'where the host keeps its files')
    .option('--runtime-dir <dir>', 'where its socket lies')
}

function withGateway(command: Command): Command {
  return command
    .option('--url <url>', "through a gateway's address, instead of this machine's host")
    .option('--token <token>', 'the token of that gateway (better: LIMPET_TOKEN)')
}
