// Owns which of the pages is shown, and the layers that float above it.

import type { VNode } from 'preact'
import { KeysLayer } from '../palette/keys-dialog.tsx'
import { PaletteLayer } from '../palette/palette.tsx'
import { AppContext, type AppWithActions } from '../ui/app-context.ts'
import { DialogLayer } from '../ui/dialog.tsx'
import { MenuLayer } from '../ui/menu.tsx'
import { NoticeLayer } from '../ui/notices.tsx'
import { ShareLayer } from '../session/share-dialog.tsx'
import { LoginView } from './login-view.tsx'
import { Page } from './page.tsx'
import { ShareOver } from './share-view.tsx'

export function Root({ app }: { readonly app: AppWithActions }): VNode {
  return (
    <AppContext.Provider value={app}>
      <Phase app={app} />
    </AppContext.Provider>
  )
}

function Phase({ app }: { readonly app: AppWithActions }): VNode | null {
  const { value: phase } = app.connection.phase
  // It takes one answer of the gateway to know more: nothing is calmer than nothing.
  if (phase === 'starting') return null
  if (phase === 'out') return app.connection.isShare ? <ShareOver /> : <LoginView />
  return (
    <>
      <Page />
      <PaletteLayer />
      <KeysLayer />
      <MenuLayer />
      <DialogLayer />
      <ShareLayer />
      <NoticeLayer />
    </>
  )
}
