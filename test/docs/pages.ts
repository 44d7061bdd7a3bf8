/** The pages of the documentation, as tests read them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** Every page, as a path below the root. */
export function listPages(): string[] {
  const own = readdirSync(root).filter((name) => name.endsWith('.md'))
  const below = ['docs', 'examples', 'forge'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  )
  return [...own, ...below].sort()
}

export function readPage(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** A page without its code: neither blocks nor spans. */
export function proseOf(page: string): string {
  return page.replace(/^ *```[^]*?^ *```$/gm, '').replace(/`[^`\n]*`/g, '')
}

/** Rows of all tables, cell by cell, heads and rules left out. */
export function tableRows(page: string): string[][] {
  const lines = page.split('\n')
  return lines.flatMap((line, index) => {
    const isHead = /^\| *:?---/.test(lines[index + 1] ?? '')
    if (!line.startsWith('|') || isHead || /^\| *:?---/.test(line)) return []
    return [
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ]
  })
}

/** What stands in backticks at the beginning of a cell. */
export function codeOf(cell: string | undefined): string {
  return /^`([^`]+)`/.exec(cell ?? '')?.[1] ?? ''
}

/** Code blocks of one language. */
export function codeBlocks(page: string, language: string): string[] {
  const blocks = page.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)
  return [...blocks].filter(([, , found]) => found === language).map(([, , , code = '']) => code)
}
