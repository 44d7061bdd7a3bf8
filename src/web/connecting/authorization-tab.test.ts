import { expect, test } from 'vitest'
import { openAuthorizationTab } from './authorization-tab.ts'

function fakeTab() {
  const visited: string[] = []
  const element = () => ({ style: {} as Record<string, string>, textContent: '' })
  const tab = {
    closed: false,
    opener: {} as unknown,
    document: { title: '', body: element(), documentElement: element() },
    location: { replace: (url: string) => visited.push(url) },
    close: () => undefined,
  }
  return { tab, visited, open: (() => tab) as unknown as Window['open'] }
}

test('the tab is sent on without an opener', () => {
  const { tab, visited, open } = fakeTab()
  expect(openAuthorizationTab({ open, waitingText: 'Opening' }).go('https://provider.test/a')).toBe(true)
  expect(visited).toEqual(['https://provider.test/a'])
  expect(tab.opener).toBe(null)
})

test.each([
  ['answers null', () => null],
  [
    'throws',
    () => {
      throw new Error('sandboxed')
    },
  ],
  ['answers a closed tab', () => ({ closed: true })],
])('a browser whose window.open %s has blocked the tab', (_, open) => {
  expect(
    openAuthorizationTab({ open: open as Window['open'], waitingText: '' }).go('https://provider.test'),
  ).toBe(false)
})

test('a tab that the person closed meanwhile is not reported as opened', () => {
  const { tab, open } = fakeTab()
  const opened = openAuthorizationTab({ open, waitingText: '' })
  tab.closed = true
  expect(opened.go('https://provider.test')).toBe(false)
})
