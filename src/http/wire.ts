/**
 * Every shape the API speaks, once: routes validate with it, OpenAPI is generated from it, the dashboard and the
 * SDK take their types from it. Responses lose undeclared keys on the way out, so nothing leaks by accident;
 * requests with undeclared keys are refused.
 *
 * Names are snake_case, times are ISO 8601 in UTC, durations are seconds.
 */
import { z } from 'zod'

const time = z.iso.datetime().describe('ISO 8601, UTC')
const id = z.string()

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    retry: z.enum(['never', 'later', 'reconnect']),
    request_id: z.string().optional(),
    /** One entry a field that is wrong. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** Set where the call was ambiguous: the connections to choose from. */
    choices: z.array(z.object({ id, label: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })

export const Page = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() })
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
})

// People

export const Role = z.enum(['admin', 'member'])
export const Me = z
  .object({
    kind: z.enum(['person', 'api_key']),
    id,
    name: z.string(),
    email: z.string().nullable(),
    role: Role,
    scopes: z.array(z.string()),
    organization: z.object({ id, name: z.string() }),
    /** Sent back in the `Trunkline-CSRF` header with every change made with a session. Null with an API key. */
    csrf_token: z.string().nullable(),
    hub: z.object({
      public_url: z.string(),
      version: z.string(),
      sandbox: z.boolean(),
      /** Where the sandbox's fault knobs are; null without sandbox. */
      sandbox_url: z.string().nullable(),
    }),
  })
  .meta({ id: 'Me' })

export const SignIn = z.strictObject({ token: z.string().min(20).max(200) })

export const API_SCOPES = [
  'connections:read',
  'connections:write',
  'connect:write',
  'tokens:read',
  'proxy:use',
  'admin',
] as const
export const ApiScope = z.enum(API_SCOPES)
export const ApiKey = z
  .object({
    id,
    name: z.string(),
    /** The first characters, to recognise it by. */
    prefix: z.string(),
    scopes: z.array(ApiScope),
    created_at: time,
    expires_at: time.nullable(),
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .meta({ id: 'ApiKey' })
export const CreateApiKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(ApiScope).min(1),
  expires_in: z
    .number()
    .int()
    .min(60)
    .max(31_536_000 * 5)
    .optional()
    .describe('seconds'),
})
export const CreatedApiKey = ApiKey.extend({ key: z.string().describe('shown once, never again') }).meta({
  id: 'CreatedApiKey',
})

// Catalog

export const Field = z
  .object({
    name: z.string(),
    label: z.string(),
    pattern: z.string(),
    example: z.string(),
    required: z.boolean(),
    secret: z.boolean(),
    default: z.string().nullable(),
    help: z.string().nullable(),
    mismatch: z.string().nullable(),
    /** The only values there are; null: any that the pattern takes. */
    options: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
    /** In sandbox mode: a value that works, to fill in with one click. */
    sandbox_value: z.string().nullable(),
  })
  .meta({ id: 'Field' })
export const Method = z
  .object({
    /** `oauth2`, `api_key`, `bot_token`, `basic`, `browser_login`, `fragment`, `installed_app`, `verified_access`: pass it as `method` when connecting. */
    kind: z.enum([
      'oauth2',
      'api_key',
      'bot_token',
      'basic',
      'browser_login',
      'fragment',
      'installed_app',
      'verified_access',
    ]),
    label: z.string(),
    /** True: the person is sent to the provider; false: the form's fields are all there is. */
    redirects: z.boolean(),
    fields: z.array(Field),
    instructions: z.array(z.string()),
  })
  .meta({ id: 'Method' })
export const ScopeInfo = z
  .object({
    scope: z.string(),
    why: z.string(),
    access: z.enum(['read', 'write']),
    token: z.string().nullable(),
  })
  .meta({ id: 'ScopeInfo' })
export const Mode = z
  .enum(['live', 'sandbox', 'unconfigured'])
  .describe(
    'live: the real service; sandbox: played by this hub; unconfigured: credentials of the OAuth client are missing',
  )
/** Where a variable is set; `both`: the environment wins. */
export const VariableSource = z.enum(['environment', 'vault', 'both'])
export const ProviderSummary = z
  .object({
    id,
    name: z.string(),
    category: z.string(),
    summary: z.string(),
    aliases: z.array(z.string()),
    /** Path of the logo (SVG) on this hub; null: draw a monogram. */
    logo: z.string().nullable(),
    mode: Mode,
    primary_method: Method.shape.kind,
  })
  .meta({ id: 'ProviderSummary' })
