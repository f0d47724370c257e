import { expect, test } from 'vitest'
import { contrast, paletteColor, parseColor, readableOn, toHex } from '../../src/terminal/color.ts'

test('the palette is the cube and the greys of xterm', () => {
  expect([16, 21, 46, 196, 231, 232, 255].map((index) => toHex(paletteColor(index)))).toEqual([
    '#000000',
    '#0000ff',
    '#00ff00',
    '#ff0000',
    '#ffffff',
    '#080808',
    '#eeeeee',
  ])
})

test('every colour of the palette becomes readable on both grounds, and stays when it is', () => {
  for (const ground of [0x101517, 0xfbfcfc]) {
    for (let index = 16; index < 256; index += 1) {
      const color = paletteColor(index)
      const shown = readableOn(ground, color)
      expect(contrast(ground, shown)).toBeGreaterThanOrEqual(4.5)
      expect(shown === color).toBe(contrast(ground, color) >= 4.5)
    }
  }
})

test('colours are read as browsers write them', () => {
  expect([
    parseColor('#2fb8a6'),
    parseColor('rgb(47, 184, 166)'),
    parseColor('rgba(47 184 166 / 1)'),
  ]).toEqual([0x2fb8a6, 0x2fb8a6, 0x2fb8a6])
  expect(parseColor('oklch(1 0 0)')).toBeUndefined()
})
