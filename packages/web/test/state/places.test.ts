import { beforeEach, describe, expect, test } from 'vitest'
import { createBrowserState } from '../../src/state/browser-state.ts'
import { createPlaces, sessionInHash, type Places } from '../../src/state/places.ts'
import { mapStore } from '../map-store.ts'
import { idOf } from '../session-facts.ts'

const [a, b, c] = [idOf(1), idOf(2), idOf(3)]

describe('tabs', () => {
  let places: Places
  beforeEach(() => {
    places = createPlaces(createBrowserState({ store: undefined, prefix: '' }))
    for (const id of [a, b, c]) places.go(id)
  })

  test('going to a session opens it once, at the end', () => {
    places.go(a)
    expect([places.tabs.value, places.current.value]).toEqual([[a, b, c], a])
  })

  test('closing the one in front shows its neighbour to the right, else to the left', () => {
    places.go(b)
    places.close(b)
    expect([places.tabs.value, places.current.value]).toEqual([[a, c], c])
    places.close(c)
    expect(places.current.value).toBe(a)
  })

  test('closing the last one shows the stream', () => {
    for (const id of [a, b, c]) places.close(id)
    expect([places.tabs.value, places.current.value]).toEqual([[], 'stream'])
  })

  test('closing one behind changes nothing in front', () => {
    places.close(a)
    expect(places.current.value).toBe(c)
  })

  test('a tab is moved before another one, or to the end', () => {
    places.move(c, a)
    expect(places.tabs.value).toEqual([c, a, b])
    places.move(c, undefined)
    expect(places.tabs.value).toEqual([a, b, c])
  })

  test('the stream is the first of the places that keys count', () => {
    expect(places.all.value).toEqual(['stream', a, b, c])
  })
})

test('a reload comes back to the same tabs and the same place; rubbish in the store does not', () => {
  const store = mapStore({
    'p:tabs': JSON.stringify([a, 'rubbish', b]),
    'p:place': JSON.stringify(b),
  })
  const places = createPlaces(createBrowserState({ store, prefix: 'p:' }))
  expect([places.tabs.value, places.current.value]).toEqual([[a, b], b])
})

test('a place that is no tab any more is the stream', () => {
  const store = mapStore({ 'p:place': JSON.stringify(a) })
  expect(createPlaces(createBrowserState({ store, prefix: 'p:' })).current.value).toBe('stream')
})

test('an address may name a session', () => {
  expect(sessionInHash(`#s=${a}`)).toBe(a)
  expect([sessionInHash('#s=x'), sessionInHash(''), sessionInHash('#t=secret')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
