/**
 * The contract for ways to connect that few providers have, each by a made-up one: tokens that are exchanged, tokens
 * in the fragment, secrets that sign in, access tokens in a header of their own.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Provider, readText } from '../../src/catalog/define.ts'
import { json } from '../../src/sandbox/messages.ts'
import { type CreateStandIn, on } from '../../src/sandbox/stand-in.ts'
import { declarePlayed } from '../connect/played.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { authorize, tryCall } from './flow.ts'
import { livesOf, testLife } from './life.ts'

const DAY = 86_400
const at = (id: string, change: Partial<Provider>) =>
  declarePlayed(
    {},
    {
      id,
      name: id,
      family: id,
      hosts: [`api.${id}.example.com`, `login.${id}.example.com`],
      env: { client_id: `${id.toUpperCase()}_CLIENT_ID`, client_secret: `${id.toUpperCase()}_CLIENT_SECRET` },
      api: { base_url: `https://api.${id}.example.com` },
      ...change,
    },
  )
const oauth = (id: string) => ({
  kind: 'oauth2' as const,
  authorization_endpoint: `https://login.${id}.example.com/authorize`,
  token_endpoint: `https://login.${id}.example.com/token`,
  token_endpoint_auth_method: 'client_secret_post' as const,
})
const grantEnds = (id: string) => ({
  kills: 'grant' as const,
  revocation_endpoint: `https://login.${id}.example.com/revoke`,
})

const exchanged = at('exchanged', {
  auth: [
    {
      ...oauth('exchanged'),
      refresh: {
        rotates: 'exchange',
        dead: ['invalid_grant'],
        exchange: {
          upgrade: {
            url: 'https://login.exchanged.example.com/token?grant_type=upgrade&client_id={client_id}&client_secret={client_secret}&old={access_token}',
          },
          renew: { url: '/renew?access_token={access_token}' },
          ahead: 7 * DAY,
          min_age: DAY,
        },
      },
    },
  ],
  revocation: grantEnds('exchanged'),
})

const headed = at('headed', {
  auth: [
    {
      ...oauth('headed'),
      authorization: { scheme: 'header', name: 'X-Headed-Token', value: '{access_token}' },
      refresh: { rotates: 'always', dead: ['invalid_grant'] },
    },
  ],
  revocation: grantEnds('headed'),
})

const fragmented = at('fragmented', {
  auth: [
    {
      kind: 'fragment',
      authorization_endpoint: 'https://login.fragmented.example.com/1/authorize',
      authorization_params: { key: '{client_id}', return_url: '{redirect_uri}', scope: '{scope}' },
      token_parameter: 'token',
      error_parameter: 'error',
      authorization: {
        scheme: 'header',
        name: 'Authorization',
        value: 'OAuth oauth_consumer_key="{client_id}", oauth_token="{access_token}"',
      },
    },
  ],
  revocation: {
    kills: 'token',
    request: { method: 'DELETE', url: '/tokens/{access_token}', authorization: 'token' },
  },
})

const signing = at('signing', {
  parameters: [{ name: 'site', label: 'Site', pattern: '^[a-f0-9]+$', example: 'ab12', asked: false }],
  auth: [
    {
      kind: 'api_key',
      label: 'Personal access token',
      fields: [
        { name: 'pat', label: 'Name', pattern: '^\\w+$', example: 'hub', required: true },
        {
          name: 'secret',
          label: 'Secret',
          pattern: '^\\S{8,}$',
          example: 'x...',
          required: true,
          secret: true,
        },
      ],
      instructions: [],
      authorization: { scheme: 'header', name: 'X-Signing-Auth', value: '{access_token}' },
      session: {
        request: {
          method: 'POST',
          url: 'https://login.signing.example.com/signin',
          json: { credentials: { name: '{pat}', secret: '{secret}' } },
        },
        read: (body) => {
          const access_token = readText(body, 'credentials.token')
          return access_token
            ? {
                access_token,
                expires_in: 7200,
                parameters: { site: readText(body, 'credentials.site') ?? '' },
              }
            : undefined
        },
        dead: [{ status: 401, at: 'code', equals: '401001' }],
      },
    },
  ],
  api: { base_url: 'https://api.signing.example.com/sites/{site}' },
})

const playSigning: CreateStandIn = (tools) => ({
  accounts: [{ id: 'ada-1', name: 'Ada', email: 'ada@example.com' }],
  session: {
    present: ({ pat, secret }) => `${pat}:${secret}`,
    lifetime: 7200,
    exclusive: true,
    answer: ({ token }) => json(200, { credentials: { token, site: 'ab12' } }),
    failure: () => json(401, { code: '401001' }),
  },
  routes: [on('GET', '/sites/:site/me', ({ account }) => json(200, { id: account.id, name: account.name }))],
  unauthorized: () => json(401, { code: '401002' }),
  forbidden: () => json(403, {}),
  notFound: () => json(404, {}),
  values: () => ({
    pat: 'hub',
    secret: tools.hold({
      account: 'ada-1',
      make: (derive) => derive('secret', 24),
      present: (secret) => `hub:${secret}`,
    }),
  }),
})

let t: TestHub
beforeAll(async () => {
  t = await startTestHub({
    catalog: [exchanged, headed, fragmented, signing],
    standIns: { signing: playSigning },
    env: { TRUNKLINE_TRUSTED_HOPS: '1' },
  })
})
afterAll(() => t.close())

describe.each(livesOf([exchanged, headed, fragmented, signing]))('$name', (life) => {
  testLife(() => t, life)
})

test.each(livesOf([exchanged, headed, fragmented]))(
  '$name: of two people who connect one account, one ends and the other’s connection works on',
  async ({ provider, method }) => {
    t.sandbox.control.reset()
    const people = [await t.browser('ada@example.com'), await t.browser('bob@example.com')] as const
    const [one, two] = await Promise.all(
      people.map(async (person) => (await authorize(t, person, provider, method)).connection_id as string),
    )
    const [ada, bob] = people
    const end = async (person: Browser, id: string | undefined) =>
      (await person.send('DELETE', `/api/v1/connections/${id}`)).body.items[0].outcome
    expect(await end(ada, one)).toBe(provider.revocation?.kills === 'grant' ? 'skipped' : 'done')
    expect((await tryCall(bob, two as string, provider)).status).toBe(200)
    expect((await bob.send('POST', `/api/v1/connections/${two}/verify`)).body.status.status).toBe('connected')
    // The last one to go takes the grant along.
    expect(await end(bob, two)).toBe('done')
  },
)
