// Owns how clients are told apart for limits: by address, except that one machine has 2^64 addresses of IPv6.

import { isIPv6 } from 'node:net'

/** @param address of the peer's socket @returns the IPv4 address, or the first 64 bits of IPv6 */
export function clientNetwork(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = (plain.split('%')[0] ?? '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  // "::" stands for as many zeros as are missing.
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length
  return [...groups, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after].slice(0, 4).join(':')
}
