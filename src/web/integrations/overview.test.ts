import { expect, test } from 'vitest'
import type { ConnectionBody, ConnectionsOverviewBody, ProviderSummaryBody } from '../../http/wire.ts'
import {
  countAttention,
  countCategories,
  groupEntries,
  isConnectedWithSite,
  isShown,
  joinEntries,
  sortConnections,
} from './overview.ts'

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
  excluded: false,
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

const group = (
  of: string,
  connections: ConnectionBody[],
  owner: 'person' | 'organization' = 'person',
): ConnectionsOverviewBody['groups'][number] => ({
  provider: of,
  owner,
  total: connections.length,
  attention: connections.filter(({ status }) => status.status !== 'connected').length,
  connections,
})

const providers = [
  provider('open'),
  provider('bare', { mode: 'unconfigured', category: 'Finance & Billing' }),
  provider('fine'),
  provider('broken'),
]
const broken = [
  connection('c4', 'broken', 'connection_invalid'),
  connection('c3', 'broken', 'connected', { is_default: true }),
  connection('c2', 'broken', 'connected'),
]
const groups = [
  group('fine', [connection('c1', 'fine', 'connected')]),
  group('broken', broken),
  group('open', [connection('c5', 'open', 'no_access')], 'organization'),
  group('fine', [connection('c6', 'fine', 'connected', { method: 'installed_app' })], 'organization'),
]
const entries = joinEntries(providers, groups, 'mine')

test('each side has its owner’s connections alone', () => {
  const ids = (whose: 'mine' | 'organization') =>
    joinEntries(providers, groups, whose).flatMap(({ connections }) => connections.map(({ id }) => id))
  expect(ids('mine')).toEqual(['c1', 'c4', 'c3', 'c2'])
  expect(ids('organization')).toEqual(['c5', 'c6'])
})

test('what an installed app connected has no card, unless it needs somebody', () => {
  const installed = (status: ConnectionBody['status']['status'], ...rest: ConnectionBody[]) =>
    joinEntries(
      [provider('site')],
      [group('site', [connection('c7', 'site', status, { method: 'installed_app' }), ...rest])],
      'mine',
    ).map(isConnectedWithSite)
  expect(installed('connected')).toEqual([true])
  expect(installed('setup_required')).toEqual([false])
  expect(installed('connected', connection('c8', 'site', 'connected'))).toEqual([false])
  expect(entries.filter(isConnectedWithSite)).toEqual([])
})

test('members are not called to mend what is the organization’s', () => {
  expect(countAttention(groups, { role: 'admin' })).toEqual({ person: 1, organization: 1 })
  expect(countAttention(groups, { role: 'member' })).toEqual({ person: 1, organization: 0 })
})

test('what needs somebody comes first, what cannot be used yet comes last', () => {
  expect(groupEntries(entries).map(({ name, entries: [first] }) => [name, first?.provider.id])).toEqual([
    ['attention', 'broken'],
    ['connected', 'fine'],
    ['available', 'open'],
    ['unconfigured', 'bare'],
  ])
})

test('of several accounts the broken one comes first, then the default, then the oldest', () => {
  expect(sortConnections(broken.toReversed()).map(({ id }) => id)).toEqual(['c4', 'c3', 'c2'])
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
