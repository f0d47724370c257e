// The public face of @limpet/link: one connection between a gateway (or the command line) and a host.

export { connectToHost } from './connect.ts'
export type { ConnectOptions, HostLink } from './connect.ts'
export type { Hello } from './hello.ts'
export {
  isHostAlive,
  processStart,
  readHostFile,
  removeHostFile,
  writeHostFile,
} from './host-file.ts'
export type { HostFile } from './host-file.ts'
export { hostSocketPath, locateHost } from './location.ts'
export type { HostLocation } from './location.ts'
export { LinkMemory } from './link-memory.ts'
export { probeHost } from './probe-host.ts'
export { ensurePrivateDirectory } from './private-directory.ts'
export { SocketChannel } from './socket-channel.ts'
export { EXIT_HOST_RUNNING } from './start-host.ts'
