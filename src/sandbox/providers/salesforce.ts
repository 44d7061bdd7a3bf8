/** Salesforce: orgs on hosts of their own, records read by SOQL. https://developer.salesforce.com/docs/apis */
import { createHmac } from 'node:crypto'
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill, quayside } from '../cast.ts'
import { type Asked, empty, json, type Reply, readForm, readJson } from '../messages.ts'
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

const VERSION = 'v65.0'
type Row = JsonObject & { Id: string }
type Org = { id: string; host: string; tables: Record<string, Row[]> }
type InOrg = Call & { org: Org }

const PROBLEMS: Readonly<Record<TokenProblem, readonly [string, string]>> = {
  bad_format: ['invalid_request', 'malformed request'],
  bad_client: ['invalid_client', 'invalid client credentials'],
  bad_code: ['invalid_grant', 'invalid authorization code'],
  used_code: ['invalid_grant', 'expired authorization code'],
  expired_code: ['invalid_grant', 'expired authorization code'],
  bad_redirect_uri: ['redirect_uri_mismatch', 'redirect_uri must match configuration'],
  bad_verifier: ['invalid_grant', 'invalid code verifier'],
  bad_refresh_token: ['invalid_grant', 'expired access/refresh token'],
  bad_grant_type: ['unsupported_grant_type', 'grant type not supported'],
}

