// The room of the run dialect: one text message is one command.

export { runDialect } from './run-dialect.ts'
