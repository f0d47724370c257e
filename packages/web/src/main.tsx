// The page starts here: makes its parts, draws them, logs in. Before: index.html; after: app/app.tsx.

import { render } from 'preact'
import '@xterm/xterm/css/xterm.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/sidebar.css'
import './styles/stream.css'
import './styles/terminal.css'
import './styles/floating.css'
import './styles/login.css'
import './styles/phone.css'
import { Root } from './app/app.tsx'
import { createApp } from './app/create-app.ts'
import { followHabits } from './app/habits.ts'
import { listenForKeys } from './app/keyboard.ts'
import { addMachineFont, loadMachineFont } from './app/machine-font.ts'
import { followVisibleHeight } from './phone/visible-height.ts'
import { secretInHash, shareInAddress, tokenInHash } from './state/login.ts'
import { browserStore } from './state/browser-store.ts'

const address = new URL('.', location.href).href
const isShare = shareInAddress(address) !== undefined
const token = isShare ? secretInHash(location.hash) : tokenInHash(location.hash)
// A token in the address would stay in the history, and in every picture of the window.
if (token !== undefined) history.replaceState(null, '', location.pathname + location.search)

addMachineFont()
const app = createApp({ address, store: browserStore() })
followVisibleHeight(document.documentElement)
followHabits(app)
listenForKeys(app.actions, app.floating)
const page = document.querySelector('#page')
if (page !== null) render(<Root app={app} />, page)
// Cells are measured in this font: a terminal that is drawn before it is there would be drawn twice.
await loadMachineFont()
await app.connection.start(token)
