import { expect, test } from 'vitest'
import { POLL_EVERY, WATCH_FOR, loadWatched, pollInterval, saveWatched } from './watch.ts'

test('asks every two seconds for four minutes', () => {
  expect([POLL_EVERY, WATCH_FOR]).toEqual([2000, 240_000])
  const asked = { status: 'pending', startedAt: 1000 } as const
  expect(pollInterval({ ...asked, now: 1000 })).toBe(2000)
  expect(pollInterval({ ...asked, now: 240_999 })).toBe(2000)
  expect(pollInterval({ ...asked, now: 241_000 })).toBe(false)
})

test.each(['succeeded', 'failed', 'expired', 'cancelled'] as const)('asks no more once %s', (status) => {
  expect(pollInterval({ status, startedAt: 0, now: 1 })).toBe(false)
})

test.each(['pending', 'decision_required', 'proof_required', undefined] as const)(
  'goes on asking while %s',
  (status) => {
    expect(pollInterval({ status, startedAt: 0, now: 1 })).toBe(2000)
  },
)

test('what was watched survives a reload; anything else in storage is ignored', () => {
  const values = new Map<string, string>()
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => values.set(key, value),
  } as unknown as Storage
  const watched = [{ id: 'a', provider: 'github', providerName: 'GitHub', startedAt: 5 }]
  saveWatched(storage, watched)
  expect(loadWatched(storage)).toEqual(watched)
  values.set('trunkline-attempts', '[{"id":5},null]')
  expect(loadWatched(storage)).toEqual([])
  values.set('trunkline-attempts', 'nonsense')
  expect(loadWatched(storage)).toEqual([])
})
