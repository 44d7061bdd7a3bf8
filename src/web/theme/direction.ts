/**
 * The direction of text. English is written from left to right; the other way serves translations, and those who test
 * them. `?dir=rtl` sets it as well: before-paint.js reads both.
 */
export type TextDirection = 'ltr' | 'rtl'
const STORED = 'trunkline-direction'

export function directionNow(): TextDirection {
  return document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr'
}

/** The page is loaded again: components read the direction once. */
export function setDirection(direction: TextDirection): void {
  try {
    if (direction === 'ltr') localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, direction)
  } catch {
    // Storage is switched off: the address keeps it, as long as it is open.
  }
  const url = new URL(window.location.href)
  url.searchParams.set('dir', direction)
  window.location.assign(url)
}
