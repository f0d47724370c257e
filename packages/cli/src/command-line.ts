// Owns the command line: makes the parser and the help out of what the commands declare. Before: main.ts;
// after: grammar/, and by it commands/.

import { Command, CommanderError, Option } from 'commander'
import { readVersion } from './build.ts'
import { CommandError, EXIT } from './command-error.ts'
import { GROUPS, type CommandSpec, type Flags, type OptionSpec } from './grammar/command-spec.ts'
import { DOCTOR, KILL, STOP } from './grammar/ending.ts'
import { EXPORT, LOGS, LS, REPLAY } from './grammar/looking.ts'
import { LABEL, NAME, SHARE } from './grammar/naming.ts'
import { HOST, SERVE } from './grammar/serving.ts'
import { ATTACH, RUN } from './grammar/working.ts'
import { reportError } from './report-error.ts'

/** In the order of the help. */
const COMMANDS: readonly CommandSpec[] = [
  SERVE,
  HOST,
  RUN,
  ATTACH,
  LS,
  LOGS,
  REPLAY,
  EXPORT,
  NAME,
  LABEL,
  SHARE,
  KILL,
  STOP,
  DOCTOR,
]

/** Takes the exit code of a command that has run. */
type Done = (exitCode: number) => void

/** No line is longer than 80 columns: the parser wraps what it makes itself, not this. */
const NOTES = `
Examples:
  limpet serve                     a page with terminals, Python and command
                                   lines, on this machine only
  limpet serve -- htop             just that program, once for each visitor
  limpet run -- make -j4           as if started here: streams, signals, code
  limpet run --detach -- make -j4  print the session's id and return
  limpet logs -f 3f9k              see how it goes, and exit as it does
  limpet attach 3f9k               go on here with what was begun in the page
  limpet share 3f9k                a link by which others watch

Environment, behind flags and before files:
  LIMPET_STATE_DIR, LIMPET_RUNTIME_DIR  where the host lives
  LIMPET_TOKEN                          the token of a gateway, also for --url
  LIMPET_DEBUG                          errors with their stack

Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration. "run",
"attach" and "logs -f" exit as their program does (128 + n when signal n ended
it); "run" exits with 125 when it failed itself, 126 when the program cannot be
executed, 127 when there is none.`

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
    return reportError(new CommandError('USAGE', `${message}. See: ${helpFor(args[0])}`))
  }
}

function createProgram(done: Done): Command {
  const program = new Command('limpet')
    .description(
      'Any Unix program behind a WebSocket; sessions outlive tabs, networks and servers.',
    )
    .usage('<command> [options]')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help; of a command: limpet <command> --help')
    .helpCommand(false)
    .addHelpText('after', NOTES)
    // Options after a program's name are the program's own.
    .enablePositionalOptions()
    .exitOverride()
    // Errors are told by reportError, in one line with a code.
    .configureOutput({ outputError: () => {} })
    // One line for each command; its own help says the rest.
    .configureHelp({ subcommandTerm: (command) => command.name() })
  for (const group of Object.values(GROUPS)) {
    for (const spec of COMMANDS.filter((candidate) => candidate.group === group)) {
      addCommand(program, spec, done)
    }
  }
  return program
}

function addCommand(program: Command, spec: CommandSpec, done: Done): void {
  const { name, group, summary, words = [], options, passesThrough = false, notes } = spec
  const command = program.command(name).helpGroup(group).description(summary)
  command.helpOption('-h, --help', 'print help')
  for (const [syntax, description] of words) command.argument(syntax, description)
  for (const option of options) command.addOption(optionFrom(option))
  command.passThroughOptions(passesThrough)
  if (notes !== undefined) command.addHelpText('after', notes)
  command.action(async () => {
    const flags: Flags = command.opts()
    done(await spec.act(command.args, flags))
  })
}

function optionFrom({ flags, description, group, parse, ...rest }: OptionSpec): Option {
  const option = new Option(flags, description)
  if (group !== undefined) option.helpGroup(group)
  if (parse !== undefined) option.argParser(parse)
  if ('default' in rest) option.default(rest.default)
  return option
}

/** @returns the command whose help says more about what was meant */
function helpFor(word: string | undefined): string {
  const isCommand = COMMANDS.some(({ name }) => name === word)
  return isCommand ? `limpet ${word} --help` : 'limpet --help'
}
