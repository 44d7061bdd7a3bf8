/** Xero: a user's consent, the organisations it connects, and their books. https://developer.xero.com/documentation/api */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, quayside } from '../cast.ts'
import { type Asked, empty, json, type Reply, readBasic, readForm, readJson, text } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, readString, type Route } from '../stand-in.ts'
import { type Company, type Customer, type Invoice, seedCompanies } from '../worlds/books.ts'

const FERNHILL = '45e4708e-d862-4111-ab3a-00000000f001'
const QUAYSIDE = '45e4708e-d862-4111-ab3a-00000000f002'
const HEX = '0123456789abcdef'

const accounts: readonly Account[] = [
  {
    id: '1945393b-6eb7-4143-b083-00000000a001',
    name: cast.chiara.name,
    email: cast.chiara.email,
    detail: 'two organisations',
  },
  {
    id: '1945393b-6eb7-4143-b083-00000000a002',
    name: cast.dmitri.name,
    email: cast.dmitri.email,
    detail: quayside.name,
  },
]

type Connection = { id: string; account: string; tenant: string; at: string }
type Data = { companies: Company[]; connections: Connection[] }

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({
    companies: seedCompanies(tools.now(), [FERNHILL, QUAYSIDE]),
    connections: [],
  }))
  const uuid = () => [8, 4, 4, 4, 12].map((length) => tools.random(length, HEX)).join('-')
  const iso = () => new Date(tools.now()).toISOString().replace('Z', '0000')
  const reaches = (account: Account) =>
    data.companies.filter(({ id }) => id === QUAYSIDE || account.id !== accounts[1]?.id)

  type InOrganisation = Call & { company: Company }
  function inOrganisation(
    method: string,
    path: string,
    scope: readonly string[],
    handle: (call: InOrganisation) => Reply,
  ): Route {
    const within = (call: Call) => {
      const tenant = call.asked.headers['xero-tenant-id']
      const connected = data.connections.some(
        (one) => one.account === call.account.id && one.tenant === tenant,
      )
      const company = data.companies.find(({ id }) => id === tenant)
      return company && connected ? handle({ ...call, company }) : refusal(403, 'AuthenticationUnsuccessful')
    }
    return on(method, `/api.xro/2.0${path}`, within, { scope })
  }

  const answer = (fields: JsonObject) =>
    json(200, {
      Id: uuid(),
      Status: 'OK',
      ProviderName: 'Trunkline sandbox',
      DateTimeUTC: dated(tools.now()),
      ...fields,
    })
  const idOf = (company: Company, id: string) => `${company.id.slice(0, 24)}${id.padStart(12, '0')}`

  const contact = (company: Company, { id, name, email }: Customer): JsonObject => ({
    ContactID: idOf(company, id),
    ContactStatus: 'ACTIVE',
    Name: name,
    EmailAddress: email,
    IsCustomer: true,
    IsSupplier: false,
    UpdatedDateUTC: dated(tools.now() - 86_400_000),
  })

  const invoice = (company: Company, one: Invoice): JsonObject => ({
    Type: 'ACCREC',
    InvoiceID: idOf(company, one.id),
    InvoiceNumber: one.number,
    Contact: {
      ContactID: idOf(company, one.customer),
      Name: company.customers.find(({ id }) => id === one.customer)?.name ?? '',
    },
    Date: dated(Date.parse(one.date)),
    DateString: `${one.date}T00:00:00`,
    DueDate: dated(Date.parse(one.due)),
    Status: one.paid === one.total ? 'PAID' : 'AUTHORISED',
    CurrencyCode: company.currency,
    Total: one.total / 100,
    AmountPaid: one.paid / 100,
    AmountDue: (one.total - one.paid) / 100,
    LineItems: [],
  })

  function page<T>({ asked }: Call, all: readonly T[]): T[] {
    const number = Math.max(1, Number(asked.query.get('page') ?? 1))
    const size = Math.min(Math.max(1, Number(asked.query.get('pageSize') ?? 100)), 1000)
    return all.slice((number - 1) * size, number * size)
  }

  function saveContacts(call: InOrganisation): Reply {
    const { company } = call
    const given = readJson(call.asked)
    const items = Array.isArray(given['Contacts']) ? (given['Contacts'] as JsonObject[]) : [given]
    const made = items.map((item) => {
      const name = readString(item, 'Name')
      if (!name) return undefined
      const email = readString(item, 'EmailAddress')
      const known = company.customers.find((one) => one.name === name)
      const saved = known ?? { id: String(company.nextId++), name, email: '' }
      if (email !== undefined) saved.email = email
      if (!known) company.customers.push(saved)
      return contact(company, saved)
    })
    if (made.some((item) => item === undefined))
      return json(400, {
        ErrorNumber: 10,
        Type: 'ValidationException',
        Message: 'A validation exception occurred',
        Elements: [{ ValidationErrors: [{ Message: 'The contact name must be specified.' }] }],
      })
    return answer({ Contacts: made as JsonObject[] })
  }

  function revoke(asked: Asked): Reply {
    const client = readBasic(asked.headers.authorization)
    if (client?.username !== tools.client.client_id || client.password !== tools.client.client_secret)
      return json(401, { error: 'invalid_client' })
    const held = tools.tokens.find(readForm(asked).get('token') ?? '')
    // RFC 7009 section 2.2: an unknown token is as good as revoked.
    if (held && held.client === tools.client.client_id) {
      tools.tokens.endGrant(held)
      data.connections = data.connections.filter(({ account }) => account !== held.account)
    }
    return empty(200)
  }

  const settings = ['accounting.settings.read']
  const invoices = ['accounting.invoices', 'accounting.transactions']
  const routes: Route[] = [
    on('GET', '/connections', ({ account }) =>
      json(
        200,
        data.connections
          .filter((one) => one.account === account.id)
          .map(({ id, tenant, at }) => ({
            id,
            authEventId: idOf({ id: tenant } as Company, '7'),
            tenantId: tenant,
            tenantType: 'ORGANISATION',
            tenantName: data.companies.find((one) => one.id === tenant)?.name ?? '',
            createdDateUtc: at,
            updatedDateUtc: at,
          })),
      ),
    ),
    on('DELETE', '/connections/:id', ({ account, params }) => {
      const index = data.connections.findIndex(
        ({ id, account: of }) => id === params['id'] && of === account.id,
      )
      if (index < 0) return refusal(404, 'Connection not found')
      data.connections.splice(index, 1)
      return empty(204)
    }),
    open('POST', '/connect/revocation', ({ asked }) => revoke(asked), { host: 'identity.xero.com' }),
    inOrganisation('GET', '/Organisation', settings, ({ company }) =>
      answer({
        Organisations: [
          {
            OrganisationID: company.id,
            Name: company.name,
            LegalName: company.name,
            CountryCode: company.country,
            BaseCurrency: company.currency,
            OrganisationStatus: 'ACTIVE',
            OrganisationType: 'COMPANY',
            IsDemoCompany: false,
            Version: 'GLOBAL',
          },
        ],
      }),
    ),
    inOrganisation('GET', '/Accounts', settings, () =>
      answer({
        Accounts: [
          { AccountID: uuid(), Code: '090', Name: 'Business account', Type: 'BANK', Status: 'ACTIVE' },
          { AccountID: uuid(), Code: '200', Name: 'Sales', Type: 'REVENUE', Status: 'ACTIVE' },
        ],
      }),
    ),
    inOrganisation('GET', '/Invoices', invoices, (call) => {
      const newest = call.asked.query.get('order')?.toUpperCase() === 'DATE DESC'
      const sorted = [...call.company.invoices].sort((a, b) =>
        newest ? b.date.localeCompare(a.date) : a.date.localeCompare(b.date),
      )
      return answer({ Invoices: page(call, sorted).map((one) => invoice(call.company, one)) })
    }),
    inOrganisation('GET', '/Invoices/:id', invoices, ({ company, params }) => {
      const wanted = params['id']
      const found = company.invoices.find((one) => idOf(company, one.id) === wanted || one.number === wanted)
      return found ? answer({ Invoices: [invoice(company, found)] }) : notFound()
    }),
    inOrganisation('GET', '/Contacts', ['accounting.contacts'], (call) =>
      answer({ Contacts: page(call, call.company.customers).map((one) => contact(call.company, one)) }),
    ),
    inOrganisation('POST', '/Contacts', ['accounting.contacts'], saveContacts),
    inOrganisation('PUT', '/Contacts', ['accounting.contacts'], saveContacts),
  ]

  /** Only its claims are read; nobody checks its signature here. */
  function jwt(claims: JsonObject): string {
    const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ alg: 'RS256', kid: '1CAF8E66772D6DC028D6726FD0261581570EFC19', typ: 'JWT' })}.${part(claims)}.${tools.random(86)}`
  }

  return {
    accounts,
    createAccount: ({ id, name, email }) => ({
      id: `1945393b-6eb7-4143-b083-${id.padStart(12, '0')}`,
      name,
      email,
    }),
    choices: (account) => ({
      legend: 'Organisations it may reach',
      options: reaches(account).map(({ id, name, country }) => ({ value: id, label: name, hint: country })),
    }),
    oauth: {
      code: () => tools.random(43),
      access: ({ account, scopes, expiresAt }) =>
        jwt({
          nbf: Math.floor(tools.now() / 1000),
          exp: Math.floor((expiresAt ?? 0) / 1000),
          iss: 'https://identity.xero.com',
          aud: 'https://identity.xero.com/resources',
          client_id: tools.client.client_id,
          xero_userid: account.id,
          authentication_event_id: uuid(),
          jti: tools.random(32, HEX),
          scope: scopes,
        }),
      lifetime: 1800,
      refreshLifetime: 60 * 86_400,
      leeway: 1800,
      offline: ({ scopes }) => scopes.includes('offline_access'),
      answer: ({ tokens: { main }, account, grant, grantType }) => {
        const { scopes = [], ...issued } = main ?? {}
        for (const tenant of grantType === 'authorization_code' ? grant.picked : []) {
          if (!data.connections.some((one) => one.account === account.id && one.tenant === tenant))
            data.connections.push({ id: uuid(), account: account.id, tenant, at: iso() })
        }
        const identity = {
          iss: 'https://identity.xero.com',
          aud: tools.client.client_id,
          iat: Math.floor(tools.now() / 1000),
          exp: Math.floor(tools.now() / 1000) + 300,
          sub: tools.derive(account.id, 32, HEX),
          xero_userid: account.id,
          ...(scopes.includes('email') && { email: account.email }),
          ...(scopes.includes('profile') && { name: account.name, preferred_username: account.email }),
        }
        return json(200, {
          ...issued,
          ...(scopes.includes('openid') && { id_token: jwt(identity) }),
          token_type: 'Bearer',
          scope: scopes.join(' '),
        })
      },
      failure: (problem) =>
        problem === 'bad_client' || problem === 'bad_format' || problem === 'bad_grant_type'
          ? json(400, {
              error: {
                bad_client: 'invalid_client',
                bad_format: 'invalid_request',
                bad_grant_type: 'unsupported_grant_type',
              }[problem],
            })
          : json(400, { error: 'invalid_grant' }),
    },
    routes,
    unauthorized: (why) =>
      refusal(
        401,
        why === 'expired'
          ? 'TokenExpired: token expired at 11/21/2026 09:00:00'
          : 'AuthenticationUnsuccessful',
      ),
    forbidden: () => refusal(401, 'AuthorizationUnsuccessful'),
    notFound,
    rateLimited: () => text(429, 'Rate Limit Exceeded', { 'x-rate-limit-problem': 'minute' }),
  }

  function refusal(status: number, detail: string): Reply {
    const titles: Readonly<Record<number, string>> = {
      401: 'Unauthorized',
      403: 'Forbidden',
      404: 'Not Found',
    }
    return json(status, {
      Type: null,
      Title: titles[status] ?? '',
      Status: status,
      Detail: detail,
      Instance: uuid(),
      Extensions: {},
    })
  }
}

export default create

function notFound(): Reply {
  return text(404, "The resource you're looking for cannot be found")
}

/** As Xero writes a moment in JSON. */
function dated(milliseconds: number): string {
  return `/Date(${milliseconds}+0000)/`
}
