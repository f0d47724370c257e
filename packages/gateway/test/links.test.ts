// Tests the addresses that people and programs are told.
import { expect, test } from 'vitest'
import { parsePublicUrl } from '../src/config/address.ts'
import { linksOf } from '../src/links.ts'

const common = { identity: '0a1b2c3d', token: 'T' }

const named = 'http://limpet-0a1b2c3d.localhost:7681/'

test.each([
  {
    on: '127.0.0.1',
    family: 'IPv4',
    base: 'http://127.0.0.1:7681/',
    people: named,
    hasOther: true,
  },
  { on: '::1', family: 'IPv6', base: 'http://[::1]:7681/', people: named, hasOther: true },
  { on: '192.168.1.5', family: 'IPv4', base: 'http://192.168.1.5:7681/' },
  { on: '0.0.0.0', family: 'IPv4', base: 'http://127.0.0.1:7681/' },
  { on: '::', family: 'IPv6', base: 'http://[::1]:7681/' },
])('listening on $on', ({ on, family, base, people = base, hasOther }) => {
  const address = { address: on, family, port: 7681 }
  expect(linksOf({ ...common, address, config: { publicUrl: undefined } })).toEqual({
    url: base,
    base: people,
    link: `${people}#t=T`,
    alternativeLink: hasOther ? `${base}#t=T` : undefined,
  })
})

test('a public URL is what people get, loopback beside it', () => {
  const address = { address: '127.0.0.1', family: 'IPv4', port: 7681 }
  const publicUrl = parsePublicUrl('https://shell.example.org/base')
  expect(linksOf({ ...common, address, config: { publicUrl } })).toEqual({
    url: 'https://shell.example.org/base/',
    base: 'https://shell.example.org/base/',
    link: 'https://shell.example.org/base/#t=T',
    alternativeLink: 'http://127.0.0.1:7681/#t=T',
  })
})
