// Owns where commands run: the bar's folder, and the menu of those used before.

import type { VNode } from 'preact'
import { useApp } from '../ui/app-context.ts'
import { formatPath } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { focusBar } from '../ui/focus.ts'

export function FolderButton(): VNode {
  const { bar, floating } = useApp()
  const { value: folder } = bar.folder
  const name = folder === '' ? '~' : formatPath(folder)
  const enter = (path: string): void => {
    bar.enterFolder(path)
    focusBar()
  }
  const open = (event: MouseEvent): void => {
    const choice = (path: string, label: string) => ({
      label,
      run: () => enter(path),
      isChosen: path === folder,
    })
    floating.menu.value = {
      title: 'Commands run in',
      items: [
        choice('', '~ (home)'),
        ...bar.recentFolders.peek().map((path) => choice(path, formatPath(path))),
        undefined,
        {
          label: 'Another folder: run `cd folder`',
          run: () => {
            bar.text.value = 'cd '
            focusBar()
          },
        },
      ],
      ...below(event),
    }
  }
  return (
    <button
      type="button"
      class="control bar-folder"
      aria-haspopup="menu"
      aria-label={`Commands run in ${name}`}
      title={folder || 'your home folder'}
      onClick={open}
    >
      <span class="one-line machine">{name}</span>
      <Icon name="chevron" />
    </button>
  )
}
