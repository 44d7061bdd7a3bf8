import { describe, expect, test } from 'vitest'
import { HubError } from '../errors.ts'
import { compileProvider, declarationSchema } from './custom.ts'
import type { DeclarationContext } from './custom-rules.ts'

const context: DeclarationContext = {
  takenIds: new Set(['slack']),
  takenVariables: new Set(['SLACK_CLIENT_SECRET']),
  allowPrivateHosts: ['10.0.0.7', 'intranet'],
}

const oauth = {
  kind: 'oauth2',
  authorization_endpoint: 'https://id.example.com/auth',
  token_endpoint: 'https://id.example.com/token',
}
const base = {
  id: 'made-up',
  name: 'Made up',
  hosts: ['id.example.com', 'api.example.com'],
  auth: [oauth],
  api: { base_url: 'https://api.example.com/v1' },
  verify: { url: '/me' },
  account: { id: 'user.id', label: 'user.name', email: 'user.email' },
}
type Change = Record<string, unknown>

const compile = (change: Change = {}) => compileProvider({ ...base, ...change }, context).provider
function errorsOf(change: Change): string[] {
  try {
    compile(change)
  } catch (error) {
    if (error instanceof HubError) return (error.extras.errors ?? []).map(({ path }) => path)
    throw error
  }
  return []
}
const field = (change: Change) => ({
  name: 'site',
  label: 'Site',
  pattern: '^[a-z0-9-]+$',
  example: 'acme',
  ...change,
})

test('what is left out is filled in', () => {
  const provider = compile()
  expect(provider).toMatchObject({
    family: 'made-up',
    callback: 'universal',
    env: { client_id: 'MADE_UP_CLIENT_ID', client_secret: 'MADE_UP_CLIENT_SECRET' },
    auth: [
      {
        kind: 'oauth2',
        token_endpoint_auth_method: 'client_secret_basic',
        refresh: { rotates: 'sometimes' },
      },
    ],
    setup: { console_url: 'https://id.example.com' },
  })
  expect(
    provider.account({
      token: { team: { id: 't1' } },
      body: { user: { id: 7, name: 'Ada', email: 'ada@example.com' } },
      parameters: {},
    }),
  ).toEqual({ id: '7', label: 'Ada', email: 'ada@example.com' })
  expect(
    compile({ account: { id: 'token.team.id', label: 'user.name' } }).account({
      token: { team: { id: 't1' } },
      body: {},
      parameters: {},
    }),
  ).toEqual({ id: 't1', label: '' })
})

test.each([
  ['bearer', 'api_key', { scheme: 'bearer' }, ['apiKey']],
  ['api_key', 'api_key', { scheme: 'bearer' }, ['apiKey']],
  ['bot_token', 'bot_token', { scheme: 'bearer' }, ['token']],
  [
    'basic',
    'basic',
    { scheme: 'basic', username: '{username}', password: '{password}' },
    ['username', 'password'],
  ],
])('%s needs nothing but its kind', (kind, compiled, authorization, names) => {
  const provider = compile({ auth: [{ kind }] })
  const [method] = provider.auth
  expect([provider.callback, method.kind]).toEqual(['none', compiled])
  expect(method).toMatchObject({ authorization, fields: names.map((name) => ({ name, required: true })) })
  expect(provider.env).toEqual({})
})

test('normalising is named', () => {
  const { parameters } = compile({
    hosts: ['id.example.com', 'api.example.com', '{server}'],
    parameters: [
      { ...field({ name: 'server', normalise: 'host', host: true, pattern: '^[a-z0-9.-]+(:[0-9]+)?$' }) },
      { ...field({ name: 'team', normalise: 'lowercase' }) },
    ],
  })
  expect(parameters?.map(({ normalise }) => normalise?.(' HTTPS://Files.Example.org/a?b '))).toEqual([
    'files.example.org',
    'https://files.example.org/a?b',
  ])
})

