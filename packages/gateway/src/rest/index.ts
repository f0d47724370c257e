// The room of REST: sessions and their output for programs that speak plain HTTP.

export { RestHandlers } from './rest-handlers.ts'
