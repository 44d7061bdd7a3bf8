import Fuse from 'fuse.js/basic'
import type { ProviderSummaryBody } from '../../http/wire.ts'

type Searchable = Pick<ProviderSummaryBody, 'id' | 'name' | 'aliases' | 'category' | 'summary'>

/** Finds by name, alias, category and purpose; a typo or two does not matter. Best first. */
export function createSearch<T>(
  items: readonly T[],
  describe: (item: T) => Searchable,
): (words: string) => T[] {
  const documents = items.map((item) => ({ item, ...describe(item) }))
  const fuse = new Fuse(documents, {
    keys: [
      { name: 'name', weight: 6 },
      { name: 'aliases', weight: 4 },
      { name: 'category', weight: 1 },
      { name: 'summary', weight: 1 },
    ],
    threshold: 0.34,
    ignoreLocation: true,
    ignoreDiacritics: true,
    minMatchCharLength: 2,
    includeScore: true,
  })
  return (words) => {
    const typed = words.trim()
    if (typed === '') return [...items]
    // One letter is too little for fuzziness: whatever begins with it.
    if (typed.length === 1)
      return documents.filter((d) => d.name.toLowerCase().startsWith(typed.toLowerCase())).map((d) => d.item)
    return fuse.search(typed).map(({ item }) => item.item)
  }
}