describe('shape', () => {
  test.each<[string, Change, string[]]>([
    ['an unknown key', { colour: 'red' }, ['colour']],
    ['an unknown key inside', { api: { base_url: 'https://api.example.com', timeout: 3 } }, ['api.timeout']],
    ['no hosts', { hosts: [] }, ['hosts']],
    ['an id with capitals', { id: 'MadeUp' }, ['id']],
    ['an unknown kind of method', { auth: [{ kind: 'magic' }] }, ['auth.0.kind']],
    [
      'a function as text',
      { auth: [{ ...oauth, normaliseTokenAnswer: 'x => x' }] },
      ['auth.0.normaliseTokenAnswer'],
    ],
    ['a variable in small letters', { env: { client_id: 'path' } }, ['env.client_id']],
    [
      'sets without the recommended one',
      { scope_sets: { other: { label: 'x', scopes: [] } } },
      ['scope_sets.recommended'],
    ],
  ])('%s is told by its path', (_what, change, paths) => {
    expect(errorsOf(change)).toEqual(paths)
  })

  test('everything wrong is told at once', () => {
    expect(errorsOf({ id: '', name: '', hosts: [] })).toEqual(['id', 'name', 'hosts'])
  })

  test('text that is no object is refused', () => {
    for (const given of [null, 'x', 1, [], undefined])
      expect(() => compileProvider(given, context)).toThrow(HubError)
  })

  test('the schema is published as JSON Schema', () => {
    expect(declarationSchema()).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['id', 'name', 'hosts', 'auth', 'api', 'verify', 'account'],
    })
  })
})

describe('identity', () => {
  test.each<[string, Change, string[]]>([
    ['an id of the catalog', { id: 'slack' }, ['id']],
    ['a word of the hub’s own addresses', { id: 'schema' }, ['id']],
    [
      'the secret of a shipped provider',
      { env: { client_secret: 'SLACK_CLIENT_SECRET' } },
      ['env.client_secret'],
    ],
    [
      'the hub’s own configuration',
      { env: { client_secret: 'TRUNKLINE_MASTER_KEY' } },
      ['env.client_secret'],
    ],
    [
      'the same as an extra',
      { env: { extra: { SLACK_CLIENT_SECRET: 'x' } } },
      ['env.extra.SLACK_CLIENT_SECRET'],
    ],
    ['two methods of a kind', { auth: [{ kind: 'bearer' }, { kind: 'api_key' }] }, ['auth.1.kind']],
  ])('%s is refused', (_what, change, paths) => {
    expect(errorsOf(change)).toEqual(paths)
  })
})

