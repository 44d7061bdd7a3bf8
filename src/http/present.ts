/** From what the modules hold to what the API says. */
import { type AuthMethod, MAIL_CAPABILITY, type Parameter, type Provider } from '../catalog/define.ts'
import { renderTestCall } from '../catalog/fill.ts'
import { comesBack, pickScopes } from '../catalog/methods.ts'
import { askedParameters } from '../catalog/parameters.ts'
import { fillSetup } from '../catalog/setup.ts'
import { variablesOf } from '../catalog/variables.ts'
import type { AttemptRow, Decision } from '../connect/attempt.ts'
import type { ConnectionRow } from '../connect/connections.ts'
import { type Circumstances, remediesFor } from '../connect/remedies.ts'
import type { ApiKeyRow } from '../identity/identity.ts'
import { allowsOwner, ownersFor, type Policies } from '../identity/policies.ts'
import type { Principal, Scope } from '../identity/principal.ts'
import type { z } from 'zod'
import type { AccessToken } from '../vault/access.ts'
import { hubWideValues, type Integration, type Integrations } from '../vault/integrations.ts'
import { judgeRedirectVariable } from '../vault/redirect.ts'
import type { IntegrationSettingsDesk } from '../vault/integrationSettings.ts'
import type { Variables } from '../vault/variables.ts'
import type {
  AttemptBody,
  ConnectionBody,
  FieldBody,
  MethodBody,
  ProviderDetailBody,
  ProviderSummaryBody,
  ScopeInfoBody,
  StatusReportBody,
  Token,
} from './wire.ts'

/** Values that work in the sandbox, by provider and field. */
export type SandboxValues = Readonly<Record<string, Readonly<Record<string, string>>>>

export type Presenter = ReturnType<typeof createPresenter>