const accounts: readonly Account[] = [
  { id: '005Qy000000ada1IAA', name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: '005Qy000000bru2IAA', name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: '005Qy000000dmi3IAA', name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]
const STAGES = {
  new: 'Prospecting',
  proposal: 'Proposal/Price Quote',
  won: 'Closed Won',
  lost: 'Closed Lost',
}
const PREFIX = { company: '001', contact: '003', deal: '006' }

const create: CreateStandIn = (tools) => {
  const data = tools.load<{ orgs: Record<string, Org> }>(() => ({ orgs: {} }))
  const moment = (iso: string) => iso.replace('Z', '.000+0000')

  /** Any org exists as soon as somebody asks for it; its name is the first label of its host. */
  function orgAt(host: string): Org {
    return (data.orgs[host] ??= {
      id: `00D${tools.derive(host, 12)}EAG`,
      host,
      tables: seedTables(),
    })
  }

  function seedTables(): Record<string, Row[]> {
    const crm = seedCrm(
      tools.now(),
      (kind, number) => `${PREFIX[kind]}Qy0000000${String(number).padStart(3, '0')}IAA`,
    )
    return {
      Account: crm.companies.map(({ id, name, domain, industry, changed }) => ({
        Id: id,
        Name: name,
        Website: `https://${domain}`,
        Industry: industry,
        LastModifiedDate: moment(changed),
      })),
      Contact: crm.contacts.map(({ id, first, last, email, phone, company, changed }) => ({
        Id: id,
        FirstName: first,
        LastName: last,
        Name: `${first} ${last}`,
        Email: email,
        Phone: phone,
        AccountId: company,
        LastModifiedDate: moment(changed),
      })),
      Opportunity: crm.deals.map(({ id, name, amount, stage, company, closes, changed }) => ({
        Id: id,
        Name: name,
        Amount: amount,
        StageName: STAGES[stage],
        IsClosed: stage === 'won' || stage === 'lost',
        AccountId: company,
        CloseDate: closes,
        LastModifiedDate: moment(changed),
      })),
    }
  }

  const users = (org: Org): Row[] =>
    tools.accounts().map(({ id, name, email }) => ({
      Id: id,
      Username: org.host.includes('--') ? `${email}.uat` : email,
      Name: name,
      Email: email,
      IsActive: true,
      LastModifiedDate: moment(daysAgo(tools.now(), 60)),
    }))
  const table = (org: Org, name: string): [string, Row[]] | undefined => {
    if (name.toLowerCase() === 'user') return ['User', users(org)]
    return Object.entries(org.tables).find(([key]) => key.toLowerCase() === name.toLowerCase())
  }
  const attributes = (type: string, id: string) => ({
    type,
    url: `/services/data/${VERSION}/sobjects/${type}/${id}`,
  })

  /** `SELECT fields FROM Object [WHERE field = value [AND ...]] [ORDER BY field [DESC]] [LIMIT n]` */
  function query({ org, asked }: InOrg): Reply {
    const soql = asked.query.get('q') ?? ''
    const [, list = '', from = ''] = /^\s*select\s+(.+?)\s+from\s+(\w+)/is.exec(soql) ?? []
    if (!from) return problem(400, 'MALFORMED_QUERY', 'unexpected token')
    const found = table(org, from)
    if (!found) return problem(400, 'INVALID_TYPE', `sObject type '${from}' is not supported.`)
    const [type, rows] = found
    const [, field, direction] = /order\s+by\s+(\w+)(?:\s+(desc|asc))?/i.exec(soql) ?? []
    const where = /where\s+(.+?)(?:\s+order\s+by\s|\s+limit\s|$)/is.exec(soql)?.[1]
    const tests = (where?.split(/\s+and\s+/i) ?? []).map((part) =>
      /^\s*(\w+)\s*(=|!=|like)\s*(.+?)\s*$/i.exec(part),
    )
    if (tests.some((test) => !test)) return problem(400, 'MALFORMED_QUERY', 'unexpected token in WHERE')
    const kept = rows.filter((row) =>
      tests.every((test) => {
        const [, name = '', operator = '', value = ''] = test ?? []
        const own = plain(row[name]).toLowerCase()
        const wanted = value.replaceAll(/^'|'$/g, '').toLowerCase()
        if (operator.toLowerCase() === 'like') return own.includes(wanted.replaceAll('%', ''))
        return (own === wanted) === (operator === '=')
      }),
    )
    const ordered = field
      ? [...kept].sort((a, b) => plain(a[field]).localeCompare(plain(b[field]), 'en', { numeric: true }))
      : kept
    if (direction?.toLowerCase() === 'desc') ordered.reverse()
    const limit = Number(/limit\s+(\d+)/i.exec(soql)?.[1] ?? 2000)
    const fields = list.split(',').map((name) => name.trim())
    const records = ordered.slice(0, limit).map((row) => ({
      attributes: attributes(type, row.Id),
      ...Object.fromEntries(fields.map((name) => [name, row[name] ?? null])),
    }))
    return json(200, { totalSize: records.length, done: true, records })
  }

  function withRow(call: InOrg, handle: (type: string, row: Row) => Reply): Reply {
    const [type, rows] = table(call.org, call.params['object'] ?? '') ?? []
    const row = rows?.find(({ Id }) => Id === call.params['id'])
    return type && row
      ? handle(type, row)
      : problem(404, 'NOT_FOUND', 'The requested resource does not exist')
  }

  function insert({ org, params, asked }: InOrg): Reply {
    const [type, rows] = table(org, params['object'] ?? '') ?? []
    if (!type || !rows || type === 'User')
      return problem(404, 'NOT_FOUND', 'The requested resource does not exist')
    const given = readJson(asked)
    const needed =
      { Account: ['Name'], Contact: ['LastName'], Opportunity: ['Name', 'StageName', 'CloseDate'] }[type] ??
      []
    const missing = needed.filter((name) => !readString(given, name))
    if (missing.length > 0)
      return json(400, [
        {
          message: `Required fields are missing: [${missing.join(', ')}]`,
          errorCode: 'REQUIRED_FIELD_MISSING',
          fields: missing,
        },
      ])
    const prefix = { Account: '001', Contact: '003', Opportunity: '006' }[type] ?? 'a00'
    const row: Row = {
      ...given,
      Id: `${prefix}Qy${tools.random(10)}IAA`,
      LastModifiedDate: moment(daysAgo(tools.now(), 0)),
    }
    rows.push(row)
    return json(201, { id: row.Id, success: true, errors: [] })
  }

  const host = '{org}.my.salesforce.com'
  const sandboxHost = '{org}.sandbox.my.salesforce.com'
  function inOrg(method: string, path: string, handle: (call: InOrg) => Reply, scope = ['api']): Route[] {
    return [host, sandboxHost].map((at) =>
      on(method, path, (call) => handle({ ...call, org: orgAt(call.asked.host) }), { host: at, scope }),
    )
  }

  function revoke(asked: Asked): Reply {
    const held = tools.tokens.find(readForm(asked).get('token') ?? asked.query.get('token') ?? '')
    if (!held || held.ended)
      return json(400, { error: 'invalid_token', error_description: 'invalid token: token' })
    tools.tokens.endFamily(held.family, 'revoked')
    return empty(200)
  }

  const root = `/services/data/${VERSION}`
  const limits = {
    DailyApiRequests: { Max: 15_000, Remaining: 14_877 },
    DataStorageMB: { Max: 1024, Remaining: 990 },
  }
  const routes: Route[] = [
    open('POST', '/services/oauth2/revoke', ({ asked }) => revoke(asked), { host: '{loginHost}' }),
    ...inOrg('GET', '/services/data', () => json(200, [{ label: "Winter '26", url: root, version: '65.0' }])),
    ...inOrg('GET', `${root}/query`, query),
    ...inOrg('GET', `${root}/limits`, () => json(200, limits)),
    ...inOrg('GET', `${root}/recent`, ({ org, asked }) =>
      json(
        200,
        Object.entries(org.tables)
          .flatMap(([type, rows]) =>
            rows.map((row) => ({
              attributes: attributes(type, row.Id),
              Id: row.Id,
              Name: row['Name'] ?? null,
            })),
          )
          .slice(0, Number(asked.query.get('limit') ?? 200)),
      ),
    ),
    ...inOrg('GET', `${root}/sobjects`, ({ org }) =>
      json(200, {
        encoding: 'UTF-8',
        maxBatchSize: 200,
        sobjects: [...Object.keys(org.tables), 'User'].map((name) => ({
          name,
          label: name,
          queryable: true,
        })),
      }),
    ),
    ...inOrg('GET', `${root}/sobjects/:object/describe`, ({ org, params }) => {
      const [type, rows] = table(org, params['object'] ?? '') ?? []
      return type
        ? json(200, {
            name: type,
            label: type,
            fields: Object.keys(rows?.[0] ?? {}).map((name) => ({ name, label: name, type: 'string' })),
          })
        : problem(404, 'NOT_FOUND', 'The requested resource does not exist')
    }),
    ...inOrg('POST', `${root}/sobjects/:object`, insert),
    ...inOrg('GET', `${root}/sobjects/:object/:id`, (call) =>
      withRow(call, (type, row) => json(200, { attributes: attributes(type, row.Id), ...row })),
    ),
    ...inOrg('PATCH', `${root}/sobjects/:object/:id`, (call) =>
      withRow(call, (_type, row) => {
        Object.assign(row, readJson(call.asked), {
          Id: row.Id,
          LastModifiedDate: moment(daysAgo(tools.now(), 0)),
        })
        return empty(204)
      }),
    ),
    ...inOrg(
      'GET',
      '/services/oauth2/userinfo',
      ({ org, account }) =>
        json(200, {
          sub: identityOf(org, account),
          user_id: account.id,
          organization_id: org.id,
          preferred_username: account.email,
          name: account.name,
          email: account.email,
          email_verified: true,
          zoneinfo: 'Europe/London',
        }),
      ['id', 'openid'],
    ),
  ]

  function identityOf(org: Org, account: Account): string {
    const at = org.host.includes('.sandbox.') ? 'test' : 'login'
    return `https://${at}.salesforce.com/id/${org.id}/${account.id}`
  }

  return {
    accounts,
    createAccount: ({ id, name, email }) => ({
      id: `005Qy0000${id.slice(0, 6).padStart(6, '0')}IAA`,
      name,
      email,
    }),
    hosts: ['login.salesforce.com', 'test.salesforce.com', host, sandboxHost],
    oauth: {
      code: () => `aPrx${tools.random(60)}==`,
      access: ({ account }) => `00DQy00000${tools.derive(account.id, 5)}!AQ${tools.random(90)}`,
      refresh: () => `5Aep861${tools.random(80)}`,
      lifetime: 7200,
      tellsLifetime: false,
      refreshLifetime: 30 * 86_400,
      offline: ({ scopes }) => scopes.includes('refresh_token') || scopes.includes('offline_access'),
      // Which org it is depends on where and as whom one logs in; a My Domain is its org.
      home: ({ account, place: { loginHost = '' } }) => {
        const own = account.detail === quayside.name ? quayside.slug : fernhill.slug
        const org =
          loginHost === 'test.salesforce.com'
            ? `${own}--uat`
            : loginHost === 'login.salesforce.com'
              ? own
              : (loginHost.split('.')[0] ?? own)
        return { loginHost, org }
      },
      answer: ({ tokens: { main }, account, grant }) => {
        const { scopes = [], ...issued } = main ?? {}
        const name = grant.place['org'] ?? fernhill.slug
        const org = orgAt(
          name.includes('--') ? `${name}.sandbox.my.salesforce.com` : `${name}.my.salesforce.com`,
        )
        const id = identityOf(org, account)
        const issued_at = String(tools.now())
        return json(200, {
          ...issued,
          signature: createHmac('sha256', tools.client.client_secret)
            .update(id + issued_at)
            .digest('base64'),
          scope: scopes.join(' '),
          instance_url: `https://${org.host}`,
          id,
          token_type: 'Bearer',
          issued_at,
        })
      },
      failure: (found) => {
        const [error, error_description] = PROBLEMS[found]
        return json(400, { error, error_description })
      },
    },
    routes,
    headers: () => ({ 'sforce-limit-info': 'api-usage=123/15000' }),
    unauthorized: () => problem(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
    forbidden: () =>
      problem(403, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API'),
    notFound: () => problem(404, 'NOT_FOUND', 'The requested resource does not exist'),
    rateLimited: () => problem(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
  }
}

export default create

function problem(status: number, errorCode: string, message: string): Reply {
  return json(status, [{ message, errorCode }] as Json)
}

function plain(value: Json | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}
