/** Policies, existence, installed apps and the audit log, as the dashboard uses them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  AuditChainBody,
  AuditEntryBody,
  ConnectionExistenceBody,
  EndedExistingBody,
  PolicyBody,
  PolicySetBody,
  UnassignedInstallationsBody,
} from '../../http/wire.ts'
import type { AuditSearch } from '../search-params.ts'
import type { Send } from './http.ts'
import type { Hub, Page } from './hub.ts'

type Place = Pick<UnassignedInstallationsBody['data'][number], 'provider' | 'mode' | 'installation'>

export function createGovernanceCalls(send: Send) {
  return {
    policies: async () => (await send<{ data: PolicyBody[] }>('GET', '/policies')).data,
    setPolicy: (provider: string, policy: PolicyBody['policy']) =>
      send<PolicySetBody>('PUT', `/policies/${encodeURIComponent(provider)}`, { policy }),
    existing: (filter: { provider?: string; cursor?: string }) =>
      send<Page<ConnectionExistenceBody>>(
        'GET',
        `/connections/existing${search({ ...filter, limit: '50' })}`,
      ),
    endExisting: (id: string, how: { reason: string; force: boolean }) =>
      send<EndedExistingBody>('POST', `/connections/existing/${encodeURIComponent(id)}/end`, how),
    installations: () => send<UnassignedInstallationsBody>('GET', '/installations'),
    assignInstallation: (place: Place, organization: string) =>
      send<void>('POST', '/installations/assign', { ...place, organization_id: organization }),
    ignoreInstallation: (place: Place, ignored: boolean) =>
      send<void>('POST', '/installations/ignore', { ...place, ignored }),
    audit: (filter: AuditSearch & { cursor?: string }) =>
      send<Page<AuditEntryBody>>('GET', `/audit${search({ ...timesOf(filter), limit: '50' })}`),
    auditActions: async () => (await send<{ data: string[] }>('GET', '/audit/actions')).data,
    auditChain: () => send<AuditChainBody>('GET', '/audit/chain'),
    verifyAudit: () => send<AuditChainBody>('POST', '/audit/chain/verify', {}),
  }
}

/** A link, so that the browser streams it to a file. */
export const auditExport = (format: 'csv' | 'ndjson', filter: AuditSearch) =>
  `/api/v1/audit/export${search({ ...timesOf(filter), format })}`

/** Days in the address, moments in the API; of the reader's own clock. */
function timesOf<Filter extends AuditSearch>({ from, to, ...rest }: Filter) {
  const moment = (day: string | undefined) => {
    const date = new Date(`${day ?? ''}T00:00:00`)
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
  }
  return { ...rest, from: moment(from), to: moment(to) }
}

function search(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]))
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''
}

export const policiesQuery = (hub: Hub) => queryOptions({ queryKey: ['policies'], queryFn: hub.policies })
export const existingQuery = (hub: Hub, filter: { provider?: string }) =>
  infiniteQueryOptions({
    queryKey: ['connections', 'existing', filter],
    queryFn: ({ pageParam }) => hub.existing({ ...filter, ...(pageParam && { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  })
export const installationsQuery = (hub: Hub) =>
  queryOptions({ queryKey: ['installations'], queryFn: hub.installations })
export const auditQuery = (hub: Hub, filter: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) => hub.audit({ ...filter, ...(pageParam && { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  })
export const auditActionsQuery = (hub: Hub) =>
  queryOptions({ queryKey: ['audit-actions'], queryFn: hub.auditActions, staleTime: Infinity })
export const auditChainQuery = (hub: Hub) =>
  queryOptions({ queryKey: ['audit-chain'], queryFn: hub.auditChain })
