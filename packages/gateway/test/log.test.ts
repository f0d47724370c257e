// Tests that names which may hold secrets are blanked in the log.
import { expect, test } from 'vitest'
import { createLogger } from '../src/log.ts'

test('secrets that reach the log by mistake are hidden', () => {
  let lines = ''
  const logger = createLogger({ destination: { write: (line) => void (lines += line) } })
  logger.info({ token: 'hush', address: '127.0.0.1' }, 'one')
  logger.info({ request: { headers: { cookie: 'hush' }, authorization: 'hush' } }, 'two')
  logger.info(
    { plan: { environment: { KEY: 'hush' } }, cookie: 'hush', link: 'http://x/#t=hush' },
    'three',
  )
  expect(lines).not.toContain('hush')
  expect(lines).toContain('"address":"127.0.0.1"')
  expect(lines.trimEnd().split('\n')).toHaveLength(3)
})
