// A client of its own kind: types at a session without waiting for anything but its socket. It numbers its frames as
// if each were taken, and tries a refused one again at once. Run as a process of its own, so that its work is not
// in the way of who measures.
//
//   input-flooder.mjs URL TOKEN SESSION BYTES SECONDS      prints {"frames", "bytes", "refused"} at its end
import { once } from 'node:events'
import { WebSocket } from 'ws'

const FRAME_BYTES = 64 * 1024
const HEADER_BYTES = 14
const INPUT_KIND = 2
const ATTACHMENT = 1

const [url = '', token = '', session = '', bytes = '', seconds = ''] = process.argv.slice(2)
const socket = new WebSocket(url, 'limpet.v1', { headers: { authorization: `Bearer ${token}` } })
await once(socket, 'open')

let refused = 0
let next = 1
socket.on('message', (data, isBinary) => {
  if (isBinary || !(data instanceof Buffer)) return
  const text = data.toString()
  const number = /"input.refused".*"sequence":(\d+)/.exec(text)?.[1]
  if (number !== undefined) {
    refused += 1
    next = Number(number)
  }
  if (text.includes('"id":2')) socket.terminate()
})

/** @param {number} id @param {string} method @param {unknown} params */
function ask(id, method, params) {
  socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
}

const view = { attachment: ATTACHMENT, client: 'f'.repeat(32) }
ask(1, 'session.attach', { session, from: 'end', view })
const endMs = performance.now() + Number(seconds) * 1000
let frames = 0
while (frames * FRAME_BYTES < Number(bytes) || performance.now() < endMs) {
  const frame = Buffer.alloc(HEADER_BYTES + FRAME_BYTES)
  frame.writeUInt8(INPUT_KIND, 0)
  frame.writeUInt32BE(ATTACHMENT, 1)
  frame.writeBigUInt64BE(BigInt(next), 6)
  next += 1
  frames += 1
  await new Promise((sent) => socket.send(frame, sent))
}
ask(2, 'link.ping', {})
await once(socket, 'close')
console.log(JSON.stringify({ frames, bytes: frames * FRAME_BYTES, refused }))
