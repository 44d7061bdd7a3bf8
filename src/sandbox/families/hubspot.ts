/** HubSpot: one app in an account, its CRM and its content. https://developers.hubspot.com/docs/api-reference */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill, quayside } from '../cast.ts'
import { type Asked, empty, isObject, json, type Reply, readForm, readJson } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type Route,
  type TokenProblem,
} from '../stand-in.ts'
import { seedCrm } from '../worlds/crm.ts'

/** An account of HubSpot's, a portal: whoever connects, the app is installed there. */
const accounts: readonly Account[] = [
  { id: '48293011', name: cast.chiara.name, email: cast.chiara.email, detail: fernhill.name },
  { id: '48293022', name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]
const STAGES = { new: 'appointmentscheduled', proposal: 'contractsent', won: 'closedwon', lost: 'closedlost' }
const LIFETIME = 1800

type Item = { id: string; properties: Record<string, string>; created: string; updated: string }
type Portal = { objects: Record<string, Item[]>; nextId: number }

const PROBLEMS: Readonly<Record<TokenProblem, readonly [string, string, string]>> = {
  bad_format: ['invalid_request', 'BAD_REQUEST', 'missing or unknown parameter'],
  bad_client: ['invalid_client', 'BAD_CLIENT_SECRET', 'missing or invalid client secret'],
  bad_code: ['invalid_grant', 'BAD_AUTH_CODE', 'missing or unknown auth code'],
  used_code: ['invalid_grant', 'BAD_AUTH_CODE', 'missing or unknown auth code'],
  expired_code: ['invalid_grant', 'BAD_AUTH_CODE', 'missing or unknown auth code'],
  bad_redirect_uri: ['invalid_grant', 'MISMATCH_REDIRECT_URI_AUTH_CODE', 'redirect URI does not match'],
  bad_verifier: ['invalid_grant', 'BAD_AUTH_CODE', 'missing or invalid code verifier'],
  bad_refresh_token: ['invalid_grant', 'BAD_REFRESH_TOKEN', 'missing or invalid refresh token'],
  bad_grant_type: ['unsupported_grant_type', 'BAD_GRANT_TYPE', 'missing or unknown grant type'],
}

/** Both entries play all of it: what a token may do, its scopes say. */
export const playHubspot: CreateStandIn = (tools) => {
  const portals = tools.load<Record<string, Portal>>(() => ({}), 'hubspot')
  const stamp = () => daysAgo(tools.now(), 0)
  const portalOf = ({ account }: Call): Portal => (portals[account.id] ??= seedPortal())

  function seedPortal(): Portal {
    const ids = { company: 7000, contact: 5000, deal: 9000 }
    const crm = seedCrm(tools.now(), (kind, number) => String(ids[kind] + number))
    const item = (id: string, changed: string, properties: Record<string, string>): Item => ({
      id,
      properties,
      created: daysAgo(tools.now(), 200),
      updated: changed,
    })
    const content = (id: string, properties: Record<string, string>) =>
      item(id, daysAgo(tools.now(), 5), properties)
    return {
      nextId: 10_001,
      objects: {
        companies: crm.companies.map(({ id, name, domain, industry, changed }) =>
          item(id, changed, { name, domain, industry }),
        ),
        contacts: crm.contacts.map(({ id, first, last, email, phone, changed }) =>
          item(id, changed, { firstname: first, lastname: last, email, phone }),
        ),
        deals: crm.deals.map(({ id, name, amount, stage, closes, changed }) =>
          item(id, changed, {
            dealname: name,
            amount: String(amount),
            dealstage: STAGES[stage],
            pipeline: 'default',
            closedate: closes,
          }),
        ),
        emails: [
          content('3001', { name: 'Spring tune-up', subject: 'Is your bike ready?', state: 'PUBLISHED' }),
        ],
        posts: [
          content('3101', { name: 'Ten rides around the harbour', slug: 'ten-rides', state: 'PUBLISHED' }),
        ],
        'landing-pages': [
          content('3201', { name: 'Book a test ride', slug: 'test-ride', state: 'PUBLISHED' }),
        ],
        'site-pages': [content('3301', { name: 'Workshop', slug: 'workshop', state: 'PUBLISHED' })],
      },
    }
  }

  const shape = ({ id, properties, created, updated }: Item): JsonObject => ({
    id,
    properties: { ...properties, createdate: created, lastmodifieddate: updated, hs_object_id: id },
    createdAt: created,
    updatedAt: updated,
    archived: false,
  })
  const shapeContent = ({ id, properties, created, updated }: Item): JsonObject => ({
    id,
    ...properties,
    createdAt: created,
    updatedAt: updated,
  })

  function page(asked: Asked, items: readonly JsonObject[], after: string | null, limit: number): Reply {
    const start = Number(after ?? 0) || 0
    const next = start + limit
    return json(200, {
      results: items.slice(start, next),
      ...(next < items.length && {
        paging: { next: { after: String(next), link: `https://${asked.host}${asked.path}?after=${next}` } },
      }),
    })
  }
  const list = (call: Call, kind: string, render: (item: Item) => JsonObject): Reply => {
    const { query } = call.asked
    const limit = Math.min(Math.max(Number(query.get('limit') ?? 10) || 10, 1), 100)
    return page(call.asked, (portalOf(call).objects[kind] ?? []).map(render), query.get('after'), limit)
  }

  function search(call: Call, kind: string): Reply {
    const given = readJson(call.asked)
    const text = (readString(given, 'query') ?? '').toLowerCase()
    const groups = Array.isArray(given['filterGroups']) ? given['filterGroups'] : []
    const tests = groups.map((group) => {
      const filters = isObject(group) && Array.isArray(group['filters']) ? group['filters'] : []
      return (item: Item) =>
        filters.every((filter) => {
          if (!isObject(filter)) return false
          const own = (item.properties[readString(filter, 'propertyName') ?? ''] ?? '').toLowerCase()
          const value = (readString(filter, 'value') ?? '').toLowerCase()
          if (filter['operator'] === 'EQ') return own === value
          if (filter['operator'] === 'CONTAINS_TOKEN') return own.includes(value.replaceAll('*', ''))
          return filter['operator'] === 'HAS_PROPERTY' ? own !== '' : false
        })
    })
    const found = (portalOf(call).objects[kind] ?? []).filter(
      (item) =>
        Object.values(item.properties).join(' ').toLowerCase().includes(text) &&
        (tests.length === 0 || tests.some((test) => test(item))),
    )
    const limit = Math.min(Number(given['limit'] ?? 10) || 10, 200)
    const reply = page(call.asked, found.map(shape), readString(given, 'after') ?? null, limit)
    return json(200, { total: found.length, ...(JSON.parse(String(reply.body)) as JsonObject) })
  }

  function withItem(call: Call, kind: string, handle: (item: Item) => Reply): Reply {
    const wanted = call.params['id']
    const by = call.asked.query.get('idProperty')
    const found = portalOf(call).objects[kind]?.find((item) =>
      by ? item.properties[by] === wanted : item.id === wanted,
    )
    return found ? handle(found) : problem(404, 'OBJECT_NOT_FOUND', 'Object not found.')
  }

  function save(call: Call, kind: string): Reply {
    const portal = portalOf(call)
    const email = propertiesOf(call)['email']
    const twin = portal.objects[kind]?.find(
      (item) => email !== undefined && item.properties['email'] === email,
    )
    if (twin) return problem(409, 'CONFLICT', `Contact already exists. Existing ID: ${twin.id}`)
    const made: Item = {
      id: String(portal.nextId++),
      properties: propertiesOf(call),
      created: stamp(),
      updated: stamp(),
    }
    ;(portal.objects[kind] ??= []).push(made)
    return json(201, shape(made))
  }

  const crmRoutes = ['contacts', 'companies', 'deals'].flatMap((kind): Route[] => {
    const path = `/crm/v3/objects/${kind}`
    const read = { scope: [`crm.objects.${kind}.read`] }
    const write = { scope: [`crm.objects.${kind}.write`] }
    return [
      on('GET', path, (call) => list(call, kind, shape), read),
      on('POST', `${path}/search`, (call) => search(call, kind), read),
      on('GET', `${path}/:id`, (call) => withItem(call, kind, (item) => json(200, shape(item))), read),
      on('POST', path, (call) => save(call, kind), write),
      on(
        'PATCH',
        `${path}/:id`,
        (call) =>
          withItem(call, kind, (item) => {
            Object.assign(item.properties, propertiesOf(call))
            item.updated = stamp()
            return json(200, shape(item))
          }),
        write,
      ),
    ]
  })
  const contentRoutes = [
    ['emails', '/marketing/v3/emails'],
    ['posts', '/cms/v3/blogs/posts'],
    ['landing-pages', '/cms/v3/pages/landing-pages'],
    ['site-pages', '/cms/v3/pages/site-pages'],
  ].flatMap(([kind = '', path = '']) => [
    on('GET', path, (call) => list(call, kind, shapeContent), { scope: ['content'] }),
    on('GET', `${path}/:id`, (call) => withItem(call, kind, (item) => json(200, shapeContent(item))), {
      scope: ['content'],
    }),
  ])

  /** The client shows itself in the body, as at the token endpoint. */
  function byClient(asked: Asked, act: (token: string) => Reply): Reply {
    const form = readForm(asked)
    const { client_id, client_secret } = tools.client
    if (form.get('client_id') !== client_id || form.get('client_secret') !== client_secret)
      return refusal('bad_client')
    return act(form.get('token') ?? '')
  }

  /** The refresh tokens of the account end; access tokens that are out already live on to their end. */
  function revoke(secret: string): Reply {
    const held = tools.tokens.find(secret)
    for (const token of held ? tools.tokens.listGrant(held) : []) {
      if (token.use === 'refresh') tools.tokens.end(token, 'revoked')
    }
    return empty(200)
  }

  function introspect(secret: string): Reply {
    const held = tools.tokens.find(secret)
    const account = tools.accounts().find(({ id }) => id === held?.account)
    if (!held || !account || !tools.tokens.isLive(held)) return json(200, { active: false })
    return json(200, {
      token_use: held.use === 'refresh' ? 'refresh_token' : 'access_token',
      active: true,
      token: secret,
      hub_id: Number(account.id),
      user_id: userIdOf(account),
      user: account.email,
      hub_domain: account.email.split('@')[1] ?? '',
      client_id: tools.client.client_id,
      app_id: 1_204_577,
      scopes: held.scopes,
      expires_in: Math.floor(((held.expiresAt ?? tools.now()) - tools.now()) / 1000),
      token_type: 'access',
      is_private_distribution: false,
    })
  }

  const userIdOf = ({ id }: Account) => Number(tools.derive(id, 8, '123456789'))

  const routes: Route[] = [
    open('POST', '/oauth/2026-03/token/introspect', ({ asked }) => byClient(asked, introspect)),
    open('POST', '/oauth/2026-03/token/revoke', ({ asked }) => byClient(asked, revoke)),
    on(
      'GET',
      '/account-info/v3/details',
      ({ account }) =>
        json(200, {
          portalId: Number(account.id),
          accountType: 'STANDARD',
          timeZone: 'Europe/London',
          companyCurrency: 'GBP',
          additionalCurrencies: [],
          utcOffset: '+00:00',
          utcOffsetMilliseconds: 0,
          uiDomain: 'app.hubspot.com',
          dataHostingLocation: 'eu1',
        }),
      { scope: ['oauth'] },
    ),
    on(
      'GET',
      '/crm/v3/owners',
      ({ asked, account }) =>
        page(
          asked,
          [
            {
              id: String(userIdOf(account)),
              email: account.email,
              firstName: account.name.split(' ')[0] ?? '',
              lastName: account.name.split(' ')[1] ?? '',
              archived: false,
            },
          ],
          null,
          100,
        ),
      { scope: ['crm.objects.owners.read'] },
    ),
    on(
      'GET',
      '/crm/v3/pipelines/deals',
      () =>
        json(200, {
          results: [
            {
              id: 'default',
              label: 'Sales pipeline',
              stages: Object.values(STAGES).map((id) => ({ id, label: id, metadata: {} })),
            },
          ],
        }),
      { scope: ['crm.objects.deals.read'] },
    ),
    ...crmRoutes,
    ...contentRoutes,
  ]

  function problem(status: number, category: string, message: string, more: JsonObject = {}): Reply {
    return json(status, {
      status: 'error',
      message,
      correlationId: [8, 4, 4, 4, 12].map((length) => tools.random(length, '0123456789abcdef')).join('-'),
      category,
      ...more,
    })
  }

  return {
    house: 'hubspot',
    accounts,
    createAccount: ({ id, name, email }) => ({ id: `483${id.slice(0, 5).padStart(5, '1')}`, name, email }),
    hosts: ['api.hubapi.com', 'app.hubspot.com'],
    oauth: {
      code: () => `eu1-${tools.random(4)}-${tools.random(8)}-${tools.random(20)}`,
      access: () => `C${tools.random(299)}`,
      refresh: () =>
        `eu1-${[8, 4, 4, 4, 12].map((length) => tools.random(length, '0123456789abcdef')).join('-')}`,
      lifetime: LIFETIME,
      answer: ({ tokens: { main }, account, grantType, asked }) => {
        const { scopes = [], ...issued } = main ?? {}
        const kept = grantType === 'refresh_token' ? readForm(asked).get('refresh_token') : null
        return json(200, {
          ...(kept !== null && { refresh_token: kept }),
          ...issued,
          token_type: 'bearer',
          hub_id: Number(account.id),
          user_id: userIdOf(account),
          scopes,
        })
      },
      failure: refusal,
    },
    routes,
    unauthorized: (why) =>
      why === 'expired'
        ? problem(
            401,
            'EXPIRED_AUTHENTICATION',
            'The OAuth token used to make this call expired 1 minute(s) ago.',
          )
        : problem(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found or not valid.'),
    forbidden: ({ scope }) =>
      problem(403, 'MISSING_SCOPES', "This app hasn't been granted all required scopes to make this call.", {
        errors: [
          {
            message: 'One or more of the following scopes are required.',
            context: { requiredGranularScopes: [...scope] },
          },
        ],
      }),
    notFound: () => problem(404, 'RESOURCE_NOT_FOUND', 'The requested resource was not found.'),
    rateLimited: () =>
      problem(429, 'RATE_LIMITS', 'You have reached your ten_secondly_rolling limit.', {
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
      }),
  }
}

function refusal(problem: TokenProblem): Reply {
  const [error, status, message] = PROBLEMS[problem]
  return json(problem === 'bad_client' ? 401 : 400, { error, error_description: message, status, message })
}

function propertiesOf({ asked }: Call): Record<string, string> {
  const given = readJson(asked)['properties']
  return Object.fromEntries(
    Object.entries(isObject(given) ? given : {}).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  )
}
