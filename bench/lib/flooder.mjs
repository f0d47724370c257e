// A process of its own that reads a flood as fast as it can: the one who measures has its processor to itself.
//
//   node flooder.mjs URL TOKEN      prints "flowing" when the flood has begun

import { Viewer } from './viewer.mjs'

const [url = '', token = ''] = process.argv.slice(2)
const viewer = await Viewer.connect({ url, token })
let hasBegun = false
const { view } = viewer.watch({
  attachment: 1,
  onPayload: () => {
    if (!hasBegun) console.log('flowing')
    hasBegun = true
  },
})
await viewer.request('program.start', {
  program: 'exec',
  argv: ['yes'],
  tty: true,
  lifetime: 'client',
  view,
})
