import { expect, test } from 'vitest'
import type { MeBody } from '../../http/wire.ts'
import { ADMIN_PAGES, FURTHER_PAGES, isOpen, MAIN_PAGES, pagesFor } from './pages.ts'

const all = [...MAIN_PAGES, ...ADMIN_PAGES, ...FURTHER_PAGES]

test('a page below another belongs to it, and to no other of the header', () => {
  const open = (path: string) => MAIN_PAGES.filter((page) => isOpen(page, path)).map(({ to }) => to)
  expect(open('/')).toEqual(['/'])
  expect(open('/integrations/github')).toEqual(['/'])
  expect(open('/connections/con_1')).toEqual(['/connections'])
  expect(open('/admin/setup/slack')).toEqual(['/admin/setup'])
  expect(open('/admin/secrets')).toEqual(['/admin/setup'])
  expect(open('/integrationsfoo')).toEqual([])
})

test('members see no page for administrators', () => {
  const member = { role: 'member' } as MeBody
  // Keys of their own they have.
  expect(pagesFor(member, all).flatMap(({ to }) => (to.startsWith('/admin') ? to : []))).toEqual([
    '/admin/keys',
  ])
})

test('no two pages share a shortcut', () => {
  const keys = all.flatMap(({ key }) => key ?? [])
  expect(new Set(keys).size).toBe(keys.length)
})
