/** Reading and changing an integration's settings as an operator sees them, with what a change means. */
import type { Catalog } from '../catalog/catalog.ts'
import type { Parameter, Provider } from '../catalog/define.ts'
import { pickScopes } from '../catalog/methods.ts'
import { readFields } from '../catalog/parameters.ts'
import { isLoopbackName } from '../config.ts'
import type { Routes } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { sql } from 'kysely'
import type { Db } from '../store/database.ts'
import type { OwnerKind } from '../store/schema.ts'
import type { Integration, Integrations } from './integrations.ts'
import { operatorParameters, type Settings, type StoredSettings } from './settings.ts'
import { type Setup, setupOf } from './setup.ts'
import type { Variables } from './variables.ts'

export type SettingsChange = {
  scopeSet?: string | null | undefined
  scopes?: readonly string[] | null | undefined
  /** Scopes that the declaration does not name are taken at their word. */
  allowUnknownScopes?: boolean | undefined
  /** Null: back to the default. */
  parameters?: Readonly<Record<string, string | null>> | undefined
  /** Null: no override. */
  endpoints?: Readonly<Record<string, string | null>> | undefined
}

/** Connections that work, and lack scopes that would be asked for now. */
export type Lacking = {
  connections: number
  scopes: string[]
  owners: { kind: OwnerKind; id: string; name: string; connections: number }[]
}

export type IntegrationView = {
  integration: Integration
  /** To register at the provider. */
  redirectUri: string | undefined
  declared: boolean
  setup: Setup
  scopes: {
    set: string | null
    own: readonly string[] | null
    requested: string[]
    /** Of those requested, the ones that the declaration does not name. */
    unknown: string[]
    /** And the ones that a document lists but the provider does not take any more, with the reason. */
    unusable: { scope: string; reason: string }[]
  }
  parameters: { parameter: Parameter; value: string | null }[]
  endpoints: { host: string; baseUrl: string; source: 'environment' | 'settings' }[]
  warnings: string[]
  setAt: Date | null
  setBy: string | null
}

export type IntegrationSettingsDesk = {
  list(): IntegrationView[]
  view(providerId: string): IntegrationView
  lacking(providerId: string, organization: string | undefined): Promise<Lacking>
  /** @throws HubError `field_invalid` naming everything that is wrong */
  change(
    providerId: string,
    change: SettingsChange,
    how: { by: string; dryRun: boolean; organization: string | undefined },
  ): Promise<{ view: IntegrationView; lacking: Lacking }>
}

