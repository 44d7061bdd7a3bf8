/** Links lead somewhere, paths that pages name exist, and every page can be reached. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { listPages, proseOf, readPage, root } from './pages.ts'

const pages = listPages()

/** Relative targets of a page's links and pictures. */
function linksOf(page: string): string[] {
  const prose = page.replace(/^ *```[^]*?^ *```$/gm, '')
  const found = [...prose.matchAll(/\]\(([^()\s]+)\)/g), ...prose.matchAll(/(?:src|srcset|href)="([^"\s]+)/g)]
  return found.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/i.test(target))
}

/** As GitHub makes them: lower case, words joined by hyphens, no punctuation. */
function anchorsOf(page: string): Set<string> {
  const headings = [...page.replace(/^ *```[^]*?^ *```$/gm, '').matchAll(/^#+ (.+)$/gm)]
  return new Set(
    headings.map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )
}

test('there are pages to look at', () => {
  expect(pages.length).toBeGreaterThan(40)
  expect(pages.flatMap((path) => linksOf(readPage(path))).length).toBeGreaterThan(120)
})

test.each(pages)('%s: every relative link and picture resolves', (path) => {
  for (const target of linksOf(readPage(path))) {
    const [file = '', anchor] = target.split('#')
    const found = file === '' ? path : normalize(join(dirname(path), file))
    expect(existsSync(join(root, found)), `${path} links to ${target}`).toBe(true)
    if (anchor) expect([...anchorsOf(readPage(found))], `${path} links to ${target}`).toContain(anchor)
  }
})

test.each(pages)('%s: every path of this repository that it names exists', (path) => {
  const named = readPage(path).matchAll(/`((?:src|test|tools|bin|bench|docs|examples|forge)\/[\w./-]*)`/g)
  for (const [, name = ''] of named) expect(existsSync(join(root, name)), `${path} names ${name}`).toBe(true)
})

test('every page is linked from another one', () => {
  const linked = new Set(
    pages.flatMap((path) =>
      linksOf(readPage(path)).map((target) => normalize(join(dirname(path), target.split('#')[0] ?? ''))),
    ),
  )
  expect(pages.filter((path) => path !== 'README.md' && !linked.has(path))).toEqual([])
})

test('each folder of src has a chapter, and each chapter a folder', () => {
  const folders = readdirSync(join(root, 'src')).filter((name) =>
    statSync(join(root, 'src', name)).isDirectory(),
  )
  const chapters = readdirSync(join(root, 'docs/concepts')).map((name) => name.replace(/\.md$/, ''))
  expect(chapters.filter((name) => name !== 'README').sort()).toEqual(folders.sort())
})

test('the README stays short', () => {
  const lines = readPage('README.md').trimEnd().split('\n').length
  expect(lines).toBeGreaterThanOrEqual(100)
  expect(lines).toBeLessThanOrEqual(150)
})

test.each(pages)('%s: no word that belittles the reader’s trouble', (path) => {
  expect(proseOf(readPage(path)).match(/\b(?:just|simply|easy|easily)\b/gi)).toBeNull()
})
