import { expect, test } from 'vitest'
import type { ConnectionBody, ProviderSummaryBody } from '../../http/wire.ts'
import { countCategories, groupEntries, isShown, joinEntries } from './overview.ts'

const provider = (id: string, rest: Partial<ProviderSummaryBody> = {}): ProviderSummaryBody => ({
  id,
  name: id,
  category: 'Calendar',
  summary: '',
  aliases: [],
  logo: null,
  mode: 'sandbox',
  primary_method: 'oauth2',
  starter: false,
  ...rest,
})

const connection = (
  id: string,
  of: string,
  status: ConnectionBody['status']['status'],
  rest: Partial<ConnectionBody> = {},
): ConnectionBody => ({
  id,
  provider: of,
  owner: { kind: 'person', id: 'p', name: 'Ada' },
  method: 'oauth2',
  mode: 'sandbox',
  status: { status, cause: null, detail: '', since: null, who: 'nobody', action: 'none' },
  account: { id, label: id, email: null },
  label: null,
  is_default: false,
  parameters: {},
  requested_scopes: [],
  granted_scopes: [],
  missing_scopes: [],
  capabilities: [],
  expires_at: null,
  refreshed_at: null,
  last_verified_at: null,
  trouble: null,
  created_at: `2026-01-0${id.at(-1)}T00:00:00Z`,
  disconnected_at: null,
  ...rest,
})

const entries = joinEntries(
  [
    provider('open'),
    provider('bare', { mode: 'unconfigured', category: 'Finance & Billing' }),
    provider('fine'),
    provider('broken'),
  ],
  [
    connection('c1', 'fine', 'connected'),
    connection('c2', 'broken', 'connected'),
    connection('c3', 'broken', 'connected', { is_default: true }),
    connection('c4', 'broken', 'connection_invalid'),
  ],
)

test('what needs somebody comes first, what cannot be used yet comes last', () => {
  expect(groupEntries(entries).map(({ name, entries: [first] }) => [name, first?.provider.id])).toEqual([
    ['attention', 'broken'],
    ['connected', 'fine'],
    ['available', 'open'],
    ['unconfigured', 'bare'],
  ])
})

test('of several accounts the broken one comes first, then the default, then the oldest', () => {
  const broken = entries.find((entry) => entry.provider.id === 'broken')
  expect(broken?.connections.map(({ id }) => id)).toEqual(['c4', 'c3', 'c2'])
})

test('filters keep what they name', () => {
  const shown = (filter: Parameters<typeof isShown>[1]) =>
    entries.filter((entry) => isShown(entry, filter)).map((entry) => entry.provider.id)
  expect(shown({})).toEqual(['open', 'bare', 'fine', 'broken'])
  expect(shown({ show: 'attention' })).toEqual(['broken'])
  expect(shown({ show: 'connected' })).toEqual(['fine', 'broken'])
  expect(shown({ show: 'open' })).toEqual(['open', 'bare'])
  expect(shown({ category: 'Calendar', show: 'open' })).toEqual(['open'])
  expect(countCategories(entries)).toEqual([
    { category: 'Calendar', count: 3 },
    { category: 'Finance & Billing', count: 1 },
  ])
})
