/** The hub's API as the dashboard uses it: one function a route, shapes from src/http/wire.ts. */
import type {
  AgentDetailBody,
  AgentSummaryBody,
  ApiKeyBody,
  AttemptBody,
  ClientCheckBody,
  ConnectionBody,
  ConnectionsOverviewBody,
  DeclarationStoredBody,
  DisconnectReportBody,
  DoctorReportBody,
  ImpactBody,
  IntegrationDetailBody,
  IntegrationSummaryBody,
  MeBody,
  ProviderDeclarationBody,
  ProviderDetailBody,
  ProviderSummaryBody,
  ReconnectBody,
  SecretEntryBody,
  SetAgentAccessBody,
  SetAgentSwitchesBody,
  SecretsChangedBody,
  StartAttemptBody,
  TimelineEntryBody,
} from '../../http/wire.ts'
import { createAccountCalls } from './accounts.ts'
import type { Send } from './http.ts'
import { createGovernanceCalls } from './governance.ts'
import { createProjectCalls } from './projects.ts'

export type Page<T> = { data: T[]; next_cursor: string | null }
export type ConnectionFilter = {
  provider?: string
  owner?: string
  status?: string
  include_disconnected?: 'true'
}
export type NewApiKey = {
  name: string
  scopes: ApiKeyBody['scopes']
  acts_as?: 'me' | 'organization'
  expires_in?: number
}
export type SettingsChange = {
  scope_set?: string | null
  scopes?: string[] | null
  allow_unknown_scopes?: boolean
  parameters?: Record<string, string | null>
  endpoints?: Record<string, string | null>
}
export type CreatedApiKeyBody = ApiKeyBody & { key: string }

/** The API's largest page. */
const LARGEST = 200

export type Hub = ReturnType<typeof createHub>

export function createHub(send: Send) {
  return {
    me: () => send<MeBody>('GET', '/me'),
    signIn: (token: string) => send<void>('POST', '/sessions', { token }),
    signOut: () => send<void>('DELETE', '/sessions/current'),

    providers: () => everyPage((page) => send<Page<ProviderSummaryBody>>('GET', `/providers${query(page)}`)),
    provider: (id: string) => send<ProviderDetailBody>('GET', `/providers/${segment(id)}`),

    connections: (filter: ConnectionFilter & { limit?: number; cursor?: string }) =>
      send<Page<ConnectionBody>>('GET', `/connections${query(filter)}`),
    everyConnection: (filter: ConnectionFilter) =>
      everyPage((page) => send<Page<ConnectionBody>>('GET', `/connections${query({ ...filter, ...page })}`)),
    connectionsOverview: () => send<ConnectionsOverviewBody>('GET', '/connections/overview'),
    connection: (id: string) => send<ConnectionBody>('GET', `/connections/${segment(id)}`),
    updateConnection: (id: string, change: { label?: string | null; is_default?: true }) =>
      send<ConnectionBody>('PATCH', `/connections/${segment(id)}`, change),
    timeline: (id: string, page: { limit: number; cursor?: string }) =>
      send<Page<TimelineEntryBody>>('GET', `/connections/${segment(id)}/timeline${query(page)}`),
    verify: (id: string) => send<ConnectionBody>('POST', `/connections/${segment(id)}/verify`, {}),
    reconnect: (id: string, again: ReconnectBody) =>
      send<AttemptBody>('POST', `/connections/${segment(id)}/reconnect`, again),
    impact: (id: string) => send<ImpactBody>('GET', `/connections/${segment(id)}/impact`),
    disconnect: (id: string, options: { force: boolean }) =>
      send<DisconnectReportBody>(
        'DELETE',
        `/connections/${segment(id)}${options.force ? '?force=true' : ''}`,
      ),

    agents: () => send<{ data: AgentSummaryBody[] }>('GET', '/agents'),
    agent: (id: string) => send<AgentDetailBody>('GET', `/agents/${segment(id)}`),
    setAgentSwitches: (id: string, change: SetAgentSwitchesBody) =>
      send<AgentDetailBody>('PATCH', `/agents/${segment(id)}/settings`, change),
    setAgentAccess: (id: string, rule: SetAgentAccessBody) =>
      send<AgentDetailBody>('PUT', `/agents/${segment(id)}/access`, rule),
    nameablePeople: (id: string, q: string) =>
      send<{ data: { id: string; name: string; email: string }[] }>(
        'GET',
        `/agents/${segment(id)}/people${query({ q })}`,
      ),

    startAttempt: (start: StartAttemptBody) => send<AttemptBody>('POST', '/connect/attempts', start),
    attempt: (id: string) => send<AttemptBody>('GET', `/connect/attempts/${segment(id)}`),
    decide: (id: string, value: string) =>
      send<AttemptBody>('POST', `/connect/attempts/${segment(id)}/decide`, { value }),
    cancelAttempt: (id: string) => send<AttemptBody>('POST', `/connect/attempts/${segment(id)}/cancel`, {}),

    apiKeys: (page: { limit: number; cursor?: string }) =>
      send<Page<ApiKeyBody>>('GET', `/api-keys${query(page)}`),
    createApiKey: (key: NewApiKey) => send<CreatedApiKeyBody>('POST', '/api-keys', key),
    integrations: async () => (await send<{ data: IntegrationSummaryBody[] }>('GET', '/integrations')).data,
    integration: (id: string) => send<IntegrationDetailBody>('GET', `/integrations/${segment(id)}`),
    changeIntegration: (id: string, change: SettingsChange) =>
      send<IntegrationDetailBody>('PATCH', `/integrations/${segment(id)}`, change),
    checkClient: (id: string) => send<ClientCheckBody>('POST', `/integrations/${segment(id)}/check`),

    secrets: () => send<{ data: SecretEntryBody[]; known: string[] }>('GET', '/secrets'),
    setSecrets: (values: Record<string, string>, { dryRun }: { dryRun: boolean }) =>
      send<SecretsChangedBody>('PUT', `/secrets${dryRun ? '?dry_run=true' : ''}`, { values }),
    unsetSecret: (name: string, { dryRun }: { dryRun: boolean }) =>
      send<SecretsChangedBody>('DELETE', `/secrets/${segment(name)}${dryRun ? '?dry_run=true' : ''}`),

    declaration: (id: string) =>
      send<ProviderDeclarationBody>('GET', `/providers/${segment(id)}/declaration`),
    declare: (declaration: { id: string }, { dryRun }: { dryRun: boolean }) =>
      send<DeclarationStoredBody>(
        'PUT',
        `/providers/${segment(declaration.id)}${dryRun ? '?dry_run=true' : ''}`,
        declaration,
      ),
    removeProvider: (id: string, { force }: { force: boolean }) =>
      send<{ connections_ended: number }>('DELETE', `/providers/${segment(id)}${force ? '?force=true' : ''}`),

    doctor: () => send<DoctorReportBody>('GET', '/doctor'),

    revokeApiKey: (id: string) => send<void>('DELETE', `/api-keys/${segment(id)}`),

    ...createProjectCalls(send),
    ...createGovernanceCalls(send),
    ...createAccountCalls(send),
  }
}

/** For lists that are short by nature (a catalog, one person's connections); five pages are a thousand entries. */
async function everyPage<T>(
  read: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const all: T[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < 5; pages += 1) {
    const page: Page<T> = await read({ limit: LARGEST, ...(cursor === null ? {} : { cursor }) })
    all.push(...page.data)
    cursor = page.next_cursor
    if (cursor === null) break
  }
  return all
}

function query(values: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}

function segment(id: string): string {
  return encodeURIComponent(id)
}
