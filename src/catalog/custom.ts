/**
 * A provider that an operator declares at run time: the shape of a declaration as JSON. What a shipped declaration says
 * by a function is data here: dot paths for the account, names for the ways to normalise. `compileProvider` makes of
 * it what the rest of the hub works with.
 */
import { z } from 'zod'
import { HubError } from '../errors.ts'
import { type DeclarationContext, findViolations } from './custom-rules.ts'
import {
  type AuthMethod,
  type Authorization as AuthorizationType,
  type Category,
  type OAuth2,
  type Parameter,
  type Provider,
  type ReadAccount,
  readText,
  type SecretMethod,
} from './define.ts'

const CATEGORIES = [
  'Productivity suites',
  'Communication & Collaboration',
  'Storage & Knowledge',
  'Calendar',
  'Project Management',
  'Finance & Billing',
  'Marketing & Advertising',
  'Analytics',
  'E-commerce',
  'Support & Helpdesk',
  'Engineering & DevOps',
  'Sales & CRM',
] as const satisfies readonly Category[]

const text = (max: number) => z.string().min(1).max(max)
const address = text(2000)
const record = z.record(text(200), z.string().max(2000))
const variable = z.string().regex(/^[A-Z][A-Z0-9_]{1,99}$/, 'must be capitals, digits and _')
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,49}$/, 'must be a letter, then letters, digits or _')

const Match = z
  .strictObject({
    status: z.union([z.int(), z.array(z.int())]).optional(),
    at: text(200).optional().describe('dot path into the JSON body'),
    header: text(100).optional(),
    equals: z
      .union([
        z.string(),
        z.number(),
        z.boolean(),
        z.null(),
        z.array(z.union([z.string(), z.number(), z.boolean()])),
      ])
      .optional()
      .describe('a whole value, or several; absent: anything, as long as it is there'),
  })
  .meta({ description: 'Recognises one kind of answer: every part that is given must hold.' })

const Authorization = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('bearer') }),
  z.strictObject({
    scheme: z.literal('basic'),
    username: z.string().max(500),
    password: z.string().max(500),
  }),
  z.strictObject({
    scheme: z.literal('header'),
    name: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header'),
    value: text(500),
  }),
])

const Request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  url: address.describe('a path below api.base_url, or absolute'),
  headers: record.optional(),
  form: record.optional(),
  json: z.json().optional(),
})

const Field = z.strictObject({
  name,
  label: text(100),
  pattern: text(300).describe('anchored regular expression'),
  example: z.string().max(200).default(''),
  required: z.boolean().optional(),
  secret: z.boolean().optional(),
  default: text(500).optional(),
  help: text(500).optional(),
  mismatch: text(500).optional(),
  options: z.array(z.strictObject({ value: text(200), label: text(200) })).optional(),
  normalise: z
    .enum(['host', 'lowercase', 'trim'])
    .optional()
    .describe('host: what people paste of an address becomes a host name'),
  host: z.boolean().optional().describe('the value names a server of the person’s own'),
  asked: z
    .union([z.literal(false), z.literal('operator')])
    .optional()
    .describe('false: the provider tells it; operator: set once for the integration'),
})

const Account = z
  .strictObject({ id: text(200), label: text(200), email: text(200).optional(), grant: text(200).optional() })
  .meta({
    description:
      'Dot paths into the answer to `verify`; one that begins with `token.` reads the token answer instead.',
  })

const OAuth2Method = z.strictObject({
  kind: z.literal('oauth2'),
  label: text(100).optional(),
  issuer: address.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  authorization_endpoint: address,
  token_endpoint: address,
  token_endpoint_auth_method: z
    .enum(['client_secret_basic', 'client_secret_post', 'none'])
    .default('client_secret_basic'),
  token_request_format: z.enum(['form', 'json']).optional(),
  pkce: z
    .strictObject({ off: text(500) })
    .optional()
    .describe('switched off with a reason; on unless given'),
  authorization_params: record.optional(),
  token_params: record.optional(),
  scope_separator: z.enum([' ', ',']).optional(),
  authorization: Authorization.optional(),
  parameters_from: z
    .record(name, z.string().regex(/^(query|token)\../, 'must begin with query. or token.'))
    .optional(),
  code_lifetime: z.int().min(10).max(3600).optional(),
  refresh: z
    .strictObject({
      rotates: z.enum(['never', 'always', 'sometimes', 'none']),
      dead: z.array(text(100)).max(20).optional(),
      assumed_lifetime: z.int().min(60).optional(),
    })
    .default({ rotates: 'sometimes' }),
  verify: Request.optional(),
  account: Account.optional(),
})

const SecretMethodSchema = z.strictObject({
  kind: z
    .enum(['api_key', 'bot_token', 'basic', 'bearer'])
    .describe('bearer: an API key that is sent as a bearer token'),
  label: text(100).optional(),
  fields: z.array(Field).min(1).max(10).optional(),
  authorization: Authorization.optional(),
  base_url: address.optional(),
  instructions: z.array(text(1000)).max(20).default([]),
  verify: Request.optional(),
  account: Account.optional(),
})

