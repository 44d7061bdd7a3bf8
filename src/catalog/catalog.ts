/** What can be connected here: the providers that are shipped, and those that operators declare while the hub runs. */
import type { Provider } from './define.ts'

export type Catalog = {
  list(): readonly Provider[]
  find(id: string): Provider | undefined
  /** Declared by an operator: its servers are not ours to trust. */
  isDeclared(id: string): boolean
  /** Grows with every change. */
  readonly revision: number
}

/** @param declared read at each call, by revision */
export function createCatalog(
  shipped: readonly Provider[],
  declared: { readonly content: readonly Provider[]; readonly revision: number } = {
    content: [],
    revision: 0,
  },
): Catalog {
  const ownIds = new Set(shipped.map(({ id }) => id))
  let seen = -1
  let all: readonly Provider[] = shipped
  let byId = new Map<string, Provider>()

  function look(): void {
    if (seen === declared.revision) return
    // A shipped provider keeps its id whatever a table says.
    all = [...shipped, ...declared.content.filter(({ id }) => !ownIds.has(id))]
    byId = new Map(all.map((provider) => [provider.id, provider]))
    seen = declared.revision
  }

  return {
    list() {
      look()
      return all
    },
    find(id) {
      look()
      return byId.get(id)
    },
    isDeclared(id) {
      look()
      return byId.has(id) && !ownIds.has(id)
    },
    get revision() {
      return declared.revision
    },
  }
}
