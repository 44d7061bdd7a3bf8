/** The docs pages of the catalog, drawn from the declarations. */
import { COLUMNS, coverageOf } from './coverage.ts'
import type { AuthMethod, Parameter, Provider, Webhooks, WebhookSignature } from '../src/catalog/define.ts'
import { fillSetup } from '../src/catalog/setup.ts'

const CALLBACK_PATHS: Readonly<Record<Provider['callback'], string | undefined>> = {
  native: '/api/integrations/callback',
  universal: '/api/v1/integrations/universal/callback',
  meta: '/api/integrations/whatsapp/callback',
  none: undefined,
}

/** Stands for the address of the reader's own hub. */
const HUB = '{TRUNKLINE_PUBLIC_URL}'

const KINDS: Readonly<Record<AuthMethod['kind'], string>> = {
  oauth2: 'OAuth 2.0',
  api_key: 'API key',
  bot_token: 'bot token',
  basic: 'user name and password',
  fragment: 'sign-in at the provider',
  installed_app: 'app installed at the provider',
  verified_access: 'verified access',
  browser_login: 'log-in page of the server',
}

export function renderProvidersTable(providers: readonly Provider[]): string {
  const rows = providers.map((provider) => [
    `[${provider.name}](providers/${provider.id}.md)`,
    provider.category,
    provider.auth.map((method) => KINDS[method.kind]).join(', '),
    provider.env.client_id ? `\`${provider.env.client_id}\`` : 'none needed',
    provider.summary,
  ])
  return `# Providers

What can be connected. Each page tells how to register the hub at the provider, which scopes are asked for and why,
and how to take access back. These pages are generated from the declarations in \`src/catalog/providers\`.

${table(['Provider', 'Category', 'Ways to connect', 'Client id', 'What a connection makes possible'], rows)}

## What is tested

Every way to connect runs through one life on a real socket: connect, call, refresh, revoked at the provider,
Connection Invalid, reconnect, disconnect. The provider is played by the sandbox; the page of each provider says what
its declaration was compared with besides. **Refresh**: how a credential is made anew. **Expiry**: when. **Revoke**: what
disconnecting ends at the provider. **Siblings**: what keeps a second connection of the account alive when the first is
disconnected. **Errors**: answers that are told apart. **Webhooks**: how events arrive, as declared.

${table(
  ['Provider', ...COLUMNS],
  providers.map((provider) => {
    const coverage = coverageOf(provider)
    return [`[${provider.name}](providers/${provider.id}.md)`, ...COLUMNS.map((column) => coverage[column])]
  }),
)}
`
}

export function renderProviderPage(provider: Provider): string {
  const redirect = CALLBACK_PATHS[provider.callback]
  const fill = (texts: readonly string[] = []) =>
    fillSetup(texts.map(quoteAddress), {
      public_url: HUB,
      redirect_uri: HUB + (redirect ?? ''),
    })
  const sections = [
    `# ${provider.name}`,
    provider.summary,
    provider.includes &&
      `One connection covers ${provider.includes.map((id) => `[${id}](${id}.md)`).join(', ')}.`,
    `Category: ${provider.category}. Id in the API: \`${provider.id}\`. Compared with the provider's documentation on ${provider.checked}.`,
    '## Set up',
    section('Before you begin', fill(provider.setup.prerequisites), '-'),
    `Register at <${provider.setup.console_url}>.`,
    redirect && `Redirect URI: \`${HUB}${redirect}\``,
    numbered(fill(provider.setup.steps)),
    section('Once connected', fill(provider.setup.after), '-'),
    renderEnvironment(provider),
    '## Ways to connect',
    ...provider.auth.map((method) => renderMethod(provider, method)),
    '## Permissions',
    provider.permissions_note,
    renderScopes(provider),
    '## Calls',
    `The credential travels to these hosts and no others: ${provider.hosts.map((host) => `\`${host}\``).join(', ')}.`,
    renderBases(provider),
    'Calls to try once connected:',
    provider.test_calls
      .map(
        (call) =>
          `- ${call.label}: \`${call.method} ${call.path}\`${call.base ? ` (base \`${call.base}\`)` : ''}`,
      )
      .join('\n'),
    provider.capabilities &&
      `Asked once connected, and whenever a connection is verified: ${provider.capabilities.map(({ label }) => label).join(', ')}. What is missing shows on the connection as a warning.`,
    renderResources(provider),
    renderWebhooks(provider.webhooks),
    '## Take access back',
    renderRevocation(provider),
    `By hand, at <${provider.setup.revoke.url}>:`,
    numbered(provider.setup.revoke.steps),
    (provider.setup.notes?.length || provider.doubts?.length || provider.sources?.length) && '## Notes',
    bullets(fill(provider.setup.notes)),
    section('Checked against', provider.sources ?? [], '-'),
    section('Doubts', provider.doubts ?? [], '-'),
  ]
  return `${sections.filter(Boolean).join('\n\n')}\n`
}

/** Where an installation's own addresses stand, they are set apart as code. */
function quoteAddress(text: string): string {
  return text.replace(/\{(?:public_url|redirect_uri)\}[\w/-]*/g, '`$&`')
}

function renderEnvironment(provider: Provider): string | undefined {
  const { client_id, client_secret, fallback = [], redirect_uri, extra = {} } = provider.env
  const headers = JSON.stringify(provider.api.headers ?? {})
  const rows = [
    ...(client_id ? [[`\`${client_id}\``, 'Client id of the OAuth client.']] : []),
    ...(client_secret ? [[`\`${client_secret}\``, 'Client secret of the OAuth client.']] : []),
    ...fallback.flatMap((names) => [
      [`\`${names.client_id}\``, 'Read where the client id above is not set.'],
      [`\`${names.client_secret}\``, 'Read where the client secret above is not set.'],
    ]),
    ...(redirect_uri
      ? [[`\`${redirect_uri}\``, 'The redirect URI above, repeated. Optional; set to another, it is told.']]
      : []),
    ...Object.entries(extra).map(([name, purpose]) => [
      `\`${name}\``,
      `${purpose} ${headers.includes(`{${name}}`) ? 'Needed.' : 'Optional.'}`,
    ]),
  ]
  return rows.length > 0 ? `### Environment\n\n${table(['Variable', 'What it is'], rows)}` : undefined
}

