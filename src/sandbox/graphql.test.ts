import { expect, test } from 'vitest'
import { execute, GraphqlProblem, GraphqlSyntaxProblem, type Value } from './graphql.ts'

const people: Record<string, Value> = {
  ada: { id: 'ada', name: 'Ada', tags: ['a', 'b'], settings: { dark: true } },
  bruno: { id: 'bruno', name: 'Bruno', tags: [], settings: {} },
}
const roots = {
  query: {
    person: ({ id }: Record<string, unknown>) => people[String(id)] ?? null,
    people: ({ first }: Record<string, unknown>) => ({
      nodes: Object.values(people).slice(0, typeof first === 'number' ? first : 50),
      count: ({ of }: Record<string, unknown>) => `${String(of)}:2`,
    }),
    echo: ({ value }: Record<string, unknown>) => JSON.stringify(value),
    broken: () => {
      throw new GraphqlProblem('No.', { code: 'FORBIDDEN' })
    },
  },
  mutation: { rename: ({ to }: Record<string, unknown>) => ({ success: true, name: String(to) }) },
}
const run = (query: string, variables = {}, operationName?: string) =>
  execute({ query, variables, operationName, roots })

test.each<[string, object, object]>([
  ['{ person(id: "ada") { id name } }', {}, { person: { id: 'ada', name: 'Ada' } }],
  ['query ($id: ID!) { who: person(id: $id) { name } }', { id: 'bruno' }, { who: { name: 'Bruno' } }],
  ['query Q($n: Int = 1) { people(first: $n) { nodes { id } } }', {}, { people: { nodes: [{ id: 'ada' }] } }],
  ['{ people { count(of: x) } }', {}, { people: { count: 'x:2' } }],
  ['{ person(id: "nobody") { id } }', {}, { person: null }],
  ['{ person(id: "ada") { nickname } }', {}, { person: { nickname: null } }],
  ['{ person(id: "ada") { settings tags } }', {}, { person: { settings: { dark: true }, tags: ['a', 'b'] } }],
  [
    'fragment P on Person { id ...N } fragment N on Person { name } query { person(id: "ada") { ...P ... on Person { tags } } }',
    {},
    { person: { id: 'ada', name: 'Ada', tags: ['a', 'b'] } },
  ],
  [
    'query ($yes: Boolean!) { person(id: "ada") { id @include(if: $yes) name @skip(if: $yes) } }',
    { yes: true },
    { person: { id: 'ada' } },
  ],
  [
    'query ($v: X) { echo(value: { a: [1, -2.5, "q\\"", true, null, ENUM], b: $v, c: $absent }) }',
    { v: { deep: [] } },
    { echo: '{"a":[1,-2.5,"q\\"",true,null,"ENUM"],"b":{"deep":[]}}' },
  ],
  ['{ person(id: "ada") { id } person(id: "ada") { name } }', {}, { person: { id: 'ada', name: 'Ada' } }],
  [
    '# a comment\nmutation { rename(to: """ Ada """) { success, name } }',
    {},
    { rename: { success: true, name: 'Ada' } },
  ],
])('%s', (query, variables, expected) => {
  expect(run(query, variables)).toEqual(expected)
})

test('an operation is chosen by its name', () => {
  const two = 'query A { person(id: "ada") { id } } query B { person(id: "bruno") { id } }'
  expect(run(two, {}, 'B')).toEqual({ person: { id: 'bruno' } })
  expect(() => run(two, {}, 'C')).toThrow(GraphqlSyntaxProblem)
})

test.each([
  '',
  '{',
  '{ nothing }',
  'mutation { person { id } }',
  '{ person(id: ) }',
  '{ ...Lost }',
  '{ a % b }',
])('cannot be carried out: %j', (query) => {
  expect(() => run(query)).toThrow(GraphqlSyntaxProblem)
})

test('the problem of a resolver comes through with its extensions', () => {
  expect(() => run('{ broken }')).toThrow(expect.objectContaining({ extensions: { code: 'FORBIDDEN' } }))
})
