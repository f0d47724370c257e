import { describe, expect, test } from 'vitest'
import { createBrowserState, parseTexts } from '../../src/state/browser-state.ts'
import { createSettings, MAX_FONT_SIZE } from '../../src/state/settings.ts'
import { mapStore } from '../map-store.ts'

describe('what a browser remembers', () => {
  test('a value that somebody else wrote and that is none falls back', () => {
    const store = mapStore({
      'p:theme': '"purple"',
      'p:font-size': 'not json',
      'p:screen-reader': '1',
    })
    const settings = createSettings(createBrowserState({ store, prefix: 'p:' }))
    expect([settings.theme.value, settings.fontSize.value, settings.hasScreenReader.value]).toEqual(
      ['system', 13, false],
    )
  })

  test('a size of type out of range is brought into it', () => {
    const store = mapStore({ 'p:font-size': '4000' })
    const settings = createSettings(createBrowserState({ store, prefix: 'p:' }))
    expect(settings.fontSize.value).toBe(MAX_FONT_SIZE)
  })

  test('a store that throws, as in a private window, costs only the memory', () => {
    const refuse = (): never => {
      throw new Error('forbidden')
    }
    const browser = createBrowserState({ store: { getItem: refuse, setItem: refuse }, prefix: '' })
    const settings = createSettings(browser)
    settings.theme.value = 'dark'
    expect(settings.theme.value).toBe('dark')
  })

  test('nothing is written before something changes', () => {
    const store = mapStore()
    createSettings(createBrowserState({ store, prefix: 'p:' }))
    expect(store.getItem('p:theme')).toBeNull()
  })

  test('lists and records keep what has the right type', () => {
    expect(parseTexts(['a', 1, null, 'b'])).toEqual(['a', 'b'])
    expect([parseTexts('a'), parseTexts(null)]).toEqual([undefined, undefined])
  })
})
