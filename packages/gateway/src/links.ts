// Owns the addresses that a started gateway tells: for programs, and for people.

import type { AddressInfo } from 'node:net'
import { isLoopback, type GatewayConfig } from './config/index.ts'

export interface Links {
  readonly url: string
  /** Where people reach it by default, without the token; ends in "/". */
  readonly base: string
  readonly link: string
  readonly alternativeLink: string | undefined
}

export interface LinksOptions {
  readonly address: AddressInfo
  /** 8 hex digits. */
  readonly identity: string
  readonly token: string
  readonly config: Pick<GatewayConfig, 'publicUrl'>
}

/**
 * The token stands in the fragment, which no browser sends to any server. People get a name of their own for
 * each state, since cookies ignore ports: browsers resolve `*.localhost` to loopback, other programs may not.
 */
export function linksOf({ address, identity, token, config }: LinksOptions): Links {
  const fragment = `#t=${token}`
  const local = `http://${hostOf(address)}:${address.port}/`
  if (config.publicUrl) {
    return {
      url: config.publicUrl.href,
      base: config.publicUrl.href,
      link: `${config.publicUrl.href}${fragment}`,
      alternativeLink: `${local}${fragment}`,
    }
  }
  if (!isLoopback(address.address)) {
    return { url: local, base: local, link: `${local}${fragment}`, alternativeLink: undefined }
  }
  const base = `http://limpet-${identity}.localhost:${address.port}/`
  return {
    url: local,
    base,
    link: `${base}${fragment}`,
    alternativeLink: `${local}${fragment}`,
  }
}

/** Where every address is listened on, this machine itself can use loopback. */
function hostOf({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  if (address === '::') return '[::1]'
  return family === 'IPv6' ? `[${address}]` : address
}