export function createPresenter(options: {
  integrations: Integrations
  policies: Pick<Policies, 'of'>
  hasLogo: (providerId: string) => boolean
  sandboxValues: SandboxValues
  variables: Variables
  integrationSettings: Pick<IntegrationSettingsDesk, 'view'>
  publicUrl: string
  now: () => number
}) {
  const { integrations, policies, hasLogo, sandboxValues, variables, integrationSettings, publicUrl, now } =
    options

  function field(parameter: Parameter, integration: Integration): FieldBody {
    return {
      name: parameter.name,
      label: parameter.label,
      pattern: parameter.pattern,
      example: parameter.example,
      required: parameter.required === true,
      secret: parameter.secret === true,
      default: parameter.default ?? null,
      help: parameter.help ?? null,
      mismatch: parameter.mismatch ?? null,
      options: parameter.options ? [...parameter.options] : null,
      sandbox_value:
        integration.mode === 'sandbox'
          ? (sandboxValues[integration.provider.id]?.[parameter.name] ?? null)
          : null,
    }
  }

  const logoOf = (id: string) => (hasLogo(id) ? `/logos/${id}.svg` : null)

  /** @param wide fields that the hub's own values fill where they are left empty */
  function method(
    declared: AuthMethod,
    integration: Integration,
    wide: Readonly<Record<string, string>> = {},
  ): MethodBody {
    const typed = 'fields' in declared
    const variable = (name: string) => ('env' in declared ? declared.env?.[name] : undefined)
    const asked = (parameter: Parameter): FieldBody => {
      const body = field(parameter, integration)
      if (wide[parameter.name] === undefined) return body
      const help = `Left empty, the hub's own is used (${variable(parameter.name)}).`
      return { ...body, required: false, help: body.help ? `${body.help} ${help}` : help }
    }
    return {
      kind: declared.kind,
      label: declared.label ?? `Sign in with ${integration.provider.name}`,
      redirects: REDIRECTS.has(declared.kind),
      fields: typed ? declared.fields.map(asked) : [],
      instructions: [...stepsOf(declared)],
    }
  }

  function summary(integration: Integration): ProviderSummaryBody {
    const { provider, mode } = integration
    return {
      id: provider.id,
      name: provider.name,
      category: provider.category,
      summary: provider.summary,
      aliases: [...(provider.aliases ?? [])],
      logo: logoOf(provider.id),
      mode,
      primary_method: provider.auth[0].kind,
      starter: provider.starter === true,
    }
  }

  /** For whom the caller may connect it. */
  function owners(principal: Principal, { provider }: Integration) {
    return ownersFor(policies.of(principal.organization, provider.id), principal)
  }

  function scopes(provider: Provider): ScopeInfoBody[] {
    return Object.entries(provider.scopes ?? {}).map(([scope, { why, access, token }]) => ({
      scope,
      why,
      access,
      token: token ?? null,
    }))
  }

  const oauthOf = (provider: Provider) => provider.auth.find(({ kind }) => comesBack(kind))
  const requested = ({ provider, settings }: Integration): string[] => {
    const oauth = oauthOf(provider)
    return oauth ? pickScopes(provider, oauth.kind === 'oauth2' ? oauth : {}, settings).all : []
  }

  /** Variable under which the provider keeps what is asked for, where the operator set it. */
  const configuredBy = ({ provider, extra }: Integration): string | undefined => {
    const oauth = oauthOf(provider)
    const variable = oauth?.kind === 'oauth2' ? oauth.configuration?.variable : undefined
    return variable && extra[variable] ? variable : undefined
  }

  function connectable(integration: Integration) {
    const { provider } = integration
    const configured = configuredBy(integration)
    return {
      ...summary(integration),
      methods: provider.auth.map((declared) => method(declared, integration)),
      parameters: askedParameters(provider).map((parameter) => field(parameter, integration)),
      scopes: scopes(provider),
      requested_scopes: configured ? [] : requested(integration),
      permissions_note: configured
        ? `${provider.name} itself shows what is asked for: its configuration (${configured}) says so.`
        : (provider.permissions_note ?? null),
    }
  }

  function detail(integration: Integration): Omit<ProviderDetailBody, 'owners'> {
    const { provider } = integration
    const oauth = oauthOf(provider)
    // What is registered at the provider is the address of the real thing, also while the sandbox plays it.
    const real = integrations.resolve(provider.id, 'live')
    const { redirectUri } = real
    const wrongRedirect = judgeRedirectVariable(real)
    const fill = (texts: readonly string[] = []) =>
      fillSetup(texts, { public_url: publicUrl, redirect_uri: redirectUri ?? '' })
    return {
      ...connectable(integration),
      methods: provider.auth.map((declared) =>
        method(declared, integration, hubWideValues(integration, declared)),
      ),
      family: provider.family,
      scope_sets: Object.entries(provider.scope_sets ?? {}).map(([name, set]) => ({
        name,
        label: set.label,
        note: set.note ?? null,
        scopes: [...set.scopes],
        documented: set.documented
          ? { scopes: [...set.documented.scopes], reason: set.documented.reason }
          : null,
      })),
      advice: {
        needs: [...(provider.advice?.needs ?? [])],
        limits: [...(provider.advice?.limits ?? [])],
        best: [...(provider.advice?.best ?? [])],
      },
      redirect_uri: redirectUri ?? null,
      env: variablesOf(provider).map(({ name, purpose, required }) => {
        const source = variables.source(name) ?? null
        return { name, purpose, required, set: source !== null, source }
      }),
      pkce: oauth?.kind === 'oauth2' ? { used: !oauth.pkce, reason_off: oauth.pkce?.off ?? null } : null,
      setup: {
        console_url: provider.setup.console_url,
        prerequisites: fill(provider.setup.prerequisites),
        steps: fill(provider.setup.steps),
        after: fill(provider.setup.after),
        notes: [
          ...(wrongRedirect ? [`${wrongRedirect.what} ${wrongRedirect.remedy}`] : []),
          ...fill(provider.setup.notes),
        ],
        revoke: { url: provider.setup.revoke.url, steps: [...provider.setup.revoke.steps] },
      },
      test_calls: provider.test_calls.map((call) => {
        const { headers, body = null } = renderTestCall(call)
        return {
          label: call.label,
          method: call.method,
          path: call.path,
          base: call.base ?? null,
          headers,
          body,
        }
      }),
      hosts: [...provider.hosts],
      checked: provider.checked,
      doubts: [...(provider.doubts ?? [])],
    }
  }

  function capabilities(row: ConnectionRow): ConnectionBody['capabilities'] {
    if (row.capabilities.length === 0) return []
    const declared = integrations.find(row.provider)?.provider
    return row.capabilities.map(({ id, value, warning = null }) => ({
      id,
      label: [...(declared?.capabilities ?? []), MAIL_CAPABILITY].find((one) => one.id === id)?.label ?? id,
      value,
      warning,
    }))
  }

  function connection(row: ConnectionRow): ConnectionBody {
    return {
      id: row.id,
      provider: row.provider,
      owner: { kind: row.owner_kind, id: row.owner_id, name: row.owner_name ?? row.owner_id },
      method: row.method as MethodBody['kind'],
      mode: row.mode,
      status: status(row),
      account: { id: row.account_id, label: row.account_label, email: row.account_email },
      label: row.label,
      is_default: row.is_default,
      excluded: !allowsOwner(policies.of(row.organization_id, row.provider), row.owner_kind),
      parameters: row.parameters,
      requested_scopes: row.requested_scopes,
      granted_scopes: row.granted_scopes,
      missing_scopes: row.requested_scopes.filter((scope) => !row.granted_scopes.includes(scope)),
      capabilities: capabilities(row),
      expires_at: iso(row.expires_at),
      refreshed_at: iso(row.refreshed_at),
      last_verified_at: iso(row.last_verified_at),
      trouble:
        row.trouble_code && row.trouble_since
          ? {
              code: row.trouble_code,
              detail: row.trouble_detail ?? '',
              since: row.trouble_since.toISOString(),
              next_attempt_at: iso(row.next_attempt_at),
            }
          : null,
      created_at: row.created_at.toISOString(),
      disconnected_at: iso(row.disconnected_at),
    }
  }

  function circumstances(row: AttemptRow): Circumstances {
    const { redirectUri, setup, scopes } = integrationSettings.view(row.provider)
    return {
      redirectUri: row.redirect_uri ?? redirectUri,
      missing: setup.state === 'half_set' ? setup.missing : [],
      unusableScopes: scopes.unusable,
      unknownScopes: scopes.unknown,
      parameters: row.parameters,
    }
  }

  function attempt(row: AttemptRow, authorizationUrl?: string): AttemptBody {
    const over =
      ['pending', 'proof_required', 'decision_required'].includes(row.status) &&
      row.expires_at.getTime() <= now()
    const status = over ? 'expired' : row.status
    const { provider } = integrations.resolve(row.provider)
    const code = over ? 'attempt_expired' : row.error_code
    return {
      id: row.id,
      provider: row.provider,
      status,
      ...(authorizationUrl ? { authorization_url: authorizationUrl } : {}),
      expires_at: row.expires_at.toISOString(),
      connection_id: status === 'succeeded' ? row.connection_id : null,
      error: code
        ? {
            code,
            detail: row.error_detail ?? 'Nobody came back from the provider within ten minutes.',
            remedies: remediesFor(code, provider, circumstances(row)),
          }
        : null,
      decision: status === 'decision_required' ? (row.decision as Decision) : null,
    }
  }

  return { field, owners, logoOf, summary, detail, connectable, connection, attempt, apiKey }
}

