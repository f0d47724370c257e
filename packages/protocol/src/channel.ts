// Owns the interface of a connection that carries text and binary frames in order: a Unix socket, a
// WebSocket, later a message bus. One contract suite runs on every implementation.

/** Why a channel ended. `code` is a WebSocket close code, 1006 when the peer just vanished. */
export interface ChannelClosed {
  readonly code: number
  readonly reason: string
}

/** Called in the order of arrival; never again after `handleClosed`. */
export interface ChannelHandlers {
  handleText(text: string): void
  /** `frame` is valid only during the call: copy what must stay. */
  handleBinary(frame: Uint8Array): void
  /** All that was sent has left this process; called after a `send` answered false. */
  handleDrained?(): void
  /** Exactly once. */
  handleClosed(closed: ChannelClosed): void
}

/** One open connection. Sending after the end does nothing: `handleClosed` tells the story. */
export interface Channel {
  /** The flow starts with the first call: frames are held back until then. A later call hands the channel on. */
  setHandlers(handlers: ChannelHandlers): void
  /** @returns false when the peer is slow: wait for `handleDrained` before sending much more */
  sendText(text: string): boolean
  /**
   * Sends one binary frame made of parts. The parts must not change until they have left: log slices
   * never do, and others are made for the one call.
   */
  sendBinary(...parts: readonly Uint8Array[]): boolean
  /** Bytes handed over and not yet taken by the operating system. */
  readonly bufferedBytes: number
  /** Stops and starts reading; the peer then feels the kernel's back-pressure. */
  pause(): void
  resume(): void
  /** Idempotent. @param code WebSocket close code @default 1000 */
  close(code?: number, reason?: string): void
}
