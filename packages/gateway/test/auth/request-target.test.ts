// Tests what of a request line is taken for a path, a query and a name.
import { LimpetError } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { refuseTokenInQuery, requestTarget } from '../../src/auth/request-target.ts'

/** "host path query", or the code that it is refused with. */
function targetOf(url: string, ...hosts: string[]): string {
  try {
    const rawHeaders = ['Accept', '*/*', ...hosts.flatMap((host) => ['hOsT', host]), 'X', 'Host']
    const { authority, path, query } = requestTarget({ url, rawHeaders })
    return [authority ? authority.host : 'nobody', path, query].join(' ')
  } catch (error) {
    return error instanceof LimpetError ? error.code : String(error)
  }
}

test.each([
  ['/', ['localhost'], 'localhost / '],
  ['/a/b?c=d?e', ['localhost'], 'localhost /a/b c=d?e'],
  ['/%2e%2e/x', ['localhost'], 'localhost /%2e%2e/x '],
  ['http://localhost/x?y', ['localhost'], 'localhost /x y'],
  ['http://localhost', ['localhost'], 'localhost / '],
  ['HTTPS://LocalHost/x', ['localhost'], 'localhost /x '],
  ['http://evil.test/x', ['localhost'], 'nobody /x '],
  ['http://localhost@evil.test/x', ['localhost'], 'nobody /x '],
  ['http:///x', ['localhost'], 'nobody /x '],
  ['http://localhost?x', ['localhost'], 'MESSAGE_MALFORMED'],
  ['*', ['localhost'], 'MESSAGE_MALFORMED'],
  ['', ['localhost'], 'MESSAGE_MALFORMED'],
  ['localhost:80', ['localhost'], 'MESSAGE_MALFORMED'],
  ['/x#y', ['localhost'], 'MESSAGE_MALFORMED'],
  ['/', [], 'MESSAGE_MALFORMED'],
  ['/', ['localhost', 'localhost'], 'MESSAGE_MALFORMED'],
  ['/', ['not a host'], 'nobody / '],
])('the target %j with the hosts %j', (url, hosts, expected) => {
  expect(targetOf(url, ...hosts)).toBe(expected)
})

test.each(['token=x', 'a=b&token=', 'token', '%74oken=x'])('%j in a URL is refused', (query) => {
  expect(() => refuseTokenInQuery(query)).toThrow(/does not belong into a URL/)
})

test('other queries pass', () => {
  expect(() => refuseTokenInQuery('gather=1&tokens=x')).not.toThrow()
})
