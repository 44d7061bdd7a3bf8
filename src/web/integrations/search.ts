import Fuse from 'fuse.js/basic'
import type { ProviderSummaryBody } from '../../http/wire.ts'

type Searchable = Pick<ProviderSummaryBody, 'id' | 'name' | 'aliases' | 'category' | 'summary'>

/**
 * Finds by name and alias, typos forgiven (two letters of five, which covers two that changed places); behind those,
 * by the exact words of category and purpose. Best first.
 */
export function createSearch<T>(
  items: readonly T[],
  describe: (item: T) => Searchable,
): (words: string) => T[] {
  const documents = items.map((item) => ({ item, ...describe(item) }))
  const fuse = new Fuse(documents, {
    keys: [
      { name: 'name', weight: 3 },
      { name: 'aliases', weight: 2 },
    ],
    threshold: 0.4,
    ignoreLocation: true,
    ignoreDiacritics: true,
    minMatchCharLength: 2,
  })
  return (words) => {
    const typed = words.trim().toLowerCase()
    if (typed === '') return [...items]
    // One or two letters are too little for fuzziness: whatever has a word or an alias that begins with them.
    const named =
      typed.length <= 2
        ? documents.filter(({ name, aliases }) =>
            [...name.split(/\s+/), ...aliases].some((word) => startsWith(word, typed)),
          )
        : fuse.search(typed).map(({ item }) => item)
    const parts = typed.split(/\s+/)
    const described = documents.filter(({ category, summary }) => {
      const text = `${category} ${summary}`.toLowerCase()
      return typed.length > 2 && parts.every((part) => text.includes(part))
    })
    return [...new Set([...named, ...described])].map(({ item }) => item)
  }
}

function startsWith(word: string, typed: string): boolean {
  return word.toLowerCase().startsWith(typed)
}
