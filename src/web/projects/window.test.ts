import { expect, test } from 'vitest'
import { rowsInView, scrollTo } from './window.ts'

const view = { count: 5000, rowHeight: 44, height: 440, beside: 4 }

test('draws what is in view and some on either side, whatever the length', () => {
  expect(rowsInView({ ...view, scrollTop: 0 })).toEqual({ first: 0, last: 14 })
  expect(rowsInView({ ...view, scrollTop: 44 * 100 })).toEqual({ first: 96, last: 114 })
  expect(rowsInView({ ...view, scrollTop: 44 * 4990 })).toEqual({ first: 4986, last: 5000 })
  expect(rowsInView({ ...view, count: 3, scrollTop: 0 })).toEqual({ first: 0, last: 3 })
  // The list got shorter under a scrolled view.
  expect(rowsInView({ ...view, count: 2, scrollTop: 4400 })).toEqual({ first: 2, last: 2 })
})

test('scrolls only as far as the row needs', () => {
  const at = (row: number, scrollTop: number) => scrollTo({ row, rowHeight: 44, height: 440, scrollTop })
  expect(at(5, 0)).toBeUndefined()
  expect(at(10, 0)).toBe(44)
  expect(at(0, 100)).toBe(0)
  expect(at(4999, 0)).toBe(5000 * 44 - 440)
})
