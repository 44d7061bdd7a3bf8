/** QuickBooks Online: two companies, read by a query language of its own. https://developer.intuit.com/app/developer/qbo/docs/api */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill, quayside } from '../cast.ts'
import { empty, isObject, json, type Reply, readBasic, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, readString, type Route } from '../stand-in.ts'
import { type Company, type Customer, type Invoice, seedCompanies } from '../worlds/books.ts'

/** quickbooks and sandbox-quickbooks */
const API = '{service}.api.intuit.com'
const DAY = 86_400

const accounts: readonly Account[] = [
  { id: '9341450000000101', name: cast.chiara.name, email: cast.chiara.email, detail: fernhill.name },
  { id: '9341450000000202', name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<{ companies: Company[] }>(() => ({
    companies: seedCompanies(tools.now(), ['9341450000000101', '9341450000000202']),
  }))
  const stamp = () => daysAgo(tools.now(), 0)

  type InCompany = Call & { company: Company }
  /** A grant reaches the one company that was chosen while authorizing. */
  function inCompany(method: string, path: string, handle: (call: InCompany) => Reply): Route {
    const within = (call: Call) => {
      const id = call.params['realmId']
      if (id !== call.account.id)
        return gate(403, 'AuthorizationFault', '3100', 'ApplicationAuthorizationFailed')
      const company = data.companies.find((one) => one.id === id) ?? begin(call.account)
      return handle({ ...call, company })
    }
    return on(method, `/v3/company/:realmId${path}`, within, {
      host: API,
      scope: ['com.intuit.quickbooks.accounting'],
    })
  }

  /** Someone added on the consent page has a company without books. */
  function begin(account: Account): Company {
    const made: Company = {
      id: account.id,
      name: `${account.name}'s company`,
      country: 'GB',
      currency: 'GBP',
      customers: [],
      invoices: [],
      products: [],
      nextId: 1,
    }
    data.companies.push(made)
    return made
  }

  const companyInfo = (company: Company, account: Account): JsonObject => ({
    CompanyName: company.name,
    LegalName: company.name,
    CompanyAddr: { Id: '1', Country: company.country },
    Email: { Address: account.email },
    Country: company.country,
    SupportedLanguages: 'en',
    FiscalYearStartMonth: 'January',
    domain: 'QBO',
    sparse: false,
    Id: '1',
    SyncToken: '4',
    MetaData: { CreateTime: daysAgo(tools.now(), 400), LastUpdatedTime: daysAgo(tools.now(), 30) },
  })

  const customer = ({ id, name, email }: Customer): JsonObject => ({
    Id: id,
    SyncToken: '0',
    DisplayName: name,
    PrimaryEmailAddr: { Address: email },
    Active: true,
    Balance: 0,
    domain: 'QBO',
    sparse: false,
    MetaData: { CreateTime: daysAgo(tools.now(), 200), LastUpdatedTime: daysAgo(tools.now(), 20) },
  })

  const invoice = (company: Company, one: Invoice): JsonObject => ({
    Id: one.id,
    SyncToken: '0',
    DocNumber: one.number,
    TxnDate: one.date,
    DueDate: one.due,
    CustomerRef: {
      value: one.customer,
      name: company.customers.find(({ id }) => id === one.customer)?.name ?? '',
    },
    CurrencyRef: { value: company.currency },
    TotalAmt: one.total / 100,
    Balance: (one.total - one.paid) / 100,
    Line: [{ Amount: one.total / 100, DetailType: 'SalesItemLineDetail' }],
    domain: 'QBO',
    sparse: false,
    MetaData: { CreateTime: `${one.date}T09:00:00-07:00`, LastUpdatedTime: `${one.date}T09:00:00-07:00` },
  })

  /** `select * from Name [orderby Field [desc]] [startposition n] [maxresults n]`; other clauses are passed over. */
  function query({ company, asked, account }: InCompany): Reply {
    const text = asked.query.get('query') ?? asked.body.toString('utf8')
    const entity = /^\s*select\s+.+?\s+from\s+(\w+)/i.exec(text)?.[1]?.toLowerCase()
    const found: Record<string, [string, JsonObject[]]> = {
      companyinfo: ['CompanyInfo', [companyInfo(company, account)]],
      customer: ['Customer', company.customers.map(customer)],
      invoice: ['Invoice', company.invoices.map((one) => invoice(company, one))],
      item: [
        'Item',
        company.products.map(({ id, sku, name, price, stock }) => ({
          Id: id,
          Name: name,
          Sku: sku,
          UnitPrice: price / 100,
          QtyOnHand: stock,
          Type: 'Inventory',
          Active: true,
        })),
      ],
    }
    const [name, rows] = found[entity ?? ''] ?? []
    if (!name || !rows)
      return fault(400, 'ValidationFault', '4000', `Error parsing query: ${entity ?? 'no entity'}`)
    const [, field, direction] = /orderby\s+(\w+)(?:\s+(desc))?/i.exec(text) ?? []
    const ordered = field ? [...rows].sort((a, b) => compare(a[field], b[field])) : rows
    if (direction) ordered.reverse()
    const start = Number(/startposition\s+(\d+)/i.exec(text)?.[1] ?? 1)
    const size = Math.min(Number(/maxresults\s+(\d+)/i.exec(text)?.[1] ?? 100), 1000)
    const page = ordered.slice(start - 1, start - 1 + size)
    return json(200, {
      QueryResponse: page.length > 0 ? { [name]: page, startPosition: start, maxResults: page.length } : {},
      time: stamp(),
    })
  }

  function createCustomer({ company, asked }: InCompany): Reply {
    const given = readJson(asked)
    const name = readString(given, 'DisplayName')
    if (!name)
      return fault(400, 'ValidationFault', '2020', 'Required param missing, need to supply DisplayName')
    if (company.customers.some((one) => one.name === name))
      return fault(400, 'ValidationFault', '6240', 'Duplicate Name Exists Error')
    const address = given['PrimaryEmailAddr']
    const made: Customer = {
      id: String(company.nextId++),
      name,
      email: (isObject(address) && readString(address, 'Address')) || '',
    }
    company.customers.push(made)
    return json(200, { Customer: customer(made), time: stamp() })
  }

  function profitAndLoss({ company }: InCompany): Reply {
    const income = company.invoices.reduce((sum, { total }) => sum + total, 0) / 100
    const row = (label: string, amount: number, group: string): Json => ({
      Summary: { ColData: [{ value: label }, { value: amount.toFixed(2) }] },
      type: 'Section',
      group,
    })
    return json(200, {
      Header: {
        ReportName: 'ProfitAndLoss',
        ReportBasis: 'Accrual',
        Currency: company.currency,
        Time: stamp(),
      },
      Columns: {
        Column: [
          { ColTitle: '', ColType: 'Account' },
          { ColTitle: 'Total', ColType: 'Money' },
        ],
      },
      Rows: { Row: [row('Total Income', income, 'Income'), row('Net Income', income, 'NetIncome')] },
    })
  }

  const routes: Route[] = [
    inCompany('GET', '/companyinfo/:id', ({ company, account }) =>
      json(200, { CompanyInfo: companyInfo(company, account), time: stamp() }),
    ),
    inCompany('GET', '/query', query),
    inCompany('POST', '/query', query),
    inCompany('POST', '/customer', createCustomer),
    inCompany('GET', '/customer/:id', ({ company, params }) => {
      const found = company.customers.find(({ id }) => id === params['id'])
      return found
        ? json(200, { Customer: customer(found), time: stamp() })
        : fault(400, 'ValidationFault', '610', 'Object Not Found')
    }),
    inCompany('GET', '/reports/ProfitAndLoss', profitAndLoss),
    open(
      'POST',
      '/v2/oauth2/tokens/revoke',
      ({ asked }) => {
        const client = readBasic(asked.headers.authorization)
        if (client?.username !== tools.client.client_id || client.password !== tools.client.client_secret)
          return json(401, { error: 'invalid_client' })
        const held = tools.tokens.find(readString(readJson(asked), 'token') ?? '')
        if (!held || held.ended || held.client !== tools.client.client_id)
          return json(400, { error: 'invalid_token', error_description: 'Token is not valid' })
        tools.tokens.endGrant(held)
        return empty(200)
      },
      { host: 'developer.api.intuit.com' },
    ),
  ]

  return {
    accounts,
    createAccount: ({ id, name, email }) => ({
      id: `93414500${id}`,
      name,
      email,
      detail: `${name}'s company`,
    }),
    hosts: [
      'quickbooks.api.intuit.com',
      'sandbox-quickbooks.api.intuit.com',
      'oauth.platform.intuit.com',
      'appcenter.intuit.com',
      'developer.api.intuit.com',
    ],
    oauth: {
      code: () => `XAB1${tools.random(46)}`,
      access: () => `eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwieC5vcmciOiJIMCJ9..${tools.random(120)}`,
      refresh: () => `RT1-${tools.random(2, '0123456789')}-H0-${tools.random(30)}`,
      lifetime: 3600,
      refreshLifetime: 101 * DAY,
      // Each refresh here brings a new value; the real one changes it about once a day.
      leeway: DAY,
      callback: ({ account }) => ({ realmId: account.id }),
      answer: ({ tokens: { main } }) => {
        const { scopes: _, ...issued } = main ?? {}
        return json(200, { ...issued, token_type: 'bearer', x_refresh_token_expires_in: 101 * DAY - 3600 })
      },
    },
    routes,
    unauthorized: (why) =>
      gate(
        401,
        'AUTHENTICATION',
        '3200',
        'AuthenticationFailed',
        why === 'expired' ? 'Token expired' : 'Token revoked',
      ),
    forbidden: () => gate(403, 'AuthorizationFault', '3100', 'ApplicationAuthorizationFailed'),
    notFound: () => fault(404, 'SystemFault', '4001', 'Unsupported Operation'),
    rateLimited: () => fault(429, 'ThrottleExceeded', '003001', 'ThrottleExceeded'),
  }

  /** What stands before the books words its refusals otherwise than they do. */
  function gate(status: number, type: string, code: string, name: string, detail = ''): Reply {
    const message = `message=${name}; errorCode=00${code}; statusCode=${status}`
    return json(status, {
      warnings: null,
      intuitObject: null,
      fault: { error: [{ message, detail, code, element: null }], type },
      status: null,
      time: tools.now(),
    })
  }

  function fault(status: number, type: string, code: string, message: string, detail = message): Reply {
    return json(
      status,
      { Fault: { Error: [{ Message: message, Detail: detail, code }], type }, time: stamp() },
      { intuit_tid: `1-${tools.random(24, '0123456789abcdef')}` },
    )
  }
}

export default create

function compare(a: Json | undefined, b: Json | undefined): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : JSON.stringify(a ?? '').localeCompare(JSON.stringify(b ?? ''))
}