const ScopeSet = z.strictObject({
  label: text(100),
  note: text(500).optional(),
  scopes: z.array(text(300)).max(200),
})

export const Declaration = z
  .strictObject({
    $schema: z.string().optional(),
    id: z
      .string()
      .regex(
        /^[a-z][a-z0-9-]{1,39}$/,
        'must be 2 to 40 small letters, digits and -, and begin with a letter',
      ),
    name: text(100),
    category: z.enum(CATEGORIES).default('Productivity suites'),
    summary: text(300).optional(),
    aliases: z.array(text(100)).max(20).default([]),
    hosts: z
      .array(text(253))
      .min(1)
      .max(50)
      .describe('where a credential may travel; `{name}` is a parameter, `*.` one leading label'),
    env: z
      .strictObject({
        client_id: variable.optional(),
        client_secret: variable.optional(),
        extra: z.record(variable, text(300)).optional(),
      })
      .default({})
      .describe(
        'variables; without them, those of an OAuth client are <ID>_CLIENT_ID and <ID>_CLIENT_SECRET',
      ),
    parameters: z.array(Field).max(20).default([]),
    auth: z
      .array(z.discriminatedUnion('kind', [OAuth2Method, SecretMethodSchema]))
      .min(1)
      .max(5)
      .describe('the first is what Connect does'),
    scopes: z
      .record(text(300), z.strictObject({ why: text(300), access: z.enum(['read', 'write']) }))
      .optional(),
    scope_sets: z.object({ recommended: ScopeSet }).catchall(ScopeSet).optional(),
    permissions_note: text(500).optional(),
    api: z.strictObject({
      base_url: address,
      bases: z.record(name, address).optional(),
      headers: record.optional(),
      errors: z
        .strictObject({
          unauthorized: z.array(Match).max(20).optional(),
          forbidden: z.array(Match).max(20).optional(),
          rate_limited: z.array(Match).max(20).optional(),
          not_available: z.array(Match).max(20).optional(),
          failed: z.array(Match).max(20).optional(),
        })
        .optional(),
      rate_limit: z
        .strictObject({ reset_header: text(100).optional(), retry_after_at: text(200).optional() })
        .optional(),
    }),
    verify: Request.describe('the call that proves a credential and names its account'),
    account: Account,
    revocation: z
      .strictObject({
        kills: z.enum(['grant', 'token']),
        revocation_endpoint: address.optional(),
        request: Request.extend({
          authorization: z.enum(['client', 'client_secret', 'token', 'none']),
          gone: z.array(Match).max(20).optional(),
        }).optional(),
      })
      .optional(),
    test_calls: z
      .array(
        z.strictObject({
          label: text(100),
          method: z.enum(['GET', 'POST']).default('GET'),
          path: address,
          base: name.optional(),
        }),
      )
      .max(10)
      .default([]),
    setup: z
      .strictObject({
        console_url: address.optional(),
        prerequisites: z.array(text(1000)).max(20).default([]),
        steps: z.array(text(1000)).max(30).default([]),
        notes: z.array(text(1000)).max(20).default([]),
        revoke: z.strictObject({ url: address, steps: z.array(text(1000)).max(20).default([]) }).optional(),
      })
      .optional(),
  })
  .meta({ title: 'Trunkline provider', description: 'A provider that an operator declares at run time.' })

export type DeclarationInput = z.input<typeof Declaration>
export type DeclaredProvider = z.output<typeof Declaration>

/** For editors, and for whoever writes one. */
export function declarationSchema(): object {
  return z.toJSONSchema(Declaration, { io: 'input' })
}

/**
 * Reads a declaration and makes a provider of it.
 * @throws HubError `field_invalid` with one entry for everything that is wrong, by path
 */
export function compileProvider(
  given: unknown,
  context: DeclarationContext,
): { declaration: DeclaredProvider; provider: Provider } {
  const parsed = Declaration.safeParse(given)
  const errors = parsed.success
    ? findViolations(withDefaults(parsed.data), context)
    : parsed.error.issues.flatMap(explainIssue)
  if (!parsed.success || errors.length > 0) {
    const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
    throw new HubError('field_invalid', `${detail}.`, { errors })
  }
  return { declaration: parsed.data, provider: toProvider(withDefaults(parsed.data)) }
}

type Issue = z.core.$ZodIssue

/** A union that fails tells of each of its branches; the reader wants the one that was meant. */
function explainIssue(issue: Issue): { path: string; message: string }[] {
  const path = issue.path.map(String).join('.') || 'declaration'
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: path === 'declaration' ? key : `${path}.${key}`,
      message: 'is not part of a declaration',
    }))
  if (issue.code === 'invalid_union' && issue.discriminator)
    return [
      {
        path: path.endsWith(`.${issue.discriminator}`) ? path : `${path}.${issue.discriminator}`,
        message: 'is not one of those that are known',
      },
    ]
  return [{ path, message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) }]
}