function renderMethod(provider: Provider, method: AuthMethod): string {
  const heading = `### ${method.label ?? KINDS[method.kind]}`
  if (method.kind === 'oauth2') {
    const rotation = {
      never: 'The refresh token stays the same.',
      always: 'Every refresh brings a new refresh token; the old one counts as used.',
      sometimes: 'A refresh may bring a new refresh token; the old one is single use then.',
      exchange: 'There is no refresh token: the access token is exchanged for a new one before it ends.',
      none: 'There are no refresh tokens.',
    }[method.refresh.rotates]
    return [
      heading,
      `OAuth 2.0: authorization at \`${method.authorization_endpoint}\`, tokens at \`${method.token_endpoint}\`.`,
      bullets([
        `Client authentication: \`${method.token_endpoint_auth_method}\`, ${method.token_request_format === 'json' ? 'JSON' : 'form'} body.`,
        method.pkce ? `PKCE: off. ${method.pkce.off}` : 'PKCE: S256.',
        `Refresh: ${rotation} ${method.refresh.note ?? ''}`.trim(),
        ...(method.token_proof
          ? [
              `Every call carries \`${method.token_proof}\`: an HMAC of the token, made with the client secret.`,
            ]
          : []),
        ...(method.code_lifetime ? [`A code lives ${method.code_lifetime} seconds.`] : []),
      ]),
      renderFields(provider.parameters ?? []),
      renderOperatorFields(provider.parameters ?? []),
    ]
      .filter(Boolean)
      .join('\n\n')
  }
  if (method.kind === 'browser_login') {
    return [
      heading,
      'The log-in page of the server opens, and the server hands the hub an app password of its own.',
      renderFields(provider.parameters ?? []),
    ]
      .filter(Boolean)
      .join('\n\n')
  }
  if (method.kind === 'installed_app') return [heading, numbered(method.instructions)].join('\n\n')
  if (method.kind === 'verified_access') return [heading, numbered(method.steps)].join('\n\n')
  if (method.kind === 'fragment') {
    return [
      heading,
      `Authorization at \`${method.authorization_endpoint}\`; the token comes back in the fragment of the redirect.`,
      renderFields(provider.parameters ?? []),
    ]
      .filter(Boolean)
      .join('\n\n')
  }
  return [heading, numbered(method.instructions), renderFields(method.fields)].filter(Boolean).join('\n\n')
}

function renderFields(fields: readonly Parameter[]): string | undefined {
  const asked = fields.filter((field) => field.asked === undefined)
  if (asked.length === 0) return undefined
  return table(
    ['Field', 'Example', ''],
    asked.map((field) => [
      field.label,
      `\`${field.example}\``,
      [field.required ? 'required' : 'optional', field.secret && 'secret', field.help]
        .filter(Boolean)
        .join('; '),
    ]),
  )
}

function renderOperatorFields(fields: readonly Parameter[]): string | undefined {
  const asked = fields.filter((field) => field.asked === 'operator')
  if (asked.length === 0) return undefined
  const rows = asked.map((field) => [
    field.label,
    field.options
      ? field.options.map(({ value, label }) => `\`${value}\` (${label})`).join(', ')
      : `\`${field.example}\``,
    field.default === undefined ? 'none' : `\`${field.default}\``,
    field.help ?? '',
  ])
  return `Set once by whoever runs the hub, not by the people who connect:\n\n${table(['Setting', 'Value', 'Unless set', ''], rows)}`
}