export const ProviderDetail = ProviderSummary.extend({
  family: z.string(),
  methods: z.array(Method),
  /** Asked for before the redirect (a subdomain, a server). */
  parameters: z.array(Field),
  scopes: z.array(ScopeInfo),
  scope_sets: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      note: z.string().nullable(),
      scopes: z.array(z.string()),
    }),
  ),
  /** What Connect asks for now. */
  requested_scopes: z.array(z.string()),
  permissions_note: z.string().nullable(),
  redirect_uri: z.string().nullable(),
  env: z.array(
    z.object({
      name: z.string(),
      purpose: z.string(),
      set: z.boolean(),
      required: z.boolean(),
      source: VariableSource.nullable(),
    }),
  ),
  pkce: z.object({ used: z.boolean(), reason_off: z.string().nullable() }).nullable(),
  setup: z.object({
    console_url: z.string(),
    prerequisites: z.array(z.string()),
    steps: z.array(z.string()),
    after: z.array(z.string()),
    notes: z.array(z.string()),
    revoke: z.object({ url: z.string(), steps: z.array(z.string()) }),
  }),
  test_calls: z.array(
    z.object({
      label: z.string(),
      method: z.string(),
      path: z.string(),
      base: z.string().nullable(),
      headers: z.record(z.string(), z.string()),
      /** As it is sent; null: none. */
      body: z.string().nullable(),
    }),
  ),
  hosts: z.array(z.string()),
  checked: z.string(),
  doubts: z.array(z.string()),
}).meta({ id: 'ProviderDetail' })

// Connections

export const Status = z.enum([
  'connected',
  'not_configured',
  'connection_invalid',
  'setup_required',
  'no_access',
  'not_available',
])
export const StatusReport = z
  .object({
    status: Status,
    /** Stable code of the cause (`grant_revoked`, `refresh_token_expired`, `client_rejected` ...). */
    cause: z.string().nullable(),
    /** The cause in one sentence for people. */
    detail: z.string(),
    since: time.nullable(),
    /** Who can mend it. */
    who: z.enum(['nobody', 'owner', 'admin', 'operator', 'provider_admin']),
    action: z.enum([
      'none',
      'connect',
      'reconnect',
      'follow_steps',
      'contact_provider_admin',
      'check_subscription',
    ]),
  })
  .meta({ id: 'StatusReport' })
export const Owner = z
  .object({ kind: z.enum(['person', 'organization', 'end_user']), id, name: z.string() })
  .meta({ id: 'Owner' })
export const Connection = z
  .object({
    id,
    provider: z.string(),
    owner: Owner,
    method: Method.shape.kind,
    mode: z.enum(['live', 'sandbox']),
    status: StatusReport,
    account: z.object({
      id: z.string(),
      label: z.string(),
      email: z.string().nullable(),
    }),
    /** A name of the person's own; null: the account's label serves. */
    label: z.string().nullable(),
    is_default: z.boolean(),
    parameters: z.record(z.string(), z.string()),
    requested_scopes: z.array(z.string()),
    granted_scopes: z.array(z.string()),
    missing_scopes: z.array(z.string()),
    /** What the account was found to have, as last asked: a plan, a product. A warning ends nothing. */
    capabilities: z.array(
      z.object({ id, label: z.string(), value: z.string(), warning: z.string().nullable() }),
    ),
    /** When the access token ends; null: it does not, or the provider does not say. */
    expires_at: time.nullable(),
    refreshed_at: time.nullable(),
    last_verified_at: time.nullable(),
    /** While the connection still works: a retry is under way, or (`ends_soon`) nothing can renew it. Null: nothing is wrong. */
    trouble: z
      .object({ code: z.string(), detail: z.string(), since: time, next_attempt_at: time.nullable() })
      .nullable(),
    created_at: time,
    disconnected_at: time.nullable(),
  })
  .meta({ id: 'Connection' })
