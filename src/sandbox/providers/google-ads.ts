/** Google Ads: accounts and queries, behind a developer token. https://developers.google.com/google-ads/api/rest/overview */
import type { Json } from '../../catalog/define.ts'
import { AUTH, playGoogle, type Product } from '../families/google.ts'
import { type Asked, json, type Reply, readJson } from '../messages.ts'
import { type Call, type CreateStandIn, on, readString } from '../stand-in.ts'

const host = 'googleads.googleapis.com'
const scope = [`${AUTH}adwords`]
const MANAGER = '4400110022'
const CUSTOMER = '4400110033'
const CAMPAIGNS = [
  { id: '19900011', name: 'Spring sale', status: 'ENABLED', clicks: '412', impressions: '18204' },
  { id: '19900012', name: 'Rental, summer', status: 'PAUSED', clicks: '96', impressions: '5120' },
]

const ads: Product = () => [
  on(
    'GET',
    '/:version/:action',
    (call) => {
      if (call.params['action'] !== 'customers:listAccessibleCustomers') return failure(404, 'NOT_FOUND')
      return call.account.detail
        ? json(200, { resourceNames: [MANAGER, CUSTOMER].map((id) => `customers/${id}`) })
        : refuse(401, 'UNAUTHENTICATED', { authenticationError: 'NOT_ADS_USER' })
    },
    { host, scope },
  ),
  on('GET', '/:version/googleAdsFields/:field', ({ params }) => json(200, field(params['field'] ?? '')), {
    host,
    scope,
  }),
  on('POST', '/:version/customers/:customer/:action', search, { host, scope }),
]

function search({ params, asked, account }: Call): Reply {
  const stream = params['action'] === 'googleAds:searchStream'
  if (!stream && params['action'] !== 'googleAds:search') return failure(404, 'NOT_FOUND')
  if (!account.detail) return refuse(401, 'UNAUTHENTICATED', { authenticationError: 'NOT_ADS_USER' })
  const through = asked.headers['login-customer-id']
  const known = params['customer'] === CUSTOMER || params['customer'] === MANAGER
  if (!known || (through !== undefined && through !== MANAGER))
    return refuse(403, 'PERMISSION_DENIED', { authorizationError: 'USER_PERMISSION_DENIED' })
  const query = readString(readJson(asked), 'query') ?? ''
  const [, names = '', resource] = /^\s*select\s+(.+?)\s+from\s+(\w+)/is.exec(query) ?? []
  if (resource !== 'campaign')
    return refuse(400, 'INVALID_ARGUMENT', { queryError: 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE' })
  const results = CAMPAIGNS.map(({ id, name, status, clicks, impressions }) => ({
    campaign: { resourceName: `customers/${CUSTOMER}/campaigns/${id}`, id, name, status },
    ...(/metrics\./.test(names) && { metrics: { clicks, impressions } }),
  }))
  const page = { results, fieldMask: names.replaceAll(/\s/g, '') }
  return json(200, stream ? [page] : page)
}

function field(name: string): { [key: string]: Json } {
  return {
    resourceName: `googleAdsFields/${name}`,
    category: name.includes('.') ? 'ATTRIBUTE' : 'RESOURCE',
    name,
    selectable: name.includes('.'),
    filterable: name.includes('.'),
    sortable: name.includes('.'),
  }
}

/** A `GoogleAdsFailure` in the details of Google's usual error. */
function refuse(code: number, status: string, errorCode: Record<string, string>): Reply {
  const message = `The request was refused: ${Object.values(errorCode).join()}.`
  return json(code, {
    error: {
      code,
      message: 'Request had errors. See the details.',
      status,
      details: [
        {
          '@type': 'type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure',
          errors: [{ errorCode, message }],
          requestId: 'sandbox',
        },
      ],
    },
  })
}

function failure(code: number, status: string): Reply {
  return json(code, { error: { code, message: 'Requested entity was not found.', status } })
}

const create: CreateStandIn = (tools) => {
  const developerToken = tools.derive('developer token', 22)
  return {
    ...playGoogle(ads)(tools),
    guard: (asked: Asked) =>
      asked.host === host && asked.headers['developer-token'] !== developerToken
        ? refuse(401, 'UNAUTHENTICATED', { authenticationError: 'DEVELOPER_TOKEN_INVALID' })
        : undefined,
    variables: () => ({ GOOGLE_ADS_DEVELOPER_TOKEN: developerToken }),
    values: () => ({ loginCustomerId: MANAGER }),
  }
}

export default create