function renderScopes(provider: Provider): string | undefined {
  const { scopes, scope_sets } = provider
  if (!scopes || !scope_sets) return undefined
  const rows = Object.entries(scopes).map(([scope, { why, access, token }]) => [
    `\`${scope}\``,
    token ? `${access} (${token} token)` : access,
    scope_sets.recommended.scopes.includes(scope) ? 'yes' : 'no',
    why,
  ])
  const sets = Object.entries(scope_sets).map(
    ([name, set]) =>
      `- **${set.label}** (\`${name}\`): ${quote(set.scopes)}.${set.note ? ` ${set.note}` : ''}${set.documented ? ` The document lists ${quote(set.documented.scopes)}. ${set.documented.reason}` : ''}`,
  )
  return `${table(['Scope', 'Access', 'Recommended', 'Why'], rows)}\n\n### Sets\n\n${sets.join('\n')}`
}

function quote(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

const MODES: Readonly<Record<Webhooks['mode'], string>> = {
  automatic: 'The hub subscribes when an account connects.',
  app_level: 'One address, set once at the provider’s app.',
  by_hand: 'Possible; a person sets it up at the provider.',
  none: 'None.',
}

function renderResources({ resources, no_resources }: Provider): string | undefined {
  if (!resources) return no_resources && `## In projects\n\n${no_resources}`
  const kinds = resources.map(({ many, hint, lists, methods }) => {
    const needs = [
      ...new Set(lists.flatMap((list) => (list.needs ?? []).map((need) => [need].flat()[0] ?? ''))),
    ]
    const needed = needs.length > 0 ? ` Needs ${quote(needs)}.` : ''
    const only = methods ? ` Only for connections by ${quote(methods)}.` : ''
    return `**${many}**.${hint ? ` ${hint}` : ''}${needed}${only}`
  })
  return `## In projects\n\nWhat a [project](../guides/projects.md) can select:\n\n${bullets(kinds)}`
}

function renderWebhooks(webhooks: Webhooks | undefined): string | undefined {
  if (!webhooks) return undefined
  const { mode, events, signature, lifetime, handshake, steps, note } = webhooks
  const facts = [
    ...(events ? [`Events: ${quote(events)}.`] : []),
    ...(signature ? [`Proof of origin: ${renderSignature(signature)}`] : []),
    ...(lifetime ? [`A subscription ends after ${renderDuration(lifetime)} unless it is renewed.`] : []),
    ...(handshake ? [`A new address is tried first: ${handshake}`] : []),
  ]
  return ['## Events', `${MODES[mode]}${note ? ` ${note}` : ''}`, bullets(facts), numbered(steps ?? [])]
    .filter(Boolean)
    .join('\n\n')
}

const SCHEMES: Readonly<Record<WebhookSignature['scheme'], string>> = {
  'hmac-sha256': 'HMAC with SHA-256',
  'hmac-sha1': 'HMAC with SHA-1',
  'jwt-hs256': 'a JSON Web Token (HS256)',
  ed25519: 'Ed25519',
  shared_secret: 'a shared secret, compared as it is',
}

function renderSignature(signature: WebhookSignature): string {
  const { scheme, header, signed, tolerance, secret } = signature
  const parts = [
    SCHEMES[scheme],
    header && `in \`${header}\``,
    signed && `over \`${signed}\``,
    tolerance && `no older than ${renderDuration(tolerance)}`,
  ].filter(Boolean)
  const key = {
    client_secret: 'the client secret',
    subscription: 'a secret made for each subscription',
  }[secret]
  return `${parts.join(', ')}; the secret is ${key ?? `\`${secret}\``}.`
}

function renderDuration(seconds: number): string {
  const count = (size: number, unit: string) => {
    const found = Math.round((seconds / size) * 10) / 10
    return `${found} ${unit}${found === 1 ? '' : 's'}`
  }
  if (seconds >= 86_400) return count(86_400, 'day')
  return seconds >= 3600 ? count(3600, 'hour') : count(1, 'second')
}

function renderBases(provider: Provider): string {
  const bases = Object.entries(provider.api.bases ?? {})
  const list = bases.map(([name, url]) => `\`${name}\` (\`${url}\`)`).join(', ')
  return `Paths are below \`${provider.api.base_url}\`${list ? `; further bases: ${list}` : ''}.`
}

function renderRevocation(provider: Provider): string {
  const { revocation } = provider
  if (!revocation) return 'The provider has no call that ends the credential: it has to be done by hand.'
  const what =
    revocation.kills === 'grant'
      ? 'Disconnecting ends the grant at the provider, and with it every connection of the same account through the same client; while another one is live, the grant is left alone.'
      : 'Disconnecting ends the credential of this connection at the provider, and no other.'
  const narrow = revocation.narrow
    ? ' While another connection shares the grant, only the token of this one is ended.'
    : ''
  return `${what}${narrow}${revocation.undocumented ? ` ${revocation.undocumented}` : ''}`
}

function section(title: string, items: readonly string[], mark: '-'): string | undefined {
  return items.length > 0 ? `${title}:\n\n${items.map((item) => `${mark} ${item}`).join('\n')}` : undefined
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

function numbered(items: readonly string[]): string {
  return items.map((item, index) => `${index + 1}. ${item}`).join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