export const ListConnections = PageQuery.extend({
  provider: z.string().max(100).optional(),
  owner: z.string().max(100).optional().describe('id of a person, end user or the organization'),
  status: Status.optional(),
  /** Disconnected ones are left out unless asked for. */
  include_disconnected: z.enum(['true', 'false']).default('false'),
})
export const UpdateConnection = z.strictObject({
  label: z.string().trim().max(100).nullable().optional(),
  is_default: z.literal(true).optional(),
})
export const TimelineEntry = z
  .object({
    id,
    at: time,
    kind: z
      .string()
      .describe(
        'connected, refreshed, refresh_failed, status_changed, verified, scopes_changed, token_read, reconnected, disconnected ...',
      ),
    title: z.string().describe('one sentence for people'),
    actor: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineEntry' })
export const Token = z
  .object({
    access_token: z.string(),
    token_type: z.string(),
    expires_at: time.nullable(),
    scope: z.string().nullable(),
    /** Further tokens of the same grant by name (Slack: `user`). */
    extra: z
      .record(z.string(), z.object({ access_token: z.string(), expires_at: time.nullable() }))
      .optional(),
  })
  .meta({ id: 'Token' })
export const Impact = z
  .object({
    connection_id: id,
    /** Everything that stops or changes, one entry a kind, empty kinds included so that a reader sees zero. */
    items: z.array(
      z.object({
        kind: z.enum(['projects', 'resources', 'syncs', 'tools', 'webhooks', 'workflows', 'siblings']),
        count: z.number().int(),
        title: z.string(),
        names: z.array(z.string()),
      }),
    ),
    kept: z.array(z.string()),
    upstream: z.object({
      /** Whether the grant is revoked at the provider when disconnecting. */
      revokes: z.boolean(),
      reason: z.string(),
    }),
    manual: z.object({ url: z.string(), steps: z.array(z.string()) }),
  })
  .meta({ id: 'Impact' })
export const DisconnectReport = z
  .object({
    connection_id: id,
    forced: z.boolean(),
    items: z.array(
      z.object({
        item: z.string(),
        outcome: z.enum(['done', 'failed', 'skipped', 'by_hand']),
        detail: z.string(),
      }),
    ),
    manual: z.object({ url: z.string(), steps: z.array(z.string()) }),
  })
  .meta({ id: 'DisconnectReport' })

// Connecting

export const StartAttempt = z.strictObject({
  provider: z.string().max(100),
  method: Method.shape.kind.optional().describe('default: the provider’s first'),
  owner: z.enum(['me', 'organization']).default('me'),
  /** Connection parameters and, for methods without a redirect, the secrets. */
  fields: z.record(z.string().max(100), z.string().max(5000)).default({}),
  /** Names of a declared scope set; default `recommended`. */
  scope_set: z.string().max(100).optional(),
  /** Reconnect this connection: keeps its id and settings. */
  connection_id: z.string().max(100).optional(),
})
export const Attempt = z
  .object({
    id,
    provider: z.string(),
    status: z.enum([
      'pending',
      'proof_required',
      'decision_required',
      'succeeded',
      'failed',
      'expired',
      'cancelled',
    ]),
    /** Open it in a new tab. Only in the answer that created the attempt. */
    authorization_url: z.string().optional(),
    expires_at: time,
    connection_id: z.string().nullable(),
    /** Set when failed or expired. */
    error: z.object({ code: z.string(), detail: z.string(), remedies: z.array(z.string()) }).nullable(),
    /** Set when a decision is required. */
    decision: z
      .object({
        kind: z.enum(['choose_tenant', 'different_account']),
        question: z.string(),
        options: z.array(z.object({ value: z.string(), label: z.string(), hint: z.string().nullable() })),
      })
      .nullable(),
  })
  .meta({ id: 'Attempt' })
export const Decide = z.strictObject({ value: z.string().max(500) })

export const CreateConnectSession = z.strictObject({
  end_user: z.strictObject({
    id: z.string().min(1).max(200).describe('your own id of the person'),
    name: z.string().max(200).optional(),
    email: z.email().max(320).optional(),
  }),
  /** Providers that may be connected; default all. */
  providers: z.array(z.string().max(100)).max(100).optional(),
  /** Where the browser goes when done; must be on the operator's list TRUNKLINE_RETURN_URLS. */
  return_to: z.string().max(2000).optional(),
  /** `completion`: your server completes the flow (default). `browser`: weaker, and only where the operator allows it. */
  proof: z.enum(['completion', 'browser']).default('completion'),
  /** Reconnect this connection. */
  connection_id: z.string().max(100).optional(),
})
export const ConnectSession = z
  .object({ id, url: z.string(), expires_at: time, proof: z.enum(['completion', 'browser']) })
  .meta({ id: 'ConnectSession' })
export const CompleteConnectSession = z.strictObject({
  /** The one-time `trunkline_proof` that the browser brought to `return_to`. */
  proof: z.string().min(20).max(200),
  /** The person signed in, in that browser, at your application. Must be the session's own. */
  end_user_id: z.string().min(1).max(200),
})
/** What the public connect page shows to an end user. */
export const ConnectPage = z
  .object({
    organization: z.string(),
    expires_at: time,
    providers: z.array(
      ProviderSummary.extend({
        methods: z.array(Method),
        parameters: z.array(Field),
        scopes: z.array(ScopeInfo),
        requested_scopes: z.array(z.string()),
        permissions_note: z.string().nullable(),
      }),
    ),
    /** Where the person goes back to; null: they close the page. */
    return_to: z.string().nullable(),
  })
  .meta({ id: 'ConnectPage' })
export const StartFromLink = z.strictObject({
  provider: z.string().max(100),
  method: Method.shape.kind.optional(),
  fields: z.record(z.string().max(100), z.string().max(5000)).default({}),
})

// Setting up

export const SecretEntry = z
  .object({
    name: z.string(),
    source: VariableSource,
    purpose: z.string().nullable(),
    /** Ids of the providers that read it. */
    used_by: z.array(z.string()),
    /** Of the value in the vault. */
    version: z.number().int().nullable(),
    set_at: time.nullable(),
    set_by: z.string().nullable(),
    /** False: no loaded master key opens it. */
    readable: z.boolean(),
    warning: z.string().nullable(),
  })
  .meta({ id: 'SecretEntry', description: 'A secret by name. No answer ever holds a value.' })
export const SetSecrets = z.strictObject({
  /** Several at once: all are set, or none. */
  values: z
    .record(z.string().max(200), z.string().max(20_000))
    .refine((values) => Object.keys(values).length > 0, 'name at least one'),
})
/** `dry_run=true` says what would change, and changes nothing. */
export const DryRun = z.strictObject({ dry_run: z.enum(['true', 'false']).default('false') })
export const AffectedConnections = z
  .object({
    name: z.string(),
    change: z
      .enum(['client_replaced', 'secret_replaced', 'removed'])
      .describe('client_replaced: they go on with the old client'),
    providers: z.array(z.string()),
    connections: z.number().int(),
    owners: z.array(Owner.extend({ connections: z.number().int() })),
    effect: z.string(),
  })
  .meta({ id: 'AffectedConnections' })
export const SecretsChanged = z
  .object({
    dry_run: z.boolean(),
    changes: z.array(
      z.object({
        name: z.string(),
        outcome: z.enum(['new', 'replaced', 'unchanged', 'removed']),
        version: z.number().int().nullable(),
      }),
    ),
    affected: z.array(AffectedConnections),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'SecretsChanged' })

export const SetupState = z
  .enum(['ready', 'half_set', 'missing', 'sandbox'])
  .describe('half_set: something was begun, something is missing; sandbox: played until there is a client')
export const IntegrationSummary = z
  .object({
    provider: z.string(),
    name: z.string(),
    category: z.string(),
    logo: z.string().nullable(),
    /** Declared by an operator at run time. */
    declared: z.boolean(),
    mode: Mode,
    state: SetupState,
    /** Names of variables, and labels of parameters. */
    missing: z.array(z.string()),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'IntegrationSummary' })
export const LackingConnections = z
  .object({
    connections: z.number().int(),
    scopes: z.array(z.string()),
    owners: z.array(Owner.extend({ connections: z.number().int() })),
  })
  .meta({
    id: 'LackingConnections',
    description:
      'Connections that work, and lack scopes that would be asked for now; reconnecting asks for them',
  })
export const IntegrationDetail = IntegrationSummary.extend({
  console_url: z.string(),
  redirect_uri: z.string().nullable(),
  variables: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['client_id', 'client_secret', 'extra', 'hub_wide']),
      purpose: z.string(),
      required: z.boolean(),
      source: VariableSource.nullable(),
    }),
  ),
  scopes: z.object({
    /** The set that the operator picked; null: the recommended one, or a list of the operator's own. */
    set: z.string().nullable(),
    own: z.array(z.string()).nullable(),
    /** What Connect asks for. */
    requested: z.array(z.string()),
    unknown: z.array(z.string()),
    unusable: z.array(z.object({ scope: z.string(), reason: z.string() })),
  }),
  parameters: z.array(Field.extend({ value: z.string().nullable() })),
  endpoints: z.array(
    z.object({ host: z.string(), base_url: z.string(), source: z.enum(['environment', 'settings']) }),
  ),
  lacking: LackingConnections,
  set_at: time.nullable(),
  set_by: z.string().nullable(),
}).meta({ id: 'IntegrationDetail' })
export const UpdateIntegration = z.strictObject({
  scope_set: z.string().max(100).nullable().optional().describe('null: the recommended one'),
  scopes: z.array(z.string().max(300)).min(1).max(200).nullable().optional().describe('instead of a set'),
  allow_unknown_scopes: z.boolean().optional(),
  /** Null: back to the default. */
  parameters: z.record(z.string().max(100), z.string().max(2000).nullable()).optional(),
  /** Host to base URL: https, or http on this machine. Null: no override. */
  endpoints: z.record(z.string().max(300), z.string().max(2000).nullable()).optional(),
})