const NAMED_OWNERS = 50
/** RFC 6749 section 3.3: scope-token. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,300}$/

export function createIntegrationSettings(options: {
  db: Db
  catalog: Catalog
  integrations: Integrations
  settings: Settings
  variables: Variables
  /** Overrides of the environment: provider id -> host -> base URL. */
  overrides: Readonly<Record<string, Routes>>
}): IntegrationSettingsDesk {
  const { db, catalog, integrations, settings, variables, overrides } = options

  /** @param stored what would be set, where that is asked */
  function view(providerId: string, stored = settings.of(providerId)): IntegrationView {
    const integration = integrations.resolve(providerId)
    // The sandbox plays the catalog's own hosts; what is set up is for the real ones.
    const real = integrations.resolve(providerId, 'live')
    const { provider } = real
    const requested = requestedScopes(provider, stored)
    const documented = documentedOnly(provider)
    const byEnvironment = overrides[provider.id] ?? {}
    const endpoints = [
      ...Object.entries(byEnvironment).map(([host, baseUrl]) => ({
        host,
        baseUrl,
        source: 'environment' as const,
      })),
      ...Object.entries(stored.endpoints ?? {})
        .filter(([host]) => byEnvironment[host] === undefined)
        .map(([host, baseUrl]) => ({ host, baseUrl, source: 'settings' as const })),
    ]
    const values = operatorParameters(provider, stored.parameters ?? {})
    const unusable = requested.flatMap((scope) => {
      const reason = documented.get(scope)
      return reason === undefined ? [] : [{ scope, reason }]
    })
    const unknown = requested.filter((scope) => !isKnown(provider, scope) && !documented.has(scope))
    const row = settings.row(providerId)
    return {
      integration,
      redirectUri: real.redirectUri,
      declared: catalog.isDeclared(providerId),
      setup: setupOf(real, integration.mode === 'sandbox', variables),
      scopes: {
        set: stored.scopeSet ?? null,
        own: stored.scopes ?? null,
        requested,
        unknown,
        unusable,
      },
      parameters: (provider.parameters ?? [])
        .filter(({ asked }) => asked === 'operator')
        .map((parameter) => ({ parameter, value: values[parameter.name] ?? null })),
      endpoints,
      warnings: [
        ...endpoints.map(
          ({ host, baseUrl, source }) =>
            `Traffic for ${host} goes to ${baseUrl}, credentials included (${source === 'environment' ? 'TRUNKLINE_ENDPOINT_OVERRIDES' : 'set here'}).`,
        ),
        ...unusable.map(({ scope, reason }) => `${scope} is asked for, and cannot be used: ${reason}`),
        ...(unknown.length > 0 ? [`Scopes that the catalog does not know: ${unknown.join(', ')}.`] : []),
      ],
      setAt: row?.setAt ?? null,
      setBy: row?.setBy ?? null,
    }
  }

  async function lackingOf(
    provider: Provider,
    requested: readonly string[],
    organization: string | undefined,
  ): Promise<Lacking> {
    if (requested.length === 0) return { connections: 0, scopes: [], owners: [] }
    const asked = sql`${requested}::text[]`
    const { rows } = await sql<{
      organization: string
      kind: OwnerKind
      id: string
      name: string | null
      connections: string
      scopes: string[]
    }>`
      select c.organization_id as organization, c.owner_kind as kind, c.owner_id as id,
        coalesce(p.name, u.name, u.external_id, o.name) as name, count(distinct c.id) as connections,
        array_agg(distinct s.scope) as scopes
      from connections c cross join lateral unnest(${asked}) as s(scope)
      left join people p on p.id = c.owner_id
      left join organizations o on o.id = c.owner_id
      left join end_users u on u.organization_id = c.organization_id and u.id = c.owner_id
      where c.provider = ${provider.id} and c.disconnected_at is null and c.method in ('oauth2', 'fragment')
        and not (s.scope = any(c.granted_scopes))
      group by 1, 2, 3, 4 order by 5 desc`.execute(db)
    return {
      connections: rows.reduce((sum, row) => sum + Number(row.connections), 0),
      scopes: requested.filter((scope) => rows.some(({ scopes }) => scopes.includes(scope))),
      owners: rows
        .filter((row) => organization === undefined || row.organization === organization)
        .slice(0, NAMED_OWNERS)
        .map(({ kind, id, name, connections }) => ({
          kind,
          id,
          name: name ?? id,
          connections: Number(connections),
        })),
    }
  }

  return {
    list: () => catalog.list().map(({ id }) => view(id)),
    view: (providerId) => view(providerId),
    lacking(providerId, organization) {
      const { integration, scopes } = view(providerId)
      return lackingOf(integration.provider, scopes.requested, organization)
    },
    async change(providerId, change, { by, dryRun, organization }) {
      const { provider } = integrations.resolve(providerId)
      let next: StoredSettings = {}
      const decide = (stored: StoredSettings) => (next = applyChange(provider, stored, change))
      if (dryRun) decide(settings.of(providerId))
      else await settings.change(providerId, by, decide)
      const changed = dryRun ? view(providerId, next) : view(providerId)
      return { view: changed, lacking: await lackingOf(provider, changed.scopes.requested, organization) }
    },
  }
}

export function requestedScopes(provider: Provider, stored: StoredSettings): string[] {
  const method = provider.auth.find(({ kind }) => kind === 'oauth2' || kind === 'fragment')
  return method ? pickScopes(provider, method.kind === 'oauth2' ? method : {}, stored).all : []
}

