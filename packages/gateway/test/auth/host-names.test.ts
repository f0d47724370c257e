// Tests which Host and Origin headers are ours: tables of verdicts, and that nothing close to a name passes for it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HostNames, isSameOrigin, parseAuthority, parseOrigin } from '../../src/auth/host-names.ts'
import { parsePublicUrl } from '../../src/config/address.ts'

const local = new HostNames({
  listen: { host: '127.0.0.1', port: 7681 },
  isRemoteAllowed: false,
  publicUrl: undefined,
})

/** The origin of our page under this Host, as text; "refused" when it is not ours. */
function own(names: HostNames, host: string): string {
  const authority = parseAuthority(host)
  const origin = authority && names.ownOrigin(authority)
  return origin ? `${origin.scheme}://${origin.host}:${origin.port}` : 'refused'
}

/** Whether a page of this origin may speak to a gateway that was called by this host. */
function isOwn(names: HostNames, host: string, origin: string): boolean {
  const authority = parseAuthority(host)
  const ours = authority && names.ownOrigin(authority)
  const theirs = parseOrigin(origin)
  return ours !== undefined && theirs !== undefined && isSameOrigin(ours, theirs)
}

test.each([
  ['localhost', 'http://localhost:80'],
  ['LocalHost:7681', 'http://localhost:7681'],
  ['limpet-0a1b2c3d.localhost:1', 'http://limpet-0a1b2c3d.localhost:1'],
  ['127.0.0.1:65535', 'http://127.0.0.1:65535'],
  ['127.255.255.254', 'http://127.255.255.254:80'],
  ['[::1]:8080', 'http://[::1]:8080'],
  ['localhost.', 'refused'],
  ['.localhost', 'refused'],
  ['a..localhost', 'refused'],
  ['notlocalhost', 'refused'],
  ['localhost.evil.test', 'refused'],
  ['127.0.0.1.evil.test', 'refused'],
  ['127.1', 'refused'],
  ['127.0.0.256', 'refused'],
  ['127.0.0.01', 'refused'],
  ['0x7f.0.0.1', 'refused'],
  ['2130706433', 'refused'],
  ['0.0.0.0', 'refused'],
  ['[::]', 'refused'],
  ['[::ffff:127.0.0.1]', 'refused'],
  ['::1', 'refused'],
  ['[::1', 'refused'],
  ['localhost:', 'refused'],
  ['localhost:65536', 'refused'],
  ['localhost:-1', 'refused'],
  ['localhost:80:80', 'refused'],
  ['user@localhost', 'refused'],
  ['localhost/', 'refused'],
  ['local host', 'refused'],
  ['xn--lcalhost-4ib', 'refused'],
  ['', 'refused'],
])('the Host %j on loopback: %s', (host, verdict) => {
  expect(own(local, host)).toBe(verdict)
})

test.each([
  ['127.0.0.1:7681', 'http://127.0.0.1:7681', true],
  ['localhost', 'http://localhost', true],
  ['localhost:80', 'http://localhost', true],
  ['LOCALHOST:7681', 'http://localhost:7681', true],
  ['[::1]:7681', 'http://[::1]:7681', true],
  ['127.0.0.1:7681', 'https://127.0.0.1:7681', false],
  ['127.0.0.1:7681', 'http://127.0.0.1:7682', false],
  ['127.0.0.1:7681', 'http://127.0.0.1', false],
  ['127.0.0.1:7681', 'http://localhost:7681', false],
  ['localhost:7681', 'http://a.localhost:7681', false],
  ['a.localhost:7681', 'http://localhost:7681', false],
  ['127.0.0.1:7681', 'http://127.0.0.1:7681.evil.test', false],
  ['127.0.0.1:7681', 'http://127.0.0.1:7681@evil.test', false],
  ['127.0.0.1:7681', 'http://evil.test/127.0.0.1:7681', false],
  ['127.0.0.1:7681', 'http://127.0.0.1:7681/', false],
  ['127.0.0.1:7681', 'null', false],
  ['127.0.0.1:7681', '', false],
  ['127.0.0.1:7681', 'ws://127.0.0.1:7681', false],
  ['127.0.0.1:7681', 'HTTP://127.0.0.1:7681', true],
])('called by %s, the Origin %j: %s', (host, origin, verdict) => {
  expect(isOwn(local, host, origin)).toBe(verdict)
})

test('a public URL adds exactly its own name and port', () => {
  const publicUrl = parsePublicUrl('https://shell.example.org/base/')
  const names = new HostNames({
    listen: { host: '127.0.0.1', port: 0 },
    isRemoteAllowed: false,
    publicUrl,
  })
  expect(own(names, 'shell.example.org')).toBe('https://shell.example.org:443')
  expect(own(names, 'Shell.Example.ORG:443')).toBe('https://shell.example.org:443')
  expect(own(names, 'shell.example.org:80')).toBe('refused')
  expect(own(names, 'a.shell.example.org')).toBe('refused')
  expect(own(names, 'example.org')).toBe('refused')
  expect(own(names, 'localhost:1')).toBe('http://localhost:1')
  expect(isOwn(names, 'shell.example.org', 'https://shell.example.org')).toBe(true)
  expect(isOwn(names, 'shell.example.org', 'http://shell.example.org')).toBe(false)
})

test('what is listened on beyond loopback is a name of ours only when remote access is allowed', () => {
  const names = (host: string, isRemoteAllowed = true): HostNames =>
    new HostNames({ listen: { host, port: 1 }, isRemoteAllowed, publicUrl: undefined })
  expect(own(names('192.168.1.5'), '192.168.1.5:1')).toBe('http://192.168.1.5:1')
  expect(own(names('192.168.1.5'), '192.168.1.6:1')).toBe('refused')
  expect(own(names('192.168.1.5', false), '192.168.1.5:1')).toBe('refused')
  // Any address, but no name: names can be rebound.
  expect(own(names('0.0.0.0'), '10.1.2.3:1')).toBe('http://10.1.2.3:1')
  expect(own(names('::'), '[2001:db8::7]:1')).toBe('http://[2001:db8::7]:1')
  expect(own(names('0.0.0.0'), 'rebind.test:1')).toBe('refused')
  expect(own(names('box.lan'), 'box.lan:1')).toBe('http://box.lan:1')
})

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/)

test('no other name with an allowed one as its beginning, end or middle is allowed', () => {
  const names = new HostNames({
    listen: { host: '127.0.0.1', port: 0 },
    isRemoteAllowed: false,
    publicUrl: parsePublicUrl('https://shell.example.org/'),
  })
  // Not localhost: every name under it is this machine's.
  const allowed = fc.constantFrom('shell.example.org', '127.0.0.1')
  fc.assert(
    fc.property(allowed, label, fc.constantFrom('.', '-', 'x'), (name, other, joint) => {
      expect(own(names, `${name}${joint}${other}.test`)).toBe('refused')
      expect(own(names, `${other}.test.${name}.${other}`)).toBe('refused')
      expect(own(names, `${other}${joint}${name}`)).toBe('refused')
    }),
  )
})

test('whatever comes as Host or Origin, parsing never throws and never invents a host', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const authority = parseAuthority(text)
      expect(authority === undefined || text.toLowerCase().startsWith(authority.host)).toBe(true)
      const origin = parseOrigin(text)
      expect(origin === undefined || /^https?:\/\//i.test(text)).toBe(true)
    }),
  )
})
