/**
 * Atlassian Cloud: one authorization server, sites that are reached through one gateway or by API token on the site
 * itself, and products of which an entry plays its own. https://developer.atlassian.com/cloud
 */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { type Asked, empty, json, redirect, type Reply, readArguments } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  type Route,
  type TokenProblem,
  type Tools,
} from '../stand-in.ts'
import { hasConfluence } from '../worlds/confluence.ts'
import { jiraIds, seedSites, type Site } from '../worlds/jira.ts'

/** A call on one site. */
export type OnSite = Call & { site: Site }

export type Play = {
  tools: Tools
  /** The same call through the gateway of OAuth apps, and on the site itself for API tokens. */
  both: (method: string, path: string, handle: (call: OnSite) => Reply, scope: readonly string[]) => Route[]
}

type Product = 'jira' | 'confluence'

/** The name under which all entries keep accounts and sites. */
const HOUSE = 'atlassian'

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'The request is malformed.'],
  bad_client: [401, 'access_denied', 'Unauthorized'],
  bad_code: [403, 'invalid_grant', 'Invalid authorization code'],
  used_code: [403, 'invalid_grant', 'Invalid authorization code'],
  expired_code: [403, 'invalid_grant', 'Invalid authorization code'],
  bad_redirect_uri: [403, 'invalid_grant', 'Invalid redirect_uri'],
  bad_verifier: [403, 'invalid_grant', 'Failed to verify code verifier'],
  bad_refresh_token: [403, 'unauthorized_client', 'refresh_token is invalid'],
  bad_grant_type: [403, 'unauthorized_client', 'Grant type not allowed for the client.'],
}
/** A used refresh token may be repeated this long. */
const LEEWAY = 600
const REFRESH_LIFETIME = 90 * 86_400

const accounts: readonly Account[] = [
  { id: jiraIds.ada, name: cast.ada.name, email: cast.ada.email, detail: 'two sites' },
  { id: jiraIds.bruno, name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: jiraIds.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: 'Quayside Studio' },
]

/** The product's own address on a site: it leads to the log-in page where the site has the product. */
const front = (sites: readonly Site[]): Route =>
  open(
    'GET',
    '/wiki/',
    ({ params }) => {
      const site = sites.find(({ slug }) => slug === params['site'])
      return site && hasConfluence(site.cloudId)
        ? redirect('https://id.atlassian.com/login?application=confluence')
        : json(404, { message: 'Not Found' })
    },
    { host: '{site}.atlassian.net' },
  )

