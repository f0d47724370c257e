// The room of HTTP: the door, the routes' answers, headers, errors.

export { createApp } from './app.ts'
export { Door } from './door.ts'
export { answerOnSocket } from './error-answer.ts'
export { createHandlers } from './handlers.ts'
export { StaticFiles } from './static-files.ts'
