import { expect, test } from 'vitest'
import { readSameTabMark } from './same-tab.ts'

const storageWith = (mark: unknown) => ({ getItem: () => (mark === undefined ? null : JSON.stringify(mark)) })

test('the mark leads back for its own attempt only', () => {
  const storage = storageWith({ attempt: 'a1', back: '/integrations/github?tab=setup' })
  expect(readSameTabMark({ attempt: 'a1', storage })).toBe('/integrations/github?tab=setup')
  expect(readSameTabMark({ attempt: 'a2', storage })).toBe(null)
  expect(readSameTabMark({ attempt: null, storage })).toBe(null)
})

test.each([
  '//evil.test',
  '/\\evil.test',
  '/\t/evil.test',
  'https://evil.test',
  'javascript:alert(1)',
  '',
  5,
])('the mark never leads to %j', (back) => {
  expect(readSameTabMark({ attempt: 'a1', storage: storageWith({ attempt: 'a1', back }) })).toBe(null)
})

test.each([undefined, null, 'text', { attempt: 'a1' }])('%j in storage is no mark', (mark) => {
  expect(readSameTabMark({ attempt: 'a1', storage: storageWith(mark) })).toBe(null)
})
