// Owns the first exchange of a link: both ends say what they speak, the gateway or command line says who acts.

import {
  decodeMessage,
  decodeResult,
  encodeRequest,
  LimpetError,
  PROTOCOL_VERSION,
  toLimpetError,
  type Channel,
  type ChannelClosed,
  type MethodResult,
  type Right,
  type SessionId,
} from '@limpet/protocol'
import { HELLO_DEADLINE_MS } from './limits.ts'

export interface Hello {
  /** This program's build, for the other end's messages. */
  readonly build: string
  /** Who acts on the link, for the log. */
  readonly principal: string
  readonly rights: readonly Right[]
  /** What the other viewers read. @default the principal */
  readonly name?: string
  /** Present: the link sees and touches this session only [CTRL-10]. */
  readonly session?: SessionId
}

/** @throws LimpetError PROTOCOL_UNSUPPORTED, HOST_UNREACHABLE; the channel is closed then */
export function sayHello(channel: Channel, hello: Hello): Promise<MethodResult<'link.hello'>> {
  return new Promise((resolve, reject) => {
    const fail = (error: LimpetError): void => {
      clearTimeout(deadline)
      reject(error)
      channel.close()
    }
    const deadline = setTimeout(() => fail(silent()), HELLO_DEADLINE_MS)
    channel.setHandlers({
      handleText: (text) => {
        try {
          const answer = answerOf(text)
          clearTimeout(deadline)
          resolve(answer)
        } catch (error) {
          fail(toLimpetError(error))
        }
      },
      handleBinary: () =>
        fail(new LimpetError('MESSAGE_MALFORMED', 'The host sent data before its hello.')),
      handleClosed: (closed) => fail(closedEarly(closed)),
    })
    channel.sendText(encodeRequest(0, 'link.hello', { protocol: PROTOCOL_VERSION, ...hello }))
  })
}

function answerOf(text: string): MethodResult<'link.hello'> {
  const message = decodeMessage(text)
  if (message.kind === 'result') return decodeResult('link.hello', message.result)
  if (message.kind === 'error') throw message.error
  throw new LimpetError('MESSAGE_MALFORMED', 'The host answered the hello with something else.')
}

function silent(): LimpetError {
  return new LimpetError(
    'HOST_UNREACHABLE',
    `The host did not answer within ${HELLO_DEADLINE_MS} ms.`,
  )
}

function closedEarly(closed: ChannelClosed): LimpetError {
  return new LimpetError(
    'HOST_UNREACHABLE',
    `The host closed the link: ${closed.reason || closed.code}.`,
    { details: { close: closed.code } },
  )
}