export function playAtlassian(product: Product, routesOf: (play: Play) => Route[]): CreateStandIn {
  return (tools) => {
    const data = tools.load<{ sites: Site[] }>(() => ({ sites: seedSites(tools.now()) }), 'jira')

    function sitesOf(account: Account): Site[] {
      const found = data.sites.filter(({ users }) => users.some(({ id }) => id === account.id))
      if (found.length > 0) return found
      // Someone added on the consent page joins the first site.
      const first = data.sites[0] as Site
      first.users.push({ id: account.id, name: account.name, email: account.email })
      return [first]
    }
    const hasProduct = (site: Site) => product === 'jira' || hasConfluence(site.cloudId)

    const both: Play['both'] = (method, path, handle, scope) => [
      on(
        method,
        `/ex/${product}/:cloudId${path}`,
        (call) => {
          if (call.token.use === 'static') return unauthorized()
          const site = sitesOf(call.account).find(({ cloudId }) => cloudId === call.params['cloudId'])
          return site && call.token.picked.includes(site.cloudId) && hasProduct(site)
            ? handle({ ...call, site })
            : json(404, { code: 404, message: 'Not Found' })
        },
        { scope },
      ),
      on(
        method,
        path,
        (call) => {
          if (call.token.use !== 'static')
            return json(403, { error: 'Failed to parse Connect Session Auth Token' })
          const site = data.sites.find(({ slug }) => slug === call.params['site'])
          return site && hasProduct(site)
            ? handle({ ...call, site })
            : json(404, { errorMessage: 'Site temporarily unavailable' })
        },
        { host: '{site}.atlassian.net' },
      ),
    ]

    /** Each product of a site is an item of its own, with the same id and the scopes that reach it. */
    function listResources({ account, token }: Call): Reply {
      return json(
        200,
        sitesOf(account)
          .filter(({ cloudId }) => token.picked.includes(cloudId))
          .flatMap((site) =>
            (['jira', 'confluence'] as const).flatMap((which) => {
              const scopes = token.scopes.filter((scope) => scope.includes(which))
              if (scopes.length === 0 || (which === 'confluence' && !hasConfluence(site.cloudId))) return []
              return {
                id: site.cloudId,
                url: `https://${site.slug}.atlassian.net`,
                name: site.slug,
                scopes,
                avatarUrl: `https://site-admin-avatar-cdn.prod.public.atl-paas.net/avatars/240/${site.slug}.png`,
              }
            }),
          ),
      )
    }

    /** Undocumented for these apps; it ends the grant where the client proves itself. */
    function revoke(asked: Asked): Reply {
      const { client_id, client_secret, token } = readArguments(asked)
      if (client_id !== tools.client.client_id || client_secret !== tools.client.client_secret)
        return json(401, { error: 'access_denied', error_description: 'Unauthorized' })
      const found = tools.tokens.find(token ?? '')
      if (found && found.client === client_id) tools.tokens.endGrant(found)
      return empty(200)
    }

    const apiToken = () =>
      tools.hold({
        account: jiraIds.ada,
        facts: { kind: 'api-token' },
        make: (derive) => `ATATT3xFfGF0${derive('token', 180)}=${derive('sum', 8, '0123456789ABCDEF')}`,
        present: (secret) => `${cast.ada.email}:${secret}`,
      })

    /** Access and refresh tokens look like JWTs. */
    function token(claims: JsonObject): string {
      const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
      return `${part({ kid: 'sandbox', alg: 'RS256' })}.${part({ jti: tools.random(22), iss: 'https://auth.atlassian.com', ...claims })}.${tools.random(86)}`
    }

    return {
      house: HOUSE,
      accounts,
      createAccount: (person) => ({
        ...person,
        id: `712020:${tools.random(36, '0123456789abcdef')}`,
        detail: fernhill.name,
      }),
      choices: (account) => ({
        legend: 'Sites',
        options: sitesOf(account)
          .filter(hasProduct)
          .map((site) => ({
            value: site.cloudId,
            label: site.name,
            hint: `${site.slug}.atlassian.net`,
          })),
      }),
      hosts: ['api.atlassian.com', 'auth.atlassian.com', '{site}.atlassian.net'],
      oauth: {
        code: () => tools.random(64),
        access: ({ account, scopes, expiresAt }) =>
          token({
            sub: account.id,
            scope: scopes.join(' '),
            exp: Math.floor((expiresAt ?? tools.now()) / 1000),
            aud: tools.client.client_id,
          }),
        refresh: () => token({ pfid: tools.random(12), aud: tools.client.client_id }),
        lifetime: 3600,
        refreshLifetime: REFRESH_LIFETIME,
        leeway: LEEWAY,
        offline: ({ scopes }) => scopes.includes('offline_access'),
        denial: { error_description: 'User did not authorize the request' },
        answer: ({ tokens: { main } }) => {
          const { scopes = [], ...issued } = main ?? {}
          return json(200, { ...issued, token_type: 'Bearer', scope: scopes.join(' ') })
        },
        failure: (problem) => {
          const [status, error, error_description] = PROBLEMS[problem]
          return json(status, { error, error_description })
        },
      },
      routes: [
        on('GET', '/oauth/token/accessible-resources', listResources),
        open('POST', '/oauth/revoke', ({ asked }) => revoke(asked), { host: 'auth.atlassian.com' }),
        ...(product === 'confluence' ? [front(data.sites)] : []),
        ...routesOf({ tools, both }),
      ],
      unauthorized,
      forbidden: () => json(401, { code: 401, message: 'Unauthorized; scope does not match' }),
      notFound: () => json(404, { code: 404, message: 'Not Found' }),
      rateLimited: () => json(429, { code: 429, message: 'Rate limit exceeded' }),
      values: () => ({ site: fernhill.slug, email: cast.ada.email, apiToken: apiToken() }),
    }
  }
}

const unauthorized = () => json(401, { code: 401, message: 'Unauthorized' })
