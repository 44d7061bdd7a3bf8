/** LinkedIn's ad accounts of one member. https://learn.microsoft.com/en-us/linkedin/marketing/ */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { empty, json, type Reply, readForm, readJson } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type TokenProblem,
} from '../stand-in.ts'

type Campaign = { id: number; account: number; name: string; status: string; changed: number }
type Data = { campaigns: Campaign[] }

const accounts: readonly Account[] = [
  { id: 'K1RwyVNukt', name: cast.chiara.name, email: cast.chiara.email },
  { id: 'Zt3pQ8sLmB', name: cast.dmitri.name, email: cast.dmitri.email },
]
const AD_ACCOUNTS = [
  { id: 507404993, name: `${fernhill.name} EUR`, member: 'K1RwyVNukt' },
  { id: 507404994, name: `${fernhill.name} GBP`, member: 'K1RwyVNukt' },
  { id: 509881230, name: quayside.name, member: 'Zt3pQ8sLmB' },
]
const READ = { scope: ['r_ads', 'rw_ads'] }
const VERSIONS = { oldest: '202511', newest: '202611' }

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'A required parameter is missing'],
  bad_client: [401, 'invalid_client', 'Client authentication failed'],
  bad_code: [
    400,
    'invalid_request',
    'Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code, or authorization code expired.',
  ],
  used_code: [400, 'invalid_request', 'Unable to retrieve access token: authorization code was used before.'],
  expired_code: [400, 'invalid_request', 'Unable to retrieve access token: authorization code expired.'],
  bad_redirect_uri: [
    400,
    'invalid_redirect_uri',
    'Unable to retrieve access token: appid/redirect uri does not match.',
  ],
  bad_verifier: [400, 'invalid_request', 'Unable to retrieve access token.'],
  bad_refresh_token: [
    400,
    'invalid_request',
    'The provided authorization grant or refresh token is invalid, expired or revoked.',
  ],
  bad_grant_type: [400, 'unsupported_grant_type', 'The grant type is not supported.'],
}

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({
    campaigns: [
      {
        id: 330001,
        account: 507404993,
        name: 'Autumn service',
        status: 'ACTIVE',
        changed: tools.now() - 86_400_000,
      },
      {
        id: 330002,
        account: 507404993,
        name: 'Fleet renewals',
        status: 'PAUSED',
        changed: tools.now() - 9 * 86_400_000,
      },
    ],
  }))
  const own = ({ account }: Call) => AD_ACCOUNTS.filter(({ member }) => member === account.id)
  const elements = (found: readonly JsonObject[]) =>
    json(200, { elements: [...found], paging: { count: 10, start: 0, links: [], total: found.length } })

  const inAccount = (handle: (call: Call, id: number) => Reply) => (call: Call) => {
    const found = own(call).find(({ id }) => String(id) === call.params['account'])
    return found
      ? handle(call, found.id)
      : problem(403, 'ACCESS_DENIED', 'Not enough permissions to access the ad account')
  }

  const showCampaign = ({ id, account, name, status, changed }: Campaign): JsonObject => ({
    id,
    account: `urn:li:sponsoredAccount:${account}`,
    name,
    status,
    type: 'SPONSORED_UPDATES',
    changeAuditStamps: { lastModified: { time: changed } },
  })

  function createCampaign(call: Call, account: number): Reply {
    const name = readString(readJson(call.asked), 'name')
    if (!name) return problem(400, 'MISSING_FIELD', 'name is required')
    const made = { id: 330_001 + data.campaigns.length, account, name, status: 'DRAFT', changed: tools.now() }
    data.campaigns.push(made)
    return empty(201, { 'x-restli-id': String(made.id) })
  }

  return {
    accounts,
    rotationSwitch: true,
    // Every call names a version; an old or unknown one is not answered.
    guard: (asked) => {
      if (asked.host !== 'api.linkedin.com') return undefined
      const version = asked.headers['linkedin-version']
      if (version === undefined)
        return problem(
          400,
          'VERSION_MISSING',
          'A version must be present. Please specify a version by adding the LinkedIn-Version header.',
        )
      return typeof version === 'string' && version >= VERSIONS.oldest && version <= VERSIONS.newest
        ? undefined
        : problem(426, 'NONEXISTENT_VERSION', `Requested version ${String(version)} is not active`)
    },
    oauth: {
      code: () => `AQ${tools.random(88)}`,
      access: () => `AQX${tools.random(180)}`,
      refresh: () => `AQW${tools.random(180)}`,
      lifetime: 5_184_000,
      refreshLifetime: 31_536_000,
      // Apps that LinkedIn approved for it get one; the switch stands for the approval.
      offline: () => tools.settings().rotation === true,
      denial: {
        error: 'user_cancelled_authorize',
        error_description: 'The user cancelled the authorization',
      },
      answer: ({ tokens: { main } }) => {
        const { scopes = [], ...issued } = main ?? {}
        return json(200, {
          ...issued,
          ...(main?.refresh_token && { refresh_token_expires_in: 31_536_000 }),
          scope: scopes.join(','),
          token_type: 'Bearer',
        })
      },
      failure: (what) => {
        const [status, error, error_description] = PROBLEMS[what]
        return json(status, { error, error_description })
      },
    },
    routes: [
      on(
        'GET',
        '/rest/adAccountUsers',
        (call) =>
          elements(
            own(call).map(({ id }) => ({
              account: `urn:li:sponsoredAccount:${id}`,
              user: `urn:li:person:${call.account.id}`,
              role: 'ACCOUNT_MANAGER',
            })),
          ),
        READ,
      ),
      on(
        'GET',
        '/rest/adAccounts',
        (call) =>
          elements(
            own(call).map(({ id, name }) => ({
              id,
              name,
              status: 'ACTIVE',
              type: 'BUSINESS',
              currency: 'EUR',
              test: false,
            })),
          ),
        READ,
      ),
      on(
        'GET',
        '/rest/adAccounts/:account/adCampaigns',
        inAccount((_call, id) =>
          elements(data.campaigns.filter(({ account }) => account === id).map(showCampaign)),
        ),
        READ,
      ),
      on('POST', '/rest/adAccounts/:account/adCampaigns', inAccount(createCampaign), { scope: ['rw_ads'] }),
      open(
        'POST',
        '/oauth/v2/revoke',
        ({ asked }) => {
          const form = readForm(asked)
          if (
            form.get('client_id') !== tools.client.client_id ||
            form.get('client_secret') !== tools.client.client_secret
          )
            return json(401, { error: 'invalid_client', error_description: 'Client authentication failed' })
          const token = tools.tokens.find(form.get('token') ?? '')
          if (token?.provider === 'linkedin-ads')
            tools.tokens.endGrant({ client: token.client, account: token.account })
          return empty(200)
        },
        { host: 'www.linkedin.com' },
      ),
    ],
    unauthorized: (why) =>
      json(401, {
        status: 401,
        serviceErrorCode: why === 'expired' ? 65602 : why === 'revoked' ? 65601 : 65600,
        code:
          why === 'expired'
            ? 'EXPIRED_ACCESS_TOKEN'
            : why === 'revoked'
              ? 'REVOKED_ACCESS_TOKEN'
              : 'INVALID_ACCESS_TOKEN',
        message:
          why === 'expired'
            ? 'The token used in the request has expired'
            : 'The token used in the request is not valid',
      }),
    forbidden: () => problem(403, 'ACCESS_DENIED', 'Not enough permissions to access the resource'),
    notFound: (asked) => problem(404, 'RESOURCE_NOT_FOUND', `No virtual resource found for ${asked.path}`),
    rateLimited: () =>
      problem(
        429,
        'TOO_MANY_REQUESTS',
        'Resource level throttle limit for calls to this resource is reached.',
      ),
  }
}

export default create

function problem(status: number, code: string, message: string): Reply {
  return json(status, { status, code, message })
}
