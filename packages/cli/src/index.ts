// The public face of the published package: the command line as a function, for programs that embed it.

export { runCommandLine } from './command-line.ts'
