// Owns how notices are shown: below, quietly, read out by screen readers.

import type { VNode } from 'preact'
import { useApp } from './app-context.ts'
import { Icon } from './icon.tsx'

export function NoticeLayer(): VNode {
  const { floating } = useApp()
  return (
    <div class="notices" role="status" aria-label="Notices">
      {floating.notices.value.map(({ id, text, tone }) => (
        <div key={id} class={`notice floating ${tone}`}>
          <p>{text}</p>
          <button
            type="button"
            class="control square"
            aria-label="Dismiss"
            onClick={() => floating.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