// Providers declared at run time

export const ProviderDeclaration = z
  .object({
    id: z.string(),
    declaration: z.record(z.string(), z.unknown()),
    set_at: time,
    set_by: z.string(),
    /** What this version of the hub refuses about it; empty: it is in use. */
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'ProviderDeclaration' })
export const DeclarationStored = z
  .object({
    id: z.string(),
    name: z.string(),
    dry_run: z.boolean(),
    is_new: z.boolean(),
    /** To register at the provider; null: it has no redirect. */
    redirect_uri: z.string().nullable(),
    /** Variables that it reads. */
    variables: z.array(z.string()),
  })
  .meta({ id: 'DeclarationStored' })
export const ForceQuery = z.strictObject({ force: z.enum(['true', 'false']).default('false') })
export const ProviderRemoved = z
  .object({ id: z.string(), connections_ended: z.number().int() })
  .meta({ id: 'ProviderRemoved' })

export const ClientCheck = z
  .object({
    outcome: z
      .enum(['accepted', 'refused', 'unclear', 'not_possible'])
      .describe('evidence from a token request with a made-up code; connecting an account is the test'),
    code: z.string().nullable().describe('what the provider answered'),
    detail: z.string(),
  })
  .meta({ id: 'ClientCheck' })

// Doctor

