/** Zoho's finance products: organizations with the same books behind them, under two roots. https://www.zoho.com/books/api/v3 */
import type { JsonObject } from '../../catalog/define.ts'
import { cast } from '../cast.ts'
import { isObject, json, type Reply, readArguments, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, type Route, readString } from '../stand-in.ts'
import { type Company, seedCompanies } from '../worlds/books.ts'
import { financeProblem, pageOf, playZoho } from './zoho.ts'

type InOrganization = Call & { company: Company }

export function playZohoFinance(options: {
  root: string
  /** The header that names the organization where the query does not. */
  header: string
  scope: string
  /** What this product has beside contacts, by the name of its list. */
  lists: Readonly<Record<string, (company: Company) => JsonObject[]>>
}): CreateStandIn {
  return playZoho({
    host: 'apiHost',
    routes: ({ tools, on }) => {
      const data = tools.load<{ companies: Company[] }>(
        () => ({ companies: seedCompanies(tools.now(), ['10234695', '10234696']) }),
        'zoho finance',
      )
      const reaches = (account: Account) =>
        account.email === cast.dmitri.email ? data.companies.slice(1) : data.companies
      const scope = { scope: [options.scope] }
      const organization = ({ id, name, country, currency }: Company, { email }: Account): JsonObject => ({
        organization_id: id,
        name,
        contact_name: name,
        email,
        country,
        currency_code: currency,
        is_default_org: id === data.companies[0]?.id,
        time_zone: 'Europe/London',
      })
      const inOrganization =
        (handle: (call: InOrganization) => Reply) =>
        (call: Call): Reply => {
          const named = call.asked.query.get('organization_id') ?? call.asked.headers[options.header]
          if (!named) return financeProblem(400, 1038, 'JSON is not well formed: organization_id is missing')
          const company = reaches(call.account).find(({ id }) => id === named)
          return company
            ? handle({ ...call, company })
            : financeProblem(404, 6041, 'This user is not associated with the CompanyID/CompanyName')
        }
      const success = (status: number, fields: JsonObject) =>
        json(status, { code: 0, message: 'success', ...fields })
      const paged = (call: Call, name: string, items: JsonObject[]): Reply => {
        const { page, size, found, more } = pageOf(call, items)
        return success(200, { [name]: found, page_context: { page, per_page: size, has_more_page: more } })
      }
      const contact = ({ id, name, email }: Company['customers'][number]): JsonObject => ({
        contact_id: `460000000026${id.padStart(6, '0')}`,
        contact_name: name,
        company_name: name,
        contact_type: 'customer',
        email,
        status: 'active',
      })

      function createContact({ asked, company }: InOrganization): Reply {
        const given = readJson(asked)
        const wrapped: unknown = readArguments(asked)['JSONString']
        const body = typeof wrapped === 'string' ? (JSON.parse(wrapped) as JsonObject) : given
        const name = isObject(body) ? readString(body, 'contact_name') : undefined
        if (!name) return financeProblem(400, 4, 'Invalid value passed for contact_name')
        const made = { id: String(company.nextId++), name, email: readString(body, 'email') ?? '' }
        company.customers.push(made)
        return success(201, { contact: contact(made) })
      }

      const lists = Object.entries(options.lists).map(
        ([name, read]): Route =>
          on(
            'GET',
            `${options.root}/${name}`,
            inOrganization((call) => paged(call, name, read(call.company))),
            scope,
          ),
      )
      return [
        on(
          'GET',
          `${options.root}/organizations`,
          ({ account }) =>
            success(200, { organizations: reaches(account).map((one) => organization(one, account)) }),
          scope,
        ),
        on(
          'GET',
          `${options.root}/organizations/:id`,
          ({ account, params }) => {
            const found = reaches(account).find(({ id }) => id === params['id'])
            return found
              ? success(200, { organization: organization(found, account) })
              : financeProblem(404, 6041, 'This user is not associated with the CompanyID/CompanyName')
          },
          scope,
        ),
        on(
          'GET',
          `${options.root}/contacts`,
          inOrganization((call) => paged(call, 'contacts', call.company.customers.map(contact))),
          scope,
        ),
        on('POST', `${options.root}/contacts`, inOrganization(createContact), scope),
        ...lists,
      ]
    },
    unauthorized: () => financeProblem(401, 14, 'Invalid value passed for authtoken.'),
    forbidden: () => financeProblem(401, 57, 'You are not authorized to perform this operation'),
    notFound: () => financeProblem(404, 5, 'Invalid URL Passed'),
    rateLimited: () => financeProblem(429, 43, 'For security reasons you have been blocked for some time.'),
  })
}