function applyChange(provider: Provider, stored: StoredSettings, change: SettingsChange): StoredSettings {
  const errors: { path: string; message: string }[] = []
  const next: { -readonly [Key in keyof StoredSettings]: StoredSettings[Key] } = { ...stored }

  if (change.scopeSet && change.scopes)
    errors.push({ path: 'scopes', message: 'Pick a scope set or give scopes of your own, not both.' })
  if (change.scopeSet === null) delete next.scopeSet
  if (change.scopes === null) delete next.scopes
  if (typeof change.scopeSet === 'string') {
    if (!Object.hasOwn(provider.scope_sets ?? {}, change.scopeSet))
      errors.push({
        path: 'scope_set',
        message: `${provider.name} has no scope set "${change.scopeSet}". It has: ${Object.keys(provider.scope_sets ?? {}).join(', ') || 'none'}.`,
      })
    delete next.scopes
    if (change.scopeSet === 'recommended') delete next.scopeSet
    else next.scopeSet = change.scopeSet
  }
  if (change.scopes) {
    errors.push(...scopeErrors(provider, change.scopes, change.allowUnknownScopes === true))
    delete next.scopeSet
    next.scopes = [...new Set(change.scopes)]
  }

  if (change.parameters) {
    const own = (provider.parameters ?? []).filter(({ asked }) => asked === 'operator')
    const typed = Object.fromEntries(
      Object.entries(change.parameters).filter((entry): entry is [string, string] => entry[1] !== null),
    )
    try {
      const { values } = readFields(
        own.filter(({ name }) => typed[name] !== undefined),
        typed,
      )
      const cleared = Object.entries(stored.parameters ?? {}).filter(
        ([name]) => change.parameters?.[name] === undefined,
      )
      const parameters = Object.fromEntries([...cleared, ...Object.entries(values)])
      if (Object.keys(parameters).length > 0) next.parameters = parameters
      else delete next.parameters
    } catch (error) {
      if (!(error instanceof HubError) || !error.extras.errors) throw error
      errors.push(
        ...error.extras.errors.map(({ path, message }) => ({ path: `parameters.${path}`, message })),
      )
    }
  }

  if (change.endpoints) {
    const endpoints: Record<string, string> = { ...stored.endpoints }
    for (const [typed, base] of Object.entries(change.endpoints)) {
      const host = typed.trim().toLowerCase()
      if (base === null) {
        delete endpoints[host]
        continue
      }
      const problem = endpointProblem(provider, host, base.trim())
      if (problem) errors.push({ path: `endpoints.${typed}`, message: problem })
      else endpoints[host] = base.trim().replace(/\/$/, '')
    }
    if (Object.keys(endpoints).length > 0) next.endpoints = endpoints
    else delete next.endpoints
  }

  if (errors.length > 0)
    throw new HubError('field_invalid', errors.map(({ message }) => message).join(' '), { errors })
  return next
}

function isKnown(provider: Provider, scope: string): boolean {
  return (
    Object.hasOwn(provider.scopes ?? {}, scope) ||
    Object.values(provider.scope_sets ?? {}).some((set) => set.scopes.includes(scope))
  )
}

/** Scopes that stand in a document and cannot be asked for as written there. */
function documentedOnly(provider: Provider): Map<string, string> {
  return new Map(
    Object.values(provider.scope_sets ?? {}).flatMap(({ documented }) =>
      (documented?.scopes ?? []).flatMap((scope) =>
        isKnown(provider, scope) ? [] : [[scope, documented?.reason ?? ''] as const],
      ),
    ),
  )
}

function scopeErrors(provider: Provider, scopes: readonly string[], allowUnknown: boolean) {
  const documented = documentedOnly(provider)
  return scopes.flatMap((scope, index) => {
    const reason = documented.get(scope)
    const message = !SCOPE.test(scope)
      ? 'A scope is printable text without spaces.'
      : isKnown(provider, scope) || allowUnknown
        ? undefined
        : reason !== undefined
          ? `${scope} cannot be asked for: ${reason}`
          : `The catalog does not know the scope ${scope} of ${provider.name}. If the provider does, allow unknown scopes.`
    return message ? [{ path: `scopes.${index}`, message }] : []
  })
}

/** Credentials travel to where an override points: https, or this machine; and only hosts that are used at all. */
function endpointProblem(provider: Provider, host: string, base: string): string | undefined {
  const url = URL.parse(base)
  const { mail } = provider
  if (mail && host === mail.imap.host)
    return url?.protocol === 'imaps:' ? undefined : `"${base}" does not begin with imaps://.`
  if (mail && host === mail.smtp.host)
    return ['smtps:', 'smtp:'].includes(url?.protocol ?? '')
      ? undefined
      : `"${base}" begins neither with smtps:// nor with smtp:// (STARTTLS).`
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.search || url.hash)
    return `"${base}" is not an http(s) address without query.`
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname))
    return `${base} must use https: http is for this machine only.`
  if (!isUsed(provider, host))
    return `${provider.name} is not reached at ${host || 'an empty host'}. Its hosts: ${usedHosts(provider).join(', ')}.`
  return undefined
}

function usedHosts(provider: Provider): string[] {
  const endpoints = provider.auth.flatMap((method) =>
    method.kind === 'oauth2'
      ? [method.authorization_endpoint, method.token_endpoint]
      : method.kind === 'fragment'
        ? [method.authorization_endpoint]
        : [],
  )
  const hosts = endpoints.map((endpoint) => endpoint.replace(/^https:\/\//, '').split('/')[0] ?? '')
  return [...new Set([...provider.hosts, ...hosts])]
}

/** A brace stands for any host or part of one. */
function isUsed(provider: Provider, host: string): boolean {
  return usedHosts(provider).some((declared) => {
    const form = declared
      .split(/(\{\w+\}|^\*)/)
      .map((part) =>
        part === '*'
          ? '[a-z0-9-]+'
          : part.startsWith('{')
            ? '[a-z0-9.:-]+'
            : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')
    return new RegExp(`^${form}$`).test(host)
  })
}