/** Everything that may be left out, filled in; names as the shipped catalog would have chosen them. */
export type FullDeclaration = Omit<DeclaredProvider, 'auth'> & { auth: FullMethod[] }
type FullMethod =
  | z.output<typeof OAuth2Method>
  | (Omit<z.output<typeof SecretMethodSchema>, 'kind' | 'fields' | 'authorization' | 'label'> & {
      kind: SecretMethod['kind']
      label: string
      fields: z.output<typeof Field>[]
      authorization: AuthorizationType
    })

function withDefaults(declaration: DeclaredProvider): FullDeclaration {
  const prefix = declaration.id.toUpperCase().replaceAll('-', '_')
  const oauth = declaration.auth.find((method) => method.kind === 'oauth2')
  const isPublic = oauth?.kind === 'oauth2' && oauth.token_endpoint_auth_method === 'none'
  const client = oauth
    ? {
        client_id: `${prefix}_CLIENT_ID`,
        ...(isPublic ? {} : { client_secret: `${prefix}_CLIENT_SECRET` }),
      }
    : {}
  return {
    ...declaration,
    env: { ...client, ...declaration.env },
    auth: declaration.auth.map((method) => (method.kind === 'oauth2' ? method : fullSecretMethod(method))),
  }
}

const SECRET = '^\\S(.{0,4998}\\S)?$'

function fullSecretMethod(
  method: z.output<typeof SecretMethodSchema>,
): Exclude<FullMethod, { kind: 'oauth2' }> {
  const kind = method.kind === 'bearer' ? 'api_key' : method.kind
  const label =
    method.label ?? { api_key: 'API key', bot_token: 'Bot token', basic: 'User name and password' }[kind]
  const field = (fieldName: string, fieldLabel: string, secret: boolean) => ({
    name: fieldName,
    label: fieldLabel,
    pattern: SECRET,
    example: '',
    required: true,
    secret,
  })
  return {
    ...method,
    kind,
    label,
    fields:
      method.fields ??
      (kind === 'basic'
        ? [field('username', 'User name', false), field('password', 'Password', true)]
        : [field(kind === 'bot_token' ? 'token' : 'apiKey', label, true)]),
    authorization:
      method.authorization ??
      (kind === 'basic'
        ? { scheme: 'basic', username: '{username}', password: '{password}' }
        : { scheme: 'bearer' }),
  }
}

function toProvider(declaration: FullDeclaration): Provider {
  const { $schema: _, parameters, account, auth, setup, summary, ...same } = declaration
  const host = same.hosts.map((one) => one.replace(/^\*\./, '')).find((one) => !one.includes('{'))
  const home = setup?.console_url ?? (host ? `https://${host}` : same.api.base_url)
  return {
    ...same,
    summary: summary ?? `${same.name}, declared by whoever runs this hub.`,
    family: same.id,
    callback: auth.some(({ kind }) => kind === 'oauth2') ? 'universal' : 'none',
    parameters: parameters.map(toParameter),
    auth: auth.map(toMethod) as [AuthMethod, ...AuthMethod[]],
    account: readAccountBy(account),
    setup: {
      console_url: home,
      prerequisites: setup?.prerequisites ?? [],
      steps: setup?.steps ?? [],
      notes: setup?.notes ?? [],
      revoke: setup?.revoke ?? { url: home, steps: [] },
    },
    checked: '',
  } as Provider
}

function toMethod(method: FullMethod): AuthMethod {
  const { verify, account, ...same } = method
  const identity = { ...(verify ? { verify } : {}), ...(account ? { account: readAccountBy(account) } : {}) }
  if (same.kind === 'oauth2') return { ...same, ...identity } as OAuth2
  return { ...same, ...identity, fields: same.fields.map(toParameter) } as unknown as SecretMethod
}

const NORMALISE: Readonly<Record<string, (typed: string) => string>> = {
  trim: (typed) => typed.trim(),
  lowercase: (typed) => typed.trim().toLowerCase(),
  host: (typed) =>
    typed
      .trim()
      .toLowerCase()
      .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
      .replace(/[/?#].*$/, ''),
}

function toParameter({ normalise, ...same }: z.output<typeof Field>): Parameter {
  const change = normalise === undefined ? undefined : NORMALISE[normalise]
  return { ...same, ...(change ? { normalise: change } : {}) } as Parameter
}

function readAccountBy(paths: z.output<typeof Account>): ReadAccount {
  return ({ token, body }) => {
    const read = (path: string | undefined) =>
      path === undefined
        ? undefined
        : path.startsWith('token.')
          ? readText(token, path.slice('token.'.length))
          : readText(body, path)
    const email = read(paths.email)
    const grant = read(paths.grant)
    return {
      id: read(paths.id) ?? '',
      label: read(paths.label) ?? '',
      ...(email === undefined ? {} : { email }),
      ...(grant === undefined ? {} : { grant }),
    }
  }
}
