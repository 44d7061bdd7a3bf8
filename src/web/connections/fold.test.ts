import { expect, test } from 'vitest'
import type { TimelineEntryBody } from '../../http/wire.ts'
import { foldTimeline } from './fold.ts'

const entry = (id: string, title: string, actor: string | null = null): TimelineEntryBody => ({
  id,
  at: '2026-11-21T10:00:00Z',
  kind: 'refreshed',
  title,
  actor,
  detail: {},
})

test('neighbours that say the same are one run, in order, and nothing is lost', () => {
  const entries = [entry('1', 'a'), entry('2', 'a'), entry('3', 'b'), entry('4', 'a'), entry('5', 'a', 'Ada')]
  const runs = foldTimeline(entries)
  expect(runs.map(({ newest, older }) => [newest.id, ...older.map(({ id }) => id)])).toEqual([
    ['1', '2'],
    ['3'],
    ['4'],
    ['5'],
  ])
  expect(foldTimeline([])).toEqual([])
})
