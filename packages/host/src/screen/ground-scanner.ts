// Owns where a stream of terminal output may be cut: where no escape sequence and no UTF-8 character is half
// read. A small copy of xterm's parser table (VT500, after Williams), as far as it decides when a sequence ends.

const GROUND = 0
const ESCAPE = 1
const ESCAPE_INTERMEDIATE = 2
const CSI_ENTRY = 3
const CSI_PARAMETERS = 4
const CSI_INTERMEDIATE = 5
const CSI_IGNORED = 6
const OSC = 7
const DCS_HEAD = 8
const DCS_BODY = 9
/** SOS, PM, APC: strings that mean nothing to a terminal. */
const IGNORED_STRING = 10

const ESC = 0x1b
const CAN = 0x18
const SUB = 0x1a
const BEL = 0x07
/** First byte, in UTF-8, of the eight-bit controls U+0080 … U+009F, which xterm obeys. */
const C1_LEAD = 0xc2

export class GroundScanner {
  #state = GROUND
  /** Continuation bytes that the present character still lacks. */
  #lacking = 0
  #lead = 0

  /** True where a checkpoint may lie. */
  get isGround(): boolean {
    return this.#state === GROUND && this.#lacking === 0
  }

  /** Begins anew: what came before was dropped. */
  reset(): void {
    this.#state = GROUND
    this.#lacking = 0
  }

  /** Reads on. @returns how many of these bytes lie before the last place to cut; -1 when there is none in them */
  scan(bytes: Uint8Array): number {
    let last = -1
    const length = bytes.byteLength
    for (let at = 0; at < length; at++) {
      const byte = bytes[at] ?? 0
      // Nearly everything is plain text: nothing to follow there.
      if (byte < 0x80 && byte !== ESC && this.#state === GROUND) {
        this.#lacking = 0
        last = at + 1
        continue
      }
      this.#step(byte)
      if (this.#state === GROUND && this.#lacking === 0) last = at + 1
    }
    return last
  }

  #step(byte: number): void {
    if (this.#lacking > 0) {
      if ((byte & 0xc0) === 0x80) {
        this.#lacking -= 1
        if (this.#lacking === 0)
          this.#character(this.#lead === C1_LEAD && byte < 0xa0 ? byte : 0xa0)
        return
      }
      this.#lacking = 0 // a broken character is dropped, and this byte begins anew
    }
    if (byte < 0x80) {
      this.#state = nextState(this.#state, byte)
      return
    }
    this.#lead = byte
    if ((byte & 0xe0) === 0xc0) this.#lacking = 1
    else if ((byte & 0xf0) === 0xe0) this.#lacking = 2
    else if ((byte & 0xf8) === 0xf0) this.#lacking = 3
  }

  /** @param code an eight-bit control, or 0xa0 for any character above */
  #character(code: number): void {
    if (code >= 0xa0) {
      const keeps = [GROUND, OSC, CSI_IGNORED, DCS_BODY].includes(this.#state)
      if (!keeps) this.#state = GROUND
      return
    }
    this.#state = STATES_OF_C1.get(code) ?? GROUND
  }
}

const STATES_OF_C1: ReadonlyMap<number, number> = new Map([
  [0x90, DCS_HEAD],
  [0x98, IGNORED_STRING],
  [0x9b, CSI_ENTRY],
  [0x9d, OSC],
  [0x9e, IGNORED_STRING],
  [0x9f, IGNORED_STRING],
])

const STATES_AFTER_ESCAPE: ReadonlyMap<number, number> = new Map([
  [0x50, DCS_HEAD],
  [0x58, IGNORED_STRING],
  [0x5b, CSI_ENTRY],
  [0x5d, OSC],
  [0x5e, IGNORED_STRING],
  [0x5f, IGNORED_STRING],
])

/** @param byte of ASCII */
function nextState(state: number, byte: number): number {
  if (byte === ESC) return ESCAPE
  if (byte === CAN || byte === SUB) return GROUND
  switch (state) {
    case OSC:
      return byte === BEL ? GROUND : OSC
    case DCS_BODY:
    case IGNORED_STRING:
    case GROUND:
      return state
    default:
      // Other controls are obeyed, or ignored, in the midst of a sequence.
      return byte < 0x20 || byte === 0x7f ? state : nextInSequence(state, byte)
  }
}

/** @param byte printable ASCII */
function nextInSequence(state: number, byte: number): number {
  const isIntermediate = byte < 0x30
  const isFinal = byte >= 0x40
  switch (state) {
    case ESCAPE:
      return isIntermediate ? ESCAPE_INTERMEDIATE : (STATES_AFTER_ESCAPE.get(byte) ?? GROUND)
    case ESCAPE_INTERMEDIATE:
      return isIntermediate ? state : GROUND
    case DCS_HEAD:
      return isFinal ? DCS_BODY : state
    case CSI_IGNORED:
      return isFinal ? GROUND : state
    default:
      if (isFinal) return GROUND
      if (isIntermediate) return CSI_INTERMEDIATE
      if (state === CSI_INTERMEDIATE || (state === CSI_PARAMETERS && byte >= 0x3c))
        return CSI_IGNORED
      return CSI_PARAMETERS
  }
}
