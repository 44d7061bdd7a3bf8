/**
 * Google: one authorization server, one grant for each account and client, and behind it the products, of which an
 * entry plays its own. https://developers.google.com/identity/protocols/oauth2
 */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { type Asked, json, type Reply, readArguments, readBearer } from '../messages.ts'
import {
  type Account,
  type CreateStandIn,
  on,
  open,
  type Route,
  type TokenProblem,
  type Tools,
} from '../stand-in.ts'
import { seedWorkspace, type Workspace } from '../worlds/google.ts'
import { problem } from '../worlds/google-shapes.ts'

export const AUTH = 'https://www.googleapis.com/auth/'

/** The name under which all entries keep one account's mail, calendar, contacts and files. */
const HOUSE = 'google'

export type Play = {
  tools: Tools
  world: (account: Account) => Workspace
  nextId: (prefix: string) => string
}

/** The routes of one product. */
export type Product = (play: Play) => Route[]

type Data = { nextId: number; accounts: Record<string, Workspace> }

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'Bad Request'],
  bad_client: [401, 'invalid_client', 'Unauthorized'],
  bad_code: [400, 'invalid_grant', 'Malformed auth code.'],
  used_code: [400, 'invalid_grant', 'Bad Request'],
  expired_code: [400, 'invalid_grant', 'Bad Request'],
  bad_redirect_uri: [400, 'redirect_uri_mismatch', 'Bad Request'],
  bad_verifier: [400, 'invalid_grant', 'Invalid code verifier.'],
  bad_refresh_token: [400, 'invalid_grant', 'Token has been expired or revoked.'],
  bad_grant_type: [400, 'unsupported_grant_type', 'Invalid grant_type'],
}

/** The last one is a personal account: no Workspace stands behind it. */
const accounts: readonly Account[] = [
  { id: '108345519922387700001', name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: '108345519922387700002', name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: '108345519922387700003', name: 'Ada Okafor (private)', email: 'ada.rides@mail.example' },
]

export function playGoogle(...products: Product[]): CreateStandIn {
  return (tools) => {
    const data = tools.load<Data>(() => ({ nextId: 1, accounts: {} }), HOUSE)
    const play: Play = {
      tools,
      world: (account) => (data.accounts[account.id] ??= seedWorkspace(account, tools.now())),
      nextId: (prefix) => `${prefix}${(data.nextId++).toString(16).padStart(8, '0')}`,
    }
    const { client_id: client } = tools.client

    const routes = [
      on('GET', '/v1/userinfo', ({ account, token }) => json(200, claims(account, token.scopes)), {
        host: 'openidconnect.googleapis.com',
        scope: ['openid', 'email', 'profile'],
      }),
      open('GET', '/tokeninfo', ({ asked }) => tokenInfo(asked), { host: 'oauth2.googleapis.com' }),
      open('POST', '/tokeninfo', ({ asked }) => tokenInfo(asked), { host: 'oauth2.googleapis.com' }),
      open('POST', '/revoke', ({ asked }) => revoke(asked), { host: 'oauth2.googleapis.com' }),
      ...products.flatMap((product) => product(play)),
    ]

    function tokenInfo(asked: Asked): Reply {
      const token = tools.tokens.find(
        readArguments(asked)['access_token'] ?? readBearer(asked.headers.authorization) ?? '',
      )
      const account = tools.accounts().find(({ id }) => id === token?.account)
      if (token?.use !== 'access' || !tools.tokens.isLive(token) || !account)
        return json(400, { error: 'invalid_token', error_description: 'Invalid Value' })
      const left = token.expiresAt === null ? 3599 : Math.floor((token.expiresAt - tools.now()) / 1000)
      return json(200, {
        aud: token.client,
        azp: token.client,
        sub: account.id,
        scope: token.scopes.map(longName).join(' '),
        expires_in: String(left),
        email: account.email,
        email_verified: 'true',
        access_type: 'offline',
      })
    }

    /** Either token ends the whole grant of the account at this project. */
    function revoke(asked: Asked): Reply {
      const token = tools.tokens.find(readArguments(asked)['token'] ?? '')
      if (!token || !tools.tokens.isLive(token))
        return json(400, { error: 'invalid_token', error_description: 'Token expired or revoked' })
      tools.tokens.endGrant(token)
      return json(200, {})
    }

    return {
      house: HOUSE,
      accounts,
      oauth: {
        code: () => `4/0A${tools.random(70)}`,
        access: () => `ya29.a0${tools.random(160, ALPHABET)}`,
        refresh: () => `1//0${tools.random(96, ALPHABET)}`,
        lifetime: 3599,
        partialConsent: true,
        fixedScopes: ['openid', 'email', 'profile'],
        // A refresh token comes with the first consent, and later only when the consent page is asked for.
        offline: ({ query, account }) =>
          query.get('access_type') === 'offline' &&
          (/\bconsent\b/.test(query.get('prompt') ?? '') ||
            tools.tokens.listGrant({ client, account: account.id }).length === 0),
        callback: ({ scopes }) => ({
          scope: scopes.map(longName).join(' '),
          authuser: '0',
          prompt: 'consent',
        }),
        answer: ({ tokens: { main }, account }) =>
          json(200, {
            access_token: main?.access_token ?? '',
            ...(main?.expires_in !== undefined && { expires_in: main.expires_in }),
            ...(main?.refresh_token && { refresh_token: main.refresh_token }),
            scope: (main?.scopes ?? []).map(longName).join(' '),
            token_type: 'Bearer',
            ...(main?.scopes.includes('openid') && { id_token: idToken(account) }),
          }),
        failure: (which) => {
          const [status, error, error_description] = PROBLEMS[which]
          return json(status, { error, error_description })
        },
      },
      routes,
      unauthorized: () =>
        problem(
          401,
          'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
          'authError',
          'UNAUTHENTICATED',
        ),
      forbidden: () =>
        problem(
          403,
          'Request had insufficient authentication scopes.',
          'insufficientPermissions',
          'PERMISSION_DENIED',
        ),
      notFound: () =>
        problem(404, 'The requested URL was not found on this server.', 'notFound', 'NOT_FOUND'),
      rateLimited: () =>
        problem(429, 'Quota exceeded for quota metric.', 'rateLimitExceeded', 'RESOURCE_EXHAUSTED'),
    }

    /** Carries the right claims; the signature is of no key, since the sandbox publishes none. */
    function idToken(account: Account): string {
      const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const issued = Math.floor(tools.now() / 1000)
      const payload = {
        iss: 'https://accounts.google.com',
        azp: tools.client.client_id,
        aud: tools.client.client_id,
        ...claims(account, ['openid', 'email', 'profile']),
        iat: issued,
        exp: issued + 3600,
      }
      return `${part({ alg: 'RS256', kid: 'sandbox', typ: 'JWT' })}.${part(payload)}.${tools.random(342, ALPHABET)}`
    }
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Google answers with the long names of these two, whichever was asked for. */
function longName(scope: string): string {
  return scope === 'email' || scope === 'profile' ? `${AUTH}userinfo.${scope}` : scope
}

function claims(account: Account, scopes: readonly string[]): JsonObject {
  const [given_name = '', ...family] = account.name.split(' ')
  return {
    sub: account.id,
    ...(scopes.includes('profile') && {
      name: account.name,
      given_name,
      family_name: family.join(' '),
      picture: `https://lh3.googleusercontent.com/a/${account.id}=s96-c`,
    }),
    ...(scopes.includes('email') && { email: account.email, email_verified: true }),
    ...(account.detail && { hd: account.email.split('@')[1] ?? '' }),
  }
}
