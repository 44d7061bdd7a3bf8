import { useSyncExternalStore } from 'react'

/** `system` follows the machine. before-paint.js reads the same key before React is there. */
export type Theme = 'light' | 'dark' | 'system'
export const THEMES: readonly Theme[] = ['light', 'dark', 'system']
const STORED = 'trunkline-theme'
const CHANGED = 'trunkline-theme-changed'

function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORED)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}

function paint(): void {
  const theme = chosenTheme()
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORED, theme)
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
    document.documentElement.classList.toggle('dark', theme === 'dark')
  }
  window.dispatchEvent(new Event(CHANGED))
}

/** Follows the system's theme, and a choice made in another tab, for as long as the page is open. */
export function followTheme(): void {
  for (const changed of ['storage', CHANGED]) window.addEventListener(changed, paint)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint)
}

export function useTheme(): Theme {
  return useSyncExternalStore((notify) => {
    for (const changed of ['storage', CHANGED]) window.addEventListener(changed, notify)
    return () => {
      for (const changed of ['storage', CHANGED]) window.removeEventListener(changed, notify)
    }
  }, chosenTheme)
}
