/**
 * Microsoft: Entra ID in front of Graph, in four clouds that know nothing of one another. A personal account has
 * neither Teams nor a directory; the directory of the others lets people consent to all but what its administrator
 * must allow. https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
import { createHmac } from 'node:crypto'
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { type Asked, json, type Reply, readBearer } from '../messages.ts'
import {
  type Account,
  type CreateStandIn,
  on,
  type Route,
  type TokenProblem,
  type Tools,
} from '../stand-in.ts'
import { type Mailbox, type Organization, seedMailbox, seedOrganization } from '../worlds/graph.ts'
import { notFound, one, problem, TENANT, writeUser } from '../worlds/graph-shapes.ts'

/** The name under which all entries keep one account's world. */
const HOUSE = 'microsoft'
/** The directory that personal accounts belong to. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Sign-in and Graph of each cloud; a token of one is nothing to the others. */
const CLOUDS: readonly (readonly [login: string, graph: string])[] = [
  ['login.microsoftonline.com', 'graph.microsoft.com'],
  ['login.microsoftonline.us', 'graph.microsoft.us'],
  ['login.microsoftonline.us', 'dod-graph.microsoft.us'],
  ['login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn'],
]
export const FILES_HOST = 'fernhill-my.sharepoint.com'

export type Play = {
  tools: Tools
  mailbox: (account: Account) => Mailbox
  organization: Organization
  nextId: (prefix: string) => string
  /** Name of whoever wrote something. */
  nameOf: (id: string) => string
  isPersonal: (account: Account) => boolean
  /** Text that nobody can guess and every entry knows: it opens one thing. */
  ticketFor: (thing: string) => string
}

/** The routes of one product. */
export type Product = (play: Play) => Route[]

/** Any cloud's Graph; which one a token is good for is checked before. */
export const graph = { host: '{graph}' }

type Data = { key: string; nextId: number; mailboxes: Record<string, Mailbox>; organization: Organization }

const ADA = 'a1d5c0de-0001-4a7b-9c3d-5e6f70819201'
const BRUNO = 'a1d5c0de-0002-4a7b-9c3d-5e6f70819202'

const accounts: readonly Account[] = [
  { id: ADA, name: cast.ada.name, email: cast.ada.email, detail: `${fernhill.name}, administrator` },
  { id: BRUNO, name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: '84a2c1d3e5f60718', name: 'Ada Okafor (private)', email: 'ada.rides@outlook.example' },
]

