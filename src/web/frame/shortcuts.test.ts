import { expect, test } from 'vitest'
import { readKey } from './shortcuts.ts'

const press = (key: string, modifiers: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
})
const calm = { plain: true, typing: false, waiting: false }

test('Ctrl-K and Cmd-K search wherever the focus is', () => {
  expect(readKey(press('k', { ctrlKey: true }), { ...calm, typing: true })).toBe('search')
  expect(readKey(press('K', { metaKey: true }), { ...calm, plain: false })).toBe('search')
  expect(readKey(press('k', { ctrlKey: true, shiftKey: true }), calm)).toBeNull()
})

test('plain letters act only where nothing is typed, and can be turned off', () => {
  expect(readKey(press('?', { shiftKey: true }), calm)).toBe('help')
  expect(readKey(press('/'), calm)).toBe('find')
  expect(readKey(press('g'), calm)).toBe('go')
  expect(readKey(press('i'), { ...calm, waiting: true })).toEqual({ goTo: 'i' })
  for (const key of ['?', '/', 'g']) {
    expect(readKey(press(key), { ...calm, typing: true })).toBeNull()
    expect(readKey(press(key), { ...calm, plain: false })).toBeNull()
  }
})
