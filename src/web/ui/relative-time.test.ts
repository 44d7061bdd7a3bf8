import { expect, test } from 'vitest'
import { relativeTime } from './relative-time.ts'

const now = Date.parse('2026-11-21T12:00:00Z')

test.each([
  ['2026-11-21T11:59:30Z', 'now'],
  ['2026-11-21T12:00:20Z', 'now'],
  ['2026-11-21T11:55:00Z', '5 minutes ago'],
  ['2026-11-21T14:59:00Z', 'in 2 hours'],
  ['2026-11-20T11:00:00Z', 'yesterday'],
  ['2026-08-01T00:00:00Z', '3 months ago'],
  ['2024-01-01T00:00:00Z', '2 years ago'],
])('%s is %s', (iso, text) => {
  expect(relativeTime({ from: Date.parse(iso), now, locale: 'en' })).toBe(text)
})