/** Status, error, AADSTS number and its text. */
const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, number, string]>> = {
  bad_format: [
    400,
    'invalid_request',
    900144,
    "The request body must contain the following parameter: 'grant_type'.",
  ],
  bad_client: [401, 'invalid_client', 7000215, 'Invalid client secret provided.'],
  bad_code: [400, 'invalid_grant', 70000, 'The provided authorization code is malformed or invalid.'],
  used_code: [
    400,
    'invalid_grant',
    54005,
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  ],
  expired_code: [
    400,
    'invalid_grant',
    70008,
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  ],
  bad_redirect_uri: [
    400,
    'invalid_grant',
    50011,
    'The redirect URI specified in the request does not match the redirect URI of the authorization request.',
  ],
  bad_verifier: [
    400,
    'invalid_grant',
    501481,
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  ],
  bad_refresh_token: [
    400,
    'invalid_grant',
    50173,
    'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  ],
  bad_grant_type: [400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.'],
}

export function playMicrosoft(...products: Product[]): CreateStandIn {
  return (tools) => {
    const data = tools.load<Data>(
      () => ({
        key: tools.random(40),
        nextId: 1,
        mailboxes: {},
        organization: seedOrganization(tools.now(), { ada: ADA, bruno: BRUNO }),
      }),
      HOUSE,
    )
    const isPersonal = ({ id }: Account) => !id.includes('-')
    const play: Play = {
      tools,
      mailbox: (account) => (data.mailboxes[account.id] ??= seedMailbox(account, tools.now())),
      organization: data.organization,
      nextId: (prefix) => `${prefix}${(data.nextId++).toString(36).toUpperCase().padStart(8, '0')}`,
      nameOf: (id) => tools.accounts().find((account) => account.id === id)?.name ?? 'Someone',
      isPersonal,
      ticketFor: (thing) => createHmac('sha256', data.key).update(thing).digest('base64url'),
    }

    return {
      house: HOUSE,
      accounts,
      createAccount: (person) => ({
        ...person,
        id: `a1d5c0de-${tools.random(4, HEX)}-4${tools.random(3, HEX)}-9${tools.random(3, HEX)}-${tools.random(12, HEX)}`,
        detail: 'another directory',
      }),
      hosts: [...new Set(CLOUDS.flat()), FILES_HOST],
      oauth: {
        code: () => `1.A${tools.random(180, TEXT)}`,
        access: ({ account }) =>
          isPersonal(account)
            ? `EwB${tools.random(200, TEXT)}`
            : `eyJ0eXAiOiJKV1Qi.${tools.random(200, TEXT)}`,
        refresh: () => `1.A${tools.random(220, TEXT)}`,
        // Microsoft spreads the ends of its tokens over half an hour.
        lifetime: () => 3600 + Number(tools.random(3, '0123456789')),
        refreshLifetime: 90 * 86_400,
        // A used refresh token is not revoked: it stays good until its own end.
        leeway: 90 * 86_400,
        offline: ({ scopes }) => scopes.includes('offline_access'),
        refuses: ({ scopes, account, place }) => refuseConsent(scopes, account, place),
        callback: () => ({ session_state: tools.random(32, HEX) }),
        denial: {
          error_description: 'AADSTS65004: User declined to consent to access the app.',
          error_subcode: 'cancel',
        },
        answer: ({ tokens: { main }, account }) =>
          json(200, {
            token_type: 'Bearer',
            // What the tokens themselves prove is not repeated.
            scope: (main?.scopes ?? []).filter((scope) => scope !== 'offline_access').join(' '),
            ...(main?.expires_in !== undefined && {
              expires_in: main.expires_in,
              ext_expires_in: main.expires_in,
            }),
            access_token: main?.access_token ?? '',
            ...(main?.refresh_token && { refresh_token: main.refresh_token }),
            ...(main?.scopes.includes('openid') && { id_token: idToken(account) }),
          }),
        failure: (which) => {
          const [status, error, number, text] = PROBLEMS[which]
          return json(status, {
            error,
            error_description: `AADSTS${number}: ${text} Trace ID: ${TRACE} Correlation ID: ${TRACE} Timestamp: 2026-11-21 12:00:00Z`,
            error_codes: [number],
            timestamp: '2026-11-21 12:00:00Z',
            trace_id: TRACE,
            correlation_id: TRACE,
            error_uri: `https://login.microsoftonline.com/error?code=${number}`,
          })
        },
      },
      guard: strayToken,
      routes: [
        on('GET', '/v1.0/me', ({ asked, account }) => one(asked, 'users', writeUser(account)), {
          ...graph,
          scope: ['User.Read'],
        }),
        ...products.flatMap((product) => product(play)),
      ],
      unauthorized: (why) =>
        problem(
          401,
          'InvalidAuthenticationToken',
          why === 'expired'
            ? 'Lifetime validation failed, the token is expired.'
            : why === 'missing'
              ? 'Access token is empty.'
              : 'Access token validation failure.',
        ),
      forbidden: ({ scope }, held) =>
        problem(
          403,
          scope.some((name) => /^(?:Team|Channel|Chat)/.test(name)) ? 'Forbidden' : 'ErrorAccessDenied',
          `Missing scope permissions on the request. API requires one of '${scope.join(', ')}'. Scopes on the request '${held.scopes.join(', ')}'`,
        ),
      notFound: () => notFound(),
      rateLimited: () => problem(429, 'TooManyRequests', 'Please retry again later.'),
    }

    /** A token of one cloud is no token in another. */
    function strayToken(asked: Asked): Reply | undefined {
      if (asked.host === FILES_HOST) return undefined
      const login = tools.tokens.find(readBearer(asked.headers.authorization) ?? '')?.place['login']
      const known = login === undefined || CLOUDS.some(([from, to]) => from === login && to === asked.host)
      return known ? undefined : problem(401, 'InvalidAuthenticationToken', 'Invalid audience.')
    }

    function refuseConsent(scopes: readonly string[], account: Account, place: Record<string, string>) {
      const teams = scopes.filter((scope) => /^(?:Team|Channel|Chat)/.test(scope))
      if (isPersonal(account) && !['common', 'consumers'].includes(place['tenant'] ?? ''))
        return refusal(
          'access_denied',
          50020,
          'User account from identity provider live.com does not exist in tenant.',
        )
      if (isPersonal(account) && teams.length > 0)
        return refusal(
          'invalid_scope',
          70011,
          `The provided value for the input parameter 'scope' is not valid. The scope '${teams.join(' ')}' does not exist.`,
        )
      if (scopes.includes('ChannelMessage.Read.All') && account.id !== ADA)
        return refusal('access_denied', 90094, 'The grant requires admin permission.')
      return undefined
    }

    /** Carries the right claims; the signature is of no key, since the sandbox publishes none. */
    function idToken(account: Account): string {
      const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const tenant = isPersonal(account) ? CONSUMERS : TENANT
      const issued = Math.floor(tools.now() / 1000)
      const payload = {
        aud: tools.client.client_id,
        iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
        iat: issued,
        nbf: issued,
        exp: issued + 3600,
        name: account.name,
        oid: account.id,
        preferred_username: account.email,
        email: account.email,
        sub: account.id,
        tid: tenant,
        ver: '2.0',
      }
      return `${part({ typ: 'JWT', alg: 'RS256', kid: 'sandbox' })}.${part(payload)}.${tools.random(342, TEXT)}`
    }
  }
}

const HEX = '0123456789abcdef'
const TEXT = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const TRACE = '00000000-0000-4000-8000-000000000000'

function refusal(error: string, number: number, text: string): Record<string, string> {
  return { error, error_description: `AADSTS${number}: ${text}` }
}
