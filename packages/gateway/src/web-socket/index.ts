// The room of WebSockets: handshake, channels, the list of open ones. The only place that knows ws.

export { Acceptor } from './accept.ts'
export { Connections } from './connections.ts'
export type { Dialect } from './dialect.ts'
