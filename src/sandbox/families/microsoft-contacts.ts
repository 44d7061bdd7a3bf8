/** Outlook contacts. https://learn.microsoft.com/graph/api/resources/contact */
import { at, readText } from '../../catalog/define.ts'
import { readJson } from '../messages.ts'
import { on } from '../stand-in.ts'
import type { Contact } from '../worlds/graph.ts'
import { list, notFound, one, problem, writeContact } from '../worlds/graph-shapes.ts'
import { graph, type Product } from './microsoft.ts'

const READ = { ...graph, scope: ['Contacts.Read', 'Contacts.ReadWrite'] }
const WRITE = { ...graph, scope: ['Contacts.ReadWrite'] }
const KIND = "users('me')/contacts"

export const contacts: Product = ({ mailbox, nextId }) => [
  on(
    'GET',
    '/v1.0/me/contacts',
    ({ asked, account }) => {
      const search = (asked.query.get('$search') ?? '').replaceAll('"', '').toLowerCase()
      const found = mailbox(account).contacts.filter(({ name, email }) =>
        `${name} ${email}`.toLowerCase().includes(search),
      )
      return list(asked, KIND, found.map(writeContact))
    },
    READ,
  ),
  on(
    'GET',
    '/v1.0/me/contacts/:id',
    ({ asked, params, account }) => {
      const found = mailbox(account).contacts.find(({ id }) => id === params['id'])
      return found
        ? one(asked, KIND, writeContact(found))
        : notFound('The specified object was not found in the store.')
    },
    READ,
  ),
  on('GET', '/v1.0/me/contactFolders', ({ asked }) => list(asked, "users('me')/contactFolders", []), READ),
  on(
    'POST',
    '/v1.0/me/contacts',
    ({ asked, account }) => {
      const body = readJson(asked)
      const name = [readText(body, 'givenName'), readText(body, 'surname')].filter(Boolean).join(' ')
      const email = readText(at(body, 'emailAddresses'), '0.address') ?? ''
      if (!name && !email)
        return problem(400, 'ErrorPropertyValidationFailure', 'At least one property failed validation.')
      const company = readText(body, 'companyName')
      const made: Contact = { id: `AAMkAG${nextId('C')}=`, name, email, ...(company && { company }) }
      mailbox(account).contacts.push(made)
      return one(asked, KIND, writeContact(made), 201)
    },
    WRITE,
  ),
]
