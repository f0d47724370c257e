// Owns the few lines of bash through which a process is started while terminals are open: they close what
// leaked into the child, take the terminal, and exec the program with exactly its own environment.
// Before: spawn; after: the program, in the same process. Must not know how the streams are read.
//
// Why bash: the child must close descriptors that Node cannot mark (see pty.ts), and dash cannot close one
// above 9. Why not `setsid -c`: Node makes the session (`detached`), and a session leader that opens a
// terminal without O_NOCTTY, as bash's redirections do, gets it as its controlling terminal (tty_ioctl(4)).

/**
 * $0 is the program's argv[0], $1 its file, the rest its arguments.
 *
 * Bash reacts to many variables (locale warnings on stderr, IFS and PS1 reset, start-up files by
 * SSH_CLIENT, …), so it gets the plan's under neutral names, and gives them their own names only as its
 * last act. SHLVL as an array cannot be exported, otherwise exec would always add one.
 */
const CLOSE_DESCRIPTORS = `
for __limpet_fd in /proc/self/fd/*; do
  __limpet_fd=\${__limpet_fd##*/}
  ((__limpet_fd > 2)) && exec {__limpet_fd}>&-
done`

const TAKE_TERMINAL = `
exec 0<>"$__limpet_tty" 1>&0 2>&0`

/** Backspace in a line of input removes a whole character; only stty can say so to the kernel. */
const UTF8_INPUT = `
"$__limpet_stty" iutf8 2>/dev/null`

const RESTORE_ENVIRONMENT = `
__limpet_file=$1
shift
{
  unset -v __limpet_tty __limpet_stty PWD OLDPWD
  for __limpet_name in "\${!__limpet_e@}"; do
    __limpet_all+=("\${!__limpet_name}")
    unset -v "$__limpet_name"
  done
  unset -v "\${__limpet_all[@]%%=*}"
  export "\${__limpet_all[@]}"
} 2>/dev/null`

const WITHOUT_SHLVL = `
declare -a SHLVL`

const EXEC = `
exec -a "$0" -- "$__limpet_file" "$@"`

/** These bash passes on as they came: names that it cannot spell, and some that nobody may assign. */
const PASSED_THROUGH: ReadonlySet<string> = new Set(['UID', 'EUID', 'SHLVL'])
const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

export interface CleanExecOptions {
  /** As findExecutable gave it. */
  readonly file: string
  /** argv[0] first. */
  readonly argv: readonly string[]
  readonly environment: ReadonlyMap<string, string>
  /** Path of the terminal to take as the controlling one. */
  readonly terminal?: string | undefined
  /** Absolute path of stty; present when the terminal's input is UTF-8. */
  readonly stty?: string | undefined
}

/** What to spawn (with `detached`) instead of the program itself. */
export interface CleanExec {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export function cleanExec(options: CleanExecOptions): CleanExec {
  const { file, argv, environment, terminal, stty } = options
  const script = [
    CLOSE_DESCRIPTORS,
    terminal === undefined ? '' : TAKE_TERMINAL,
    terminal === undefined || stty === undefined ? '' : UTF8_INPUT,
    RESTORE_ENVIRONMENT,
    environment.has('SHLVL') ? '' : WITHOUT_SHLVL,
    EXEC,
  ].join('')
  const [argv0 = file, ...args] = argv
  return {
    // --norc, -p: no start-up file, no BASH_ENV, no function of the environment may run in it.
    args: ['--norc', '-p', '-c', script, argv0, file, ...args],
    environment: {
      ...(terminal === undefined ? {} : { __limpet_tty: terminal }),
      ...(stty === undefined ? {} : { __limpet_stty: stty }),
      ...neutral(environment),
    },
  }
}

/** The same variables in names that mean nothing to bash. */
function neutral(environment: ReadonlyMap<string, string>): Record<string, string> {
  const entries = [...environment].map(([name, value], index): [string, string] =>
    SHELL_NAME.test(name) && !PASSED_THROUGH.has(name)
      ? [`__limpet_e${index}`, `${name}=${value}`]
      : [name, value],
  )
  return Object.fromEntries(entries)
}