export const Finding = z
  .object({
    code: z.string().describe('stable: docs/reference/doctor.md has them all'),
    severity: z.enum(['error', 'warning', 'note', 'ok']),
    area: z.enum(['hub', 'vault', 'database', 'providers', 'connections']),
    provider: z.string().nullable(),
    what: z.string(),
    why: z.string().nullable(),
    /** The command or step that mends it. */
    remedy: z.string().nullable(),
  })
  .meta({ id: 'Finding' })
export const DoctorReport = z
  .object({
    checked_at: time,
    errors: z.number().int(),
    warnings: z.number().int(),
    /** The worst first. */
    findings: z.array(Finding),
  })
  .meta({ id: 'DoctorReport' })

// Compliance

export const DeletionAnswer = z
  .object({ url: z.string().describe('a page that tells how far it is'), confirmation_code: z.string() })
  .meta({ id: 'DeletionAnswer' })
export const DeletionStatus = z
  .object({ status: z.enum(['pending', 'done']), received_at: time, finished_at: time.nullable() })
  .meta({ id: 'DeletionStatus' })

/** Server-sent events of GET /api/v1/live: `event:` is the type, `data:` this object. */
export const LiveEvent = z
  .object({
    type: z.enum(['connection.changed', 'connection.deleted', 'attempt.changed']),
    id,
    provider: z.string(),
    at: time,
  })
  .meta({ id: 'LiveEvent' })

export type ProblemBody = z.infer<typeof Problem>
export type MeBody = z.infer<typeof Me>
export type FieldBody = z.infer<typeof Field>
export type MethodBody = z.infer<typeof Method>
export type ScopeInfoBody = z.infer<typeof ScopeInfo>
export type ProviderSummaryBody = z.infer<typeof ProviderSummary>
export type ProviderDetailBody = z.infer<typeof ProviderDetail>
export type StatusReportBody = z.infer<typeof StatusReport>
export type ConnectionBody = z.infer<typeof Connection>
export type TimelineEntryBody = z.infer<typeof TimelineEntry>
export type ImpactBody = z.infer<typeof Impact>
export type DisconnectReportBody = z.infer<typeof DisconnectReport>
export type StartAttemptBody = z.input<typeof StartAttempt>
export type AttemptBody = z.infer<typeof Attempt>
export type ApiKeyBody = z.infer<typeof ApiKey>
export type ConnectPageBody = z.infer<typeof ConnectPage>
export type LiveEventBody = z.infer<typeof LiveEvent>
export type SecretEntryBody = z.infer<typeof SecretEntry>
export type SecretsChangedBody = z.infer<typeof SecretsChanged>
export type IntegrationSummaryBody = z.infer<typeof IntegrationSummary>
export type IntegrationDetailBody = z.infer<typeof IntegrationDetail>
export type DeclarationStoredBody = z.infer<typeof DeclarationStored>
export type ProviderDeclarationBody = z.infer<typeof ProviderDeclaration>
export type FindingBody = z.infer<typeof Finding>
export type DoctorReportBody = z.infer<typeof DoctorReport>
export type ClientCheckBody = z.infer<typeof ClientCheck>