const REDIRECTS: ReadonlySet<AuthMethod['kind']> = new Set(['oauth2', 'browser_login', 'fragment'])

/** What a person does beside the form: where a secret is found, how an app is installed, what an administrator sets. */
function stepsOf(method: AuthMethod): readonly string[] {
  if ('instructions' in method) return method.instructions
  return method.kind === 'verified_access' ? method.steps : []
}

function status(row: ConnectionRow): StatusReportBody {
  const base = {
    status: row.status,
    cause: row.status_cause,
    detail: row.status_detail,
    since: row.status_since.toISOString(),
  }
  switch (row.status) {
    case 'connected':
      return { ...base, who: 'nobody', action: 'none' }
    case 'connection_invalid':
      return { ...base, who: 'owner', action: 'reconnect' }
    case 'setup_required':
      return {
        ...base,
        who: row.status_cause === 'client_rejected' ? 'operator' : 'admin',
        action: 'follow_steps',
      }
    case 'no_access':
      return { ...base, who: 'provider_admin', action: 'contact_provider_admin' }
    case 'not_available':
      return { ...base, who: 'provider_admin', action: 'check_subscription' }
    case 'not_configured':
      return { ...base, who: 'owner', action: 'connect' }
  }
}

function apiKey(row: ApiKeyRow) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    person: row.person_id === null ? null : { id: row.person_id, name: row.person_name ?? row.person_id },
    scopes: row.scopes as Scope[],
    created_at: row.created_at.toISOString(),
    expires_at: iso(row.expires_at),
    last_used_at: iso(row.last_used_at),
    revoked_at: iso(row.revoked_at),
  }
}

export function iso(date: Date | null | undefined): string | null {
  return date ? date.toISOString() : null
}

/** Field by field, so that nothing else can come along. */
export function presentToken(token: AccessToken): z.infer<typeof Token> {
  const body = {
    access_token: token.access_token,
    token_type: 'bearer',
    expires_at: isoOf(token.expires_at),
    scope: token.scope ?? null,
  }
  const extra = Object.entries(token.extra)
  if (extra.length === 0) return body
  return {
    ...body,
    extra: Object.fromEntries(
      extra.map(([name, set]) => [
        name,
        { access_token: set.access_token, expires_at: isoOf(set.expires_at) },
      ]),
    ),
  }
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
