// Owns what terminals may ask of the page: the size of type, the clipboard, a question to the person.

import type { DisplayPage } from '../terminal/display.ts'
import type { App } from './app-context.ts'
import { copyText } from './copy-text.ts'

export function displayPage(app: App): DisplayPage {
  return {
    fontSize: app.settings.fontSize,
    isConnected: app.connection.isConnected,
    mayWriteClipboard: app.settings.mayWriteClipboard,
    copy: (text, done) => copyText(app, text, done),
    async confirm({ title, body, detail, agree }) {
      const choices = [{ label: agree, value: 'yes', tone: 'primary' }] as const
      return (await app.floating.ask({ title, body, detail, choices })) === 'yes'
    },
  }
}
