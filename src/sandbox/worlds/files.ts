/** One small tree of documents, as the file services of the sandbox see it. */
export type Node = {
  id: string
  /** Absent: a folder. */
  content?: string
  name: string
  /** Id of the folder it lies in; the root's own is its id. */
  parent: string
  modified: number
  version: number
}

export type Tree = { root: string; nextId: number; nodes: Record<string, Node> }

/** @param makeId ids are made by the service's own pattern; `0` is the root */
export function seedTree(now: number, makeId: (number: number) => string): Tree {
  const day = 86_400_000
  const tree: Tree = { root: makeId(0), nextId: 1, nodes: {} }
  const add = (name: string, parent: string, days: number, content?: string) =>
    addNode(tree, makeId, { name, parent, now: now - days * day, ...(content !== undefined && { content }) })
      .id
  const documents = add('Documents', tree.root, 40)
  add('Service plan.md', documents, 2, '# Service plan\n\nBrakes every 90 days.\n')
  add('Fleet.csv', documents, 5, 'bicycle,due\nFH-001,2026-12-01\nFH-002,2026-12-08\n')
  const photos = add('Photos', tree.root, 60)
  add('Workshop.txt', photos, 20, 'A picture of the workshop would be here.\n')
  add('Price list 2027.csv', tree.root, 1, 'item,price\nbell,12.00\nbasket,29.00\n')
  return tree
}

export function addNode(
  tree: Tree,
  makeId: (number: number) => string,
  given: { name: string; parent: string; now: number; content?: string },
): Node {
  const { now, ...rest } = given
  const node: Node = { id: makeId(tree.nextId++), ...rest, modified: now, version: 1 }
  tree.nodes[node.id] = node
  return node
}

export function childrenOf(tree: Tree, folder: string): Node[] {
  return Object.values(tree.nodes)
    .filter(({ parent }) => parent === folder)
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** Names from the top down, the node's own last. */
export function pathOf(tree: Tree, node: Node): string[] {
  const above = tree.nodes[node.parent]
  return [...(above ? pathOf(tree, above) : []), node.name]
}

/** As file services compare names: without regard to case. */
export function findByPath(tree: Tree, path: string): Node | 'root' | undefined {
  const names = path.split('/').filter(Boolean)
  let here: Node | 'root' | undefined = 'root'
  for (const name of names) {
    const folder: string = here === 'root' ? tree.root : here.id
    here = childrenOf(tree, folder).find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (!here) return undefined
  }
  return here
}

export function searchNames(tree: Tree, words: string): Node[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return Object.values(tree.nodes).filter(({ name }) =>
    wanted.every((word) => name.toLowerCase().includes(word)),
  )
}

export function removeNode(tree: Tree, id: string): void {
  for (const child of childrenOf(tree, id)) removeNode(tree, child.id)
  delete tree.nodes[id]
}
