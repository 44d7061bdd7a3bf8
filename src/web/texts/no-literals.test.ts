/** Every text that a person reads stands in src/web/texts: none in a component, neither as a child nor as a label. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSync } from 'vite'

const root = join(import.meta.dirname, '..')

/** Attributes that are read aloud or shown. */
const SPOKEN = new Set([
  'aria-label',
  'aria-description',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
  'alt',
  'title',
  'placeholder',
  'label',
])

type Node = { type: string; start: number; [key: string]: unknown }

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** Two letters in a row are a word of some language; signs and numbers are the same in all of them. */
const hasWords = (value: unknown): value is string => typeof value === 'string' && /\p{L}{2}/u.test(value)

/** The literals that `expression` may come to: both ends of a condition, and parts of a template. */
function literalsOf(expression: unknown): string[] {
  if (!isNode(expression)) return []
  if (expression.type === 'Literal') return hasWords(expression['value']) ? [expression['value']] : []
  if (expression.type === 'TemplateLiteral')
    return (expression['quasis'] as { value: { raw: string } }[])
      .map(({ value }) => value.raw)
      .filter(hasWords)
  if (expression.type === 'ConditionalExpression')
    return [...literalsOf(expression['consequent']), ...literalsOf(expression['alternate'])]
  if (expression.type === 'LogicalExpression')
    return [...literalsOf(expression['left']), ...literalsOf(expression['right'])]
  return []
}

export function findLiterals(file: string, source: string): string[] {
  const found: string[] = []
  const visit = (node: Node): void => {
    if (node.type === 'JSXText' && hasWords(node['value'])) found.push(node['value'].trim())
    if (node.type === 'JSXElement' || node.type === 'JSXFragment')
      for (const child of node['children'] as Node[])
        if (child.type === 'JSXExpressionContainer') found.push(...literalsOf(child['expression']))
    if (node.type === 'JSXAttribute') {
      const name = (node['name'] as Node)['name']
      const value = node['value']
      if (typeof name === 'string' && SPOKEN.has(name) && isNode(value))
        found.push(...literalsOf(value.type === 'JSXExpressionContainer' ? value['expression'] : value))
    }
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child)
  }
  visit(parseSync(file, source).program as unknown as Node)
  return found
}

test('components hold no text', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.tsx'),
  )
  expect(files.length).toBeGreaterThan(60)
  const found = files.flatMap((path) =>
    findLiterals(path, readFileSync(join(root, path), 'utf8')).map((text) => `${path}: ${text}`),
  )
  expect(found).toEqual([])
})

test.each([
  ['a child', '<p>Connected</p>', ['Connected']],
  ['an expression', '<p>{broken ? "Broken" : `All ${count} fine`}</p>', ['Broken', 'All ', ' fine']],
  ['what follows a condition', '<p>{broken && "Broken"}</p>', ['Broken']],
  ['a label', '<button aria-label="Close" />', ['Close']],
  ['a title in braces', '<i title={old ? "Old" : undefined} />', ['Old']],
  ['signs and classes', '<p className="mt-2">{a} · {"?"} {texts.title} (3)</p>', []],
])('finds %s', (_, jsx, expected) => {
  expect(findLiterals('x.tsx', `export const x = ${jsx}`)).toEqual(expected)
})
