/**
 * Zoho: accounts in data centres of their own, each with an authorization server; one user behind all products.
 * https://www.zoho.com/accounts/protocol/oauth/multi-dc.html
 */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { type Asked, json, type Reply, readArguments } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  type Route,
  type StandIn,
  type TokenProblem,
  type Tools,
} from '../stand-in.ts'

const CENTRES: Readonly<Record<string, { location: string; api: string; domain: string }>> = {
  'accounts.zoho.com': { location: 'us', api: 'com', domain: 'zoho.com' },
  'accounts.zoho.eu': { location: 'eu', api: 'eu', domain: 'zoho.eu' },
  'accounts.zoho.in': { location: 'in', api: 'in', domain: 'zoho.in' },
  'accounts.zoho.com.au': { location: 'au', api: 'com.au', domain: 'zoho.com.au' },
  'accounts.zoho.jp': { location: 'jp', api: 'jp', domain: 'zoho.jp' },
  'accounts.zohocloud.ca': { location: 'ca', api: 'ca', domain: 'zohocloud.ca' },
  'accounts.zoho.sa': { location: 'sa', api: 'sa', domain: 'zoho.sa' },
  'accounts.zoho.ae': { location: 'ae', api: 'ae', domain: 'zoho.ae' },
  'accounts.zoho.uk': { location: 'uk', api: 'uk', domain: 'zoho.uk' },
  'accounts.zoho.com.cn': { location: 'cn', api: 'com.cn', domain: 'zoho.com.cn' },
}
const HEX = '0123456789abcdef'

/** The first lives in Europe, so that a flow that begins at the usual place has to move. */
const HOMES: Readonly<Record<string, string>> = { '20091234501': 'accounts.zoho.eu' }
const accounts: readonly Account[] = [
  { id: '20091234501', name: cast.chiara.name, email: cast.chiara.email, detail: `${fernhill.name}, Europe` },
  {
    id: '60091234502',
    name: cast.dmitri.name,
    email: cast.dmitri.email,
    detail: `${quayside.name}, United States`,
  },
]

/** Zoho answers these with 200. */
const PROBLEMS: Readonly<Record<TokenProblem, string>> = {
  bad_format: 'invalid_request',
  bad_client: 'invalid_client_secret',
  bad_code: 'invalid_code',
  used_code: 'invalid_code',
  expired_code: 'invalid_code',
  bad_redirect_uri: 'invalid_redirect_uri',
  bad_verifier: 'invalid_code',
  bad_refresh_token: 'invalid_code',
  bad_grant_type: 'unsupported_grant_type',
}

export type ZohoProduct = {
  /** Name of the host parameter that the declaration uses, and where it lives in a data centre. */
  host: 'apiHost' | 'mailHost' | 'projectsHost'
  /** Every route of the product; `on` puts it at the product's host. */
  routes: (play: { tools: Tools; on: typeof on }) => Route[]
  unauthorized: StandIn['unauthorized']
  forbidden: StandIn['forbidden']
  notFound: StandIn['notFound']
  rateLimited: NonNullable<StandIn['rateLimited']>
}

const HOST_OF = {
  apiHost: ({ api }: { api: string }) => `www.zohoapis.${api}`,
  mailHost: ({ domain }: { domain: string }) => `mail.${domain}`,
  projectsHost: ({ domain }: { domain: string }) => `projectsapi.${domain}`,
}

export function playZoho(product: ZohoProduct): CreateStandIn {
  const host = `{${product.host}}`
  return (tools) => {
    function place(accountsHost: string): Record<string, string> {
      const centre = CENTRES[accountsHost]
      return centre ? { accountsHost, [product.host]: HOST_OF[product.host](centre) } : { accountsHost }
    }

    /** Only the refresh token ends: what it gave out lives on for its hour. */
    function revoke(asked: Asked): Reply {
      const held = tools.tokens.find(readArguments(asked)['token'] ?? '')
      if (held?.use !== 'refresh' || held.ended || held.place['accountsHost'] !== asked.host)
        return json(400, { error: 'invalid_token', status: 'failure' })
      tools.tokens.end(held, 'revoked')
      return json(200, { status: 'success' })
    }

    return {
      house: 'zoho',
      accounts,
      createAccount: ({ id, name, email }) => ({ id: `6009${id.padStart(7, '0')}`, name, email }),
      hosts: [...Object.keys(CENTRES), ...Object.values(CENTRES).map(HOST_OF[product.host])],
      readCredential: ({ headers }) =>
        /^(?:Zoho-oauthtoken|Bearer) (\S+)$/i.exec(headers.authorization ?? '')?.[1],
      oauth: {
        code: () => `1000.${tools.random(32, HEX)}.${tools.random(32, HEX)}`,
        access: () => `1000.${tools.random(32, HEX)}.${tools.random(32, HEX)}`,
        refresh: () => `1000.${tools.random(32, HEX)}.${tools.random(32, HEX)}`,
        lifetime: 3600,
        offline: ({ query }) => query.get('access_type') === 'offline' && query.get('prompt') === 'consent',
        home: ({ account, place: { accountsHost = '' } }) => place(HOMES[account.id] ?? accountsHost),
        callback: ({ place: { accountsHost = '' } }) => ({
          location: CENTRES[accountsHost]?.location ?? '',
          'accounts-server': `https://${accountsHost}`,
        }),
        answer: ({ tokens: { main }, grant }) => {
          const { scopes = [], ...issued } = main ?? {}
          const centre = CENTRES[grant.place['accountsHost'] ?? '']
          return json(200, {
            ...issued,
            scope: scopes.join(' '),
            api_domain: `https://www.zohoapis.${centre?.api ?? 'com'}`,
            token_type: 'Bearer',
          })
        },
        failure: (problem) => json(200, { error: PROBLEMS[problem] }),
      },
      routes: [
        open('POST', '/oauth/v2/token/revoke', ({ asked }) => revoke(asked), { host: '{accountsHost}' }),
        ...product.routes({
          tools,
          on: (method, path, handle, options) => on(method, path, handle, { ...options, host }),
        }),
      ],
      unauthorized: product.unauthorized,
      forbidden: product.forbidden,
      notFound: product.notFound,
      rateLimited: product.rateLimited,
    }
  }
}

/** `page` and `per_page` of a list. */
export function pageOf<T>({ asked }: Call, items: readonly T[], usual = 200) {
  const page = Math.max(1, Number(asked.query.get('page') ?? 1) || 1)
  const size = Math.min(Math.max(1, Number(asked.query.get('per_page') ?? usual) || usual), 200)
  const found = items.slice((page - 1) * size, page * size)
  return { page, size, found, more: page * size < items.length }
}

/** CRM words its problems by a code in capitals. */
export function crmProblem(status: number, code: string, message: string, details: JsonObject = {}): Reply {
  return json(status, { code, details, message, status: 'error' })
}

/** The finance products number theirs. */
export function financeProblem(status: number, code: number, message: string): Reply {
  return json(status, { code, message })
}
