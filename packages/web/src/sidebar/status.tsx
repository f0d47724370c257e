// Owns the foot of the sidebar: how the connection stands, and the settings.

import type { VNode } from 'preact'
import { THEMES } from '../state/settings.ts'
import type { MenuItem } from '../state/floating.ts'
import { useApp, type AppWithActions } from '../ui/app-context.ts'
import { wordsOf } from '../ui/connection-words.tsx'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'

export function Status(): VNode {
  const app = useApp()
  const { connection, clock } = app
  const isConnected = connection.isConnected.value
  // Only a countdown needs the seconds.
  const now = isConnected ? clock.now() : clock.seconds.value
  const words = wordsOf(connection.state.value, now, {
    latencyMs: connection.latencyMs.value,
    hostSilentSinceMs: connection.hostSilentSinceMs.value,
  })
  const state = { good: 'running', waiting: 'ended', failed: 'failed' }[words.tone]
  return (
    <footer class="status">
      <svg class={`mark ${state}`} viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r={isConnected ? 3 : 4} />
      </svg>
      <span class="words one-line" title={words.text}>
        {words.short ?? words.text}
      </span>
      <button
        type="button"
        class="control square"
        aria-label="Settings"
        aria-haspopup="menu"
        onClick={(event) => {
          app.floating.menu.value = {
            title: 'Settings',
            items: settingsItems(app),
            ...below(event),
          }
        }}
      >
        <Icon name="settings" />
      </button>
    </footer>
  )
}

function settingsItems(app: AppWithActions): readonly (MenuItem | undefined)[] {
  const { settings, actions } = app
  const item = (id: string): MenuItem[] =>
    actions.filter((action) => action.id === id).map(({ label, run }) => ({ label, run }))
  return [
    ...THEMES.map((theme) => ({
      label: theme === 'system' ? 'Colours of the system' : theme === 'dark' ? 'Dark' : 'Light',
      run: () => {
        settings.theme.value = theme
      },
      isChosen: settings.theme.peek() === theme,
    })),
    undefined,
    ...item('size-Larger type'),
    ...item('size-Smaller type'),
    undefined,
    {
      label: 'Screen reader mode',
      run: () => {
        settings.hasScreenReader.value = !settings.hasScreenReader.peek()
      },
      isChosen: settings.hasScreenReader.peek(),
    },
    {
      label: 'Programs may fill the clipboard',
      run: () => {
        settings.mayWriteClipboard.value = !settings.mayWriteClipboard.peek()
      },
      isChosen: settings.mayWriteClipboard.peek(),
    },
    undefined,
    ...item('keys'),
    ...item('log-out'),
  ]
}
