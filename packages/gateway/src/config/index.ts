// The room of what a gateway is told: addresses, programs, the file, and how a start becomes a plan.

export { isLoopback, SCHEME_PORT } from './address.ts'
export type { ListenAddress, PublicUrl } from './address.ts'
export { COMMAND_PROGRAM } from './built-in-programs.ts'
export { ConfigError } from './config-error.ts'
export type { ConfigProblem } from './config-error.ts'
export { configJsonSchema } from './config-file.ts'
export { Offer } from './offer.ts'
export type { Program } from './program.ts'
export { loadConfig, remoteWarnings, requireAllowedAddress } from './resolve-config.ts'
export type { ConfigOptions, GatewayConfig } from './resolve-config.ts'
