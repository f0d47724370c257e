// Owns how much of the window is visible above a phone's keyboard: the page is exactly as high as that, so what one
// types in is never under it.

/** What a keyboard takes at least; a browser's own bars come and go with less. CSS pixels. */
const KEYBOARD_LEAST = 140

/** Sets `--visible-height` and `data-keyboard` for as long as the page lives. */
export function followVisibleHeight(page: HTMLElement): void {
  const viewport = window.visualViewport
  if (viewport === null) return
  let tallest = 0
  let width = 0
  const update = (): void => {
    // Zoomed in: the page keeps its size, one looks around in it.
    if (viewport.scale > 1.01) return
    if (viewport.width !== width) tallest = 0
    width = viewport.width
    tallest = Math.max(tallest, viewport.height)
    page.style.setProperty('--visible-height', `${viewport.height}px`)
    const isCoarse = window.matchMedia('(pointer: coarse)').matches
    page.toggleAttribute('data-keyboard', isCoarse && tallest - viewport.height > KEYBOARD_LEAST)
    // Browsers scroll a focused field into view by moving everything: there is nothing to scroll to.
    window.scrollTo(0, 0)
  }
  viewport.addEventListener('resize', update)
  viewport.addEventListener('scroll', update)
  update()
}
