// The public face of @limpet/gateway: its configuration, its log, and starting it.

export { ConfigError, configJsonSchema, loadConfig } from './config/index.ts'
export type { ConfigOptions, ConfigProblem, GatewayConfig, Program } from './config/index.ts'
export { createLogger } from './log.ts'
export type { Logger } from './log.ts'
export { startGateway } from './main.ts'
export type { Gateway, GatewayOptions } from './main.ts'
export { ROUTES } from './route-table.ts'
export type { Route } from './route-table.ts'
export { runningGateways } from './running-gateways.ts'
export type { RunningGateway } from './running-gateways.ts'
