// The room of the native dialect: clients that speak the protocol itself.

export { nativeDialect } from './native-dialect.ts'