describe('E2 hosts', () => {
  const withHost = (host: string) => errorsOf({ hosts: [...base.hosts, host] })

  test.each([
    'https://x.example.com',
    'x.example.com/path',
    'X.example.com',
    'user@x.example.com',
    '*.com',
    '*.co.uk',
    '*.com.au',
    '*.herokuapp.com',
    '*.github.io',
    '*',
    '*.*.example.com',
    'a.*.com',
    '{site}.com',
    'x{site}.com',
    'api.{site}.com',
    '{site}.co.uk',
    '127.0.0.1',
    '10.0.0.8',
    '169.254.169.254',
    '2130706433',
    '[::1]',
    'localhost',
    'db.internal',
    'printer.local',
    'single',
  ])('%s is refused', (host) => {
    expect(withHost(host).filter((path) => path.startsWith('hosts'))).toEqual(['hosts.2'])
  })

  test.each([
    'x.example.com',
    '*.example.com',
    '*.example.co.uk',
    'x.example.com:8443',
    '10.0.0.7',
    'intranet',
  ])('%s is taken', (host) => {
    expect(withHost(host)).toEqual([])
  })

  test('addresses that a credential is sent to are among them, over https', () => {
    expect(errorsOf({ api: { base_url: 'https://elsewhere.example.org' } })).toEqual(['api.base_url'])
    expect(errorsOf({ api: { base_url: 'http://api.example.com' } })).toEqual(['api.base_url'])
    expect(errorsOf({ api: { base_url: 'https://a@api.example.com' } })).toEqual(['api.base_url'])
    expect(errorsOf({ api: { base_url: 'https://api.example.com', bases: { x: 'https://x.org' } } })).toEqual(
      ['api.bases.x'],
    )
    expect(errorsOf({ verify: { url: 'https://elsewhere.example.org/me' } })).toEqual(['verify.url'])
    expect(errorsOf({ auth: [{ ...oauth, token_endpoint: 'https://elsewhere.example.org/token' }] })).toEqual(
      ['auth.0.token_endpoint'],
    )
    expect(
      errorsOf({
        revocation: { kills: 'token', revocation_endpoint: 'https://elsewhere.example.org/revoke' },
      }),
    ).toEqual(['revocation.revocation_endpoint'])
    expect(errorsOf({ setup: { console_url: 'javascript:alert(1)' } })).toEqual(['setup.console_url'])
    // The browser goes there with nothing but the client id.
    expect(
      errorsOf({ auth: [{ ...oauth, authorization_endpoint: 'https://login.example.org/auth' }] }),
    ).toEqual([])
    expect(
      errorsOf({ hosts: [...base.hosts, 'intranet'], api: { base_url: 'http://intranet/api' } }),
    ).toEqual([])
  })

  test('a parameter in a host name accepts nothing that names another host', () => {
    const hosts = [...base.hosts, '{site}.example.com']
    const api = { base_url: 'https://{site}.example.com' }
    const of = (pattern: string) => errorsOf({ hosts, api, parameters: [field({ pattern })] })
    expect(of('^[a-z0-9-]+$')).toEqual([])
    for (const pattern of [
      '^.*$',
      '^[a-z.]+$',
      '^[^ ]+$',
      '^\\S+$',
      '^[a-z/.]+$',
      '^[a-z0-9:-]+$',
      '^[a-z0-9-]*$',
    ])
      expect([pattern, of(pattern)]).toEqual([pattern, ['parameters.0.pattern']])
    expect(errorsOf({ hosts, api, parameters: [field({ secret: true })] })).toEqual(['parameters.0.secret'])
    expect(
      errorsOf({
        hosts: [...base.hosts, '{server}'],
        parameters: [field({ name: 'server', host: true, pattern: '^\\S+$' })],
      }),
    ).toEqual(['parameters.0.pattern'])
  })
})

describe('patterns and braces', () => {
  test.each(['[a-z]+', '^a|b$', '^(a+)+$', '^([a-z]+,?)*$', '^[a-z$'])(
    'the pattern %s is refused',
    (pattern) => {
      expect(errorsOf({ parameters: [field({ pattern })] })).toEqual(['parameters.0.pattern'])
    },
  )
  test('(a|b) is a pattern', () => {
    expect(errorsOf({ parameters: [field({ pattern: '^(a|b)$' })] })).toEqual([])
  })
  test('braces that nothing fills are told', () => {
    expect(errorsOf({ api: { base_url: 'https://api.example.com/{nobody}' } })).toEqual(['api.base_url'])
    expect(errorsOf({ api: { ...base.api, headers: { 'x-key': '{nobody}' } } })).toEqual([
      'api.headers.x-key',
    ])
    expect(errorsOf({ verify: { url: '/me', headers: { x: '{nobody}' } } })).toEqual(['verify.headers.x'])
    expect(
      errorsOf({
        auth: [{ kind: 'api_key', authorization: { scheme: 'header', name: 'x-key', value: '{other}' } }],
      }),
    ).toEqual(['auth.0.authorization'])
  })
  test('a default that its own pattern refuses is told', () => {
    expect(errorsOf({ parameters: [field({ default: 'NOT IT' })] })).toEqual(['parameters.0.default'])
  })
})
