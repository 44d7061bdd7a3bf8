/** Zoho CRM: modules of records. https://www.zoho.com/crm/developer/docs/api/v8 */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { daysAgo } from '../cast.ts'
import { crmProblem, pageOf, playZoho } from '../families/zoho.ts'
import { isObject, json, type Reply, readJson } from '../messages.ts'
import { type Call, readString } from '../stand-in.ts'
import { seedCrm } from '../worlds/crm.ts'

type Row = JsonObject & { id: string }
type Org = { modules: Record<string, Row[]>; nextId: number }
const STAGES = {
  new: 'Qualification',
  proposal: 'Proposal/Price Quote',
  won: 'Closed Won',
  lost: 'Closed Lost',
}
/** Fields without which a record is refused. */
const NEEDED: Readonly<Record<string, string>> = {
  Leads: 'Last_Name',
  Contacts: 'Last_Name',
  Accounts: 'Account_Name',
  Deals: 'Deal_Name',
}

export default playZoho({
  host: 'apiHost',
  routes: ({ tools, on }) => {
    const orgs = tools.load<Record<string, Org>>(() => ({}), 'zoho crm')
    const orgOf = ({ account }: Call): Org => (orgs[account.id] ??= seed())
    const all = { scope: ['ZohoCRM.modules.ALL'] }

    function seed(): Org {
      const numbers = { company: 100, contact: 200, deal: 300 }
      const crm = seedCrm(
        tools.now(),
        (kind, number) => `55470000000${String(numbers[kind] + number).padStart(6, '0')}`,
      )
      const nameOf = (id: string) => crm.companies.find((one) => one.id === id)?.name ?? ''
      return {
        nextId: 1,
        modules: {
          Leads: [],
          Accounts: crm.companies.map(({ id, name, domain, industry, changed }) => ({
            id,
            Account_Name: name,
            Website: domain,
            Industry: industry,
            Modified_Time: changed,
          })),
          Contacts: crm.contacts.map(({ id, first, last, email, phone, company, changed }) => ({
            id,
            First_Name: first,
            Last_Name: last,
            Full_Name: `${first} ${last}`,
            Email: email,
            Phone: phone,
            Account_Name: { id: company, name: nameOf(company) },
            Modified_Time: changed,
          })),
          Deals: crm.deals.map(({ id, name, amount, stage, company, closes, changed }) => ({
            id,
            Deal_Name: name,
            Amount: amount,
            Stage: STAGES[stage],
            Account_Name: { id: company, name: nameOf(company) },
            Closing_Date: closes,
            Modified_Time: changed,
          })),
        },
      }
    }

    function withModule(call: Call, handle: (rows: Row[], name: string) => Reply): Reply {
      const name = call.params['module'] ?? ''
      const rows = orgOf(call).modules[name]
      return rows
        ? handle(rows, name)
        : crmProblem(400, 'INVALID_MODULE', 'the module name given seems to be invalid')
    }

    function list(call: Call): Reply {
      const fields = call.asked.query.get('fields')?.split(',').filter(Boolean)
      if (!fields?.length)
        return crmProblem(400, 'REQUIRED_PARAM_MISSING', 'One of the expected parameter is missing', {
          param_name: 'fields',
        })
      return withModule(call, (rows) => {
        const { page, size, found, more } = pageOf(call, rows)
        if (found.length === 0) return { status: 204 }
        const data = found.map(
          (row): Json => ({
            id: row.id,
            ...Object.fromEntries(fields.map((field) => [field, row[field] ?? null])),
          }),
        )
        return json(200, { data, info: { page, per_page: size, count: data.length, more_records: more } })
      })
    }

    function insert(call: Call): Reply {
      const given = readJson(call.asked)['data']
      return withModule(call, (rows, name) => {
        const org = orgOf(call)
        const results = (Array.isArray(given) ? given : []).map((item): Json => {
          const needed = NEEDED[name] ?? 'Name'
          if (!isObject(item) || !readString(item, needed))
            return {
              code: 'MANDATORY_NOT_FOUND',
              details: { api_name: needed },
              message: 'required field not found',
              status: 'error',
            }
          const id = `5547000000099${String(org.nextId++).padStart(4, '0')}`
          rows.push({ ...item, id, Modified_Time: daysAgo(tools.now(), 0) })
          return { code: 'SUCCESS', details: { id }, message: 'record added', status: 'success' }
        })
        return json(results.some((item) => isObject(item) && item['status'] === 'success') ? 201 : 202, {
          data: results,
        })
      })
    }

    return [
      on(
        'GET',
        '/crm/v8/users',
        ({ account }) =>
          json(200, {
            users: [
              {
                id: `5547${account.id}`,
                zuid: account.id,
                full_name: account.name,
                email: account.email,
                status: 'active',
                profile: { name: 'Administrator', id: '5547000000026011' },
              },
            ],
            info: { page: 1, per_page: 200, count: 1, more_records: false },
          }),
        { scope: ['ZohoCRM.users.READ'] },
      ),
      on(
        'GET',
        '/crm/v8/org',
        ({ account }) =>
          json(200, {
            org: [
              {
                id: `5547${account.id}9`,
                zgid: account.id,
                company_name: account.detail?.split(',')[0] ?? account.name,
                primary_email: account.email,
                license_details: { paid: true, paid_type: 'professional', users_license_purchased: 5 },
              },
            ],
          }),
        { scope: ['ZohoCRM.org.READ'] },
      ),
      on(
        'GET',
        '/crm/v8/settings/modules',
        (call) =>
          json(200, {
            modules: Object.keys(orgOf(call).modules).map((name) => ({
              api_name: name,
              module_name: name,
              api_supported: true,
            })),
          }),
        { scope: ['ZohoCRM.settings.ALL'] },
      ),
      on('GET', '/crm/v8/:module', list, all),
      on('POST', '/crm/v8/:module', insert, all),
      on(
        'GET',
        '/crm/v8/:module/:id',
        (call) =>
          withModule(call, (rows) => {
            const found = rows.find(({ id }) => id === call.params['id'])
            return found ? json(200, { data: [found] }) : { status: 204 }
          }),
        all,
      ),
    ]
  },
  unauthorized: () => crmProblem(401, 'INVALID_TOKEN', 'invalid oauth token'),
  forbidden: () => crmProblem(401, 'OAUTH_SCOPE_MISMATCH', 'invalid oauth scope to access this URL'),
  notFound: () =>
    crmProblem(404, 'INVALID_URL_PATTERN', 'Please check if the URL trying to access is a correct one'),
  rateLimited: () =>
    crmProblem(429, 'TOO_MANY_REQUESTS', 'The number of API requests has exceeded the limit'),
})
