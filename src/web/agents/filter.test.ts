import { expect, test } from 'vitest'
import type { AgentSummaryBody } from '../../http/wire.ts'
import { findAgents } from './filter.ts'

const agent = (id: string, tools: AgentSummaryBody['tools']): AgentSummaryBody =>
  ({ id, name: id, providers: [{ id, name: id }], tools }) as unknown as AgentSummaryBody
const agents = [
  agent('Github', [
    { name: 'github_create_issue', title: 'Create an issue', risk: 'write', state: 'available' },
    { name: 'github_list_issues', title: 'List issues', risk: 'read', state: 'turned_off' },
  ]),
  agent('Stripe', [{ name: 'stripe_refund', title: 'Refund', risk: 'destructive', state: 'turned_off' }]),
]
const found = (search: Parameters<typeof findAgents>[1]) =>
  findAgents(agents, search).map(({ agent: { id }, matching }) => [id, matching.map(({ name }) => name)])

test('agents are found by their name, or by tools, which are then shown', () => {
  expect(found({})).toEqual([
    ['Github', []],
    ['Stripe', []],
  ])
  expect(found({ q: 'git' })).toEqual([['Github', []]])
  expect(found({ q: 'issue create' })).toEqual([['Github', ['github_create_issue']]])
  expect(found({ q: 'nothing' })).toEqual([])
})

test('state and risk are those of one and the same tool', () => {
  expect(found({ risk: 'destructive' })).toEqual([['Stripe', []]])
  expect(found({ state: 'turned_off', risk: 'read' })).toEqual([['Github', []]])
  expect(found({ state: 'available', risk: 'read' })).toEqual([])
})
