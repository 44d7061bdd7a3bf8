/** Shortcuts of the whole dashboard. Plain letters can be turned off (WCAG 2.2, 2.1.4). */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'
import { useMe } from '../api/hub-context.tsx'
import { ADMIN_PAGES, FURTHER_PAGES, MAIN_PAGES, type Page, pagesFor } from './pages.ts'

const STORED = 'trunkline-plain-shortcuts'
const CHANGED = 'trunkline-plain-shortcuts-changed'
/** The second letter has to follow the first within this time. */
const PATIENCE = 1500

function readPlain(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off'
  } catch {
    return true
  }
}

export function setPlainShortcuts(on: boolean): void {
  try {
    if (on) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, 'off')
  } catch {
    // Storage is switched off: they stay as they are.
  }
  window.dispatchEvent(new Event(CHANGED))
}

export function usePlainShortcuts(): boolean {
  return useSyncExternalStore((notify) => {
    for (const changed of ['storage', CHANGED]) window.addEventListener(changed, notify)
    return () => {
      for (const changed of ['storage', CHANGED]) window.removeEventListener(changed, notify)
    }
  }, readPlain)
}

/** What a key press asks for. `waiting`: `g` was pressed a moment ago. */
export function readKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  { plain, typing, waiting }: { plain: boolean; typing: boolean; waiting: boolean },
): 'search' | 'find' | 'help' | 'go' | { goTo: string } | null {
  const { ctrlKey, metaKey, altKey, shiftKey } = event
  const key = event.key.toLowerCase()
  if (ctrlKey || metaKey) return key === 'k' && !altKey && !shiftKey ? 'search' : null
  if (altKey || typing || !plain) return null
  if (waiting) return { goTo: key }
  if (key === '?') return 'help'
  if (key === '/') return 'find'
  return key === 'g' ? 'go' : null
}

export function useShortcuts({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }): void {
  const me = useMe()
  const navigate = useNavigate()
  const plain = usePlainShortcuts()
  useEffect(() => {
    let goSince = Number.NEGATIVE_INFINITY
    const pages = pagesFor(me, [...MAIN_PAGES, ...ADMIN_PAGES, ...FURTHER_PAGES])
    const open = (page: Page | undefined) => page && void navigate({ to: page.to })
    const listen = (event: KeyboardEvent) => {
      const asked = readKey(event, {
        plain,
        typing: isTyping(event.target),
        waiting: event.timeStamp - goSince < PATIENCE,
      })
      goSince = asked === 'go' ? event.timeStamp : Number.NEGATIVE_INFINITY
      // A dialog that asks something stays on top.
      if (asked === null || document.querySelector('[data-modal]')) return
      if (asked === 'search') onSearch()
      else if (asked === 'help') onHelp()
      else if (asked === 'find') {
        const field = document.querySelector<HTMLElement>('main input[type="search"]')
        if (!field) return
        field.focus()
      } else if (asked !== 'go') {
        const page = pages.find(({ key }) => key === asked.goTo)
        if (!page) return
        open(page)
      }
      event.preventDefault()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [me, navigate, onSearch, onHelp, plain])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input, textarea, select, [role="menuitem"], [role="option"]'))
  )
}
