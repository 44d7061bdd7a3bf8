import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { soon } from './live-updates.tsx'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a burst is two readings: one at once, one when it is over', () => {
  let reads = 0
  const lists = soon(() => (reads += 1))
  for (let change = 0; change < 500; change += 1) lists.ask()
  expect(reads).toBe(1)
  vi.advanceTimersByTime(5000)
  expect(reads).toBe(2)
  lists.ask()
  expect(reads).toBe(3)
  lists.ask()
  lists.stop()
  vi.advanceTimersByTime(5000)
  expect(reads).toBe(3)
})
