import { describe, expect, test } from 'vitest'
import { createBarState, isFolderChange } from '../../src/state/bar-state.ts'
import { createBrowserState } from '../../src/state/browser-state.ts'
import { mapStore } from '../map-store.ts'

describe('a folder change', () => {
  test.each(['cd', 'cd ..', ' cd /tmp/x ', 'cd "my folder"', "cd 'a b'", 'cd -- -odd', 'cd ~/src'])(
    'is %j',
    (line) => expect(isFolderChange(line)).toBe(true),
  )

  test.each(['cdx', 'cd a && ls', 'cd a; ls', 'cd $(pwd)', 'cd "$HOME"', 'ls', 'cd a b', 'cd `x`'])(
    'is not %j',
    (line) => expect(isFolderChange(line)).toBe(false),
  )
})

describe('the bar', () => {
  test('remembers text, folder and lines for the next visit', () => {
    const store = mapStore()
    const bar = createBarState(createBrowserState({ store, prefix: 'p:' }))
    bar.text.value = 'half a comm'
    bar.enterFolder('/srv')
    bar.addLine('make')
    const next = createBarState(createBrowserState({ store, prefix: 'p:' }))
    expect([next.text.value, next.folder.value, next.history.value]).toEqual([
      'half a comm',
      '/srv',
      ['make'],
    ])
  })

  test('offers each folder once, the last one first', () => {
    const bar = createBarState(createBrowserState({ store: undefined, prefix: '' }))
    for (const folder of ['/a', '/b', '/a', '']) bar.enterFolder(folder)
    expect([bar.recentFolders.value, bar.folder.value]).toEqual([['/a', '/b'], ''])
  })
})
