/** Google Contacts, by the People API. https://developers.google.com/people/api/rest */
import { readText } from '../../catalog/define.ts'
import { json, readJson } from '../messages.ts'
import { on } from '../stand-in.ts'
import { person, problem } from '../worlds/google-shapes.ts'
import { AUTH, type Product } from './google.ts'

const people = { host: 'people.googleapis.com', scope: [`${AUTH}contacts`, `${AUTH}contacts.readonly`] }

export const contacts: Product = ({ world, nextId }) => [
  on(
    'GET',
    '/v1/people/me/connections',
    ({ account }) => {
      const connections = world(account).contacts.map((contact) => person(contact))
      return json(200, { connections, totalPeople: connections.length, totalItems: connections.length })
    },
    people,
  ),
  on(
    'GET',
    '/v1/:action',
    ({ asked, params, account }) => {
      if (params['action'] !== 'people:searchContacts')
        return problem(404, 'Method not found.', 'notFound', 'NOT_FOUND')
      const query = (asked.query.get('query') ?? '').toLowerCase()
      const found = world(account).contacts.filter(
        ({ name, email }) => query !== '' && `${name} ${email}`.toLowerCase().includes(query),
      )
      return json(200, { results: found.map((contact) => ({ person: person(contact) })) })
    },
    people,
  ),

  on(
    'POST',
    '/v1/:action',
    ({ asked, params, account }) => {
      if (params['action'] !== 'people:createContact')
        return problem(404, 'Method not found.', 'notFound', 'NOT_FOUND')
      const body = readJson(asked)
      const text = (path: string) => readText(body, path) ?? ''
      const name = `${text('names.0.givenName')} ${text('names.0.familyName')}`.trim()
      const made = { id: nextId('c'), name, email: text('emailAddresses.0.value') }
      world(account).contacts.push(made)
      return json(200, person(made))
    },
    { ...people, scope: [`${AUTH}contacts`] },
  ),
]
