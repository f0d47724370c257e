// The whole client of the run dialect: one text message is one command line, its output comes back as text.
// The login cookie of Limpet's own page opens the WebSocket; another program sends its token instead.
const input = document.querySelector('input')
const output = document.querySelector('pre')
const socket = new WebSocket(new URL('../../ws', location.href.replace(/^http/, 'ws')))

socket.addEventListener('message', ({ data }) => {
  const text = String(data)
  output.append(text.startsWith('error: ') ? `${text}\n` : text)
})
socket.addEventListener('close', () => output.append('(disconnected: reload the page)\n'))

document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault()
  output.append(`$ ${input.value}\n`)
  socket.send(input.value)
  input.value = ''
})
