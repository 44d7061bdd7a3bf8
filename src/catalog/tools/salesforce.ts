import type { Json, JsonObject } from '../define.ts'
import {
  day,
  defineTools,
  email,
  identifier,
  integer,
  list,
  object,
  opt,
  same,
  text,
} from '../define-tools.ts'

const scopes = [['api']]
const id = (description: string) =>
  identifier(description, { pattern: '^[a-zA-Z0-9]{15,18}$', maxLength: 18 })
const objectName = text('API name of the object, for example Account.', {
  pattern: '^[A-Za-z]\\w*$',
  maxLength: 80,
})
const extra = opt(object('Further fields by their API names.'))

export default defineTools({
  id: 'salesforce',
  name: 'Salesforce',
  summary: 'Queries and searches records, and creates and changes contacts, accounts and opportunities.',
  tools: [
    {
      name: 'sf_query',
      title: 'Query records',
      description:
        'Runs a SOQL query, for example "SELECT Id, Name FROM Account WHERE Industry = \'Retail\' LIMIT 20".',
      risk: 'read',
      scopes,
      input: { q: text('The query, in SOQL.', { maxLength: 20_000 }) },
      http: { method: 'GET', path: '/query', query: same('q') },
      pagination: { by: 'url', at: 'nextRecordsUrl' },
      note: 'Quotes in values are escaped with a backslash.',
    },
    {
      name: 'sf_search',
      title: 'Search records',
      description: 'Searches records of one or all objects for words, and returns their ids and names.',
      risk: 'read',
      scopes,
      input: {
        q: text('Words to look for; at least two characters.', { minLength: 2, maxLength: 500 }),
        object: opt(objectName),
        fields: opt(list('API names of the fields to return, with object.', text('', { maxLength: 255 }))),
        limit: opt(integer('How many at most.', { minimum: 1, maximum: 2000, default: 50 })),
      },
      http: {
        method: 'GET',
        path: '/parameterizedSearch',
        query: { q: '{q}', in: 'ALL', sobject: '{object}', fields: '{fields|,}', overallLimit: '{limit}' },
      },
    },
    {
      name: 'sf_get_record',
      title: 'Read a record',
      description: 'Reads one record of an object by its id, all fields or those that are named.',
      risk: 'read',
      scopes,
      input: {
        object: objectName,
        id: id('Id of the record.'),
        fields: opt(list('API names of the fields to return.', text('', { maxLength: 255 }))),
      },
      http: { method: 'GET', path: '/sobjects/{object}/{id}', query: { fields: '{fields|,}' } },
    },
    {
      name: 'sf_create_contact',
      title: 'Create a contact',
      description: 'Creates a contact, in an account if asked, and returns its id.',
      risk: 'write',
      scopes,
      input: {
        last_name: text('Last name.', { maxLength: 80 }),
        first_name: opt(text('First name.', { maxLength: 40 })),
        email: opt(email('Address.')),
        account_id: opt(id('Id of the account.')),
        other_fields: extra,
      },
      compose: ({ last_name, first_name, email: address, account_id, other_fields }) => ({
        record: withoutAbsent({
          ...(other_fields as object | undefined),
          LastName: last_name,
          FirstName: first_name,
          Email: address,
          AccountId: account_id,
        }),
      }),
      http: { method: 'POST', path: '/sobjects/Contact', body: { json: '{record}' } },
    },
    {
      name: 'sf_create_account',
      title: 'Create an account',
      description: 'Creates an account, which is a company, and returns its id.',
      risk: 'write',
      scopes,
      input: {
        name: text('Name of the company.', { maxLength: 255 }),
        website: opt(text('Website.', { maxLength: 255 })),
        industry: opt(text('Industry.', { maxLength: 255 })),
        other_fields: extra,
      },
      compose: ({ name, website, industry, other_fields }) => ({
        record: withoutAbsent({
          ...(other_fields as object | undefined),
          Name: name,
          Website: website,
          Industry: industry,
        }),
      }),
      http: { method: 'POST', path: '/sobjects/Account', body: { json: '{record}' } },
    },
    {
      name: 'sf_create_opportunity',
      title: 'Create an opportunity',
      description: 'Creates an opportunity, which is a deal, and returns its id.',
      risk: 'write',
      scopes,
      input: {
        name: text('Name of the opportunity.', { maxLength: 120 }),
        stage: text('Name of the stage.', { maxLength: 255 }),
        close_date: day('Day on which it is expected to close.'),
        amount: opt({ type: 'number', description: 'Amount, in the currency of the record.', minimum: 0 }),
        account_id: opt(id('Id of the account.')),
        other_fields: extra,
      },
      compose: ({ name, stage, close_date, amount, account_id, other_fields }) => ({
        record: withoutAbsent({
          ...(other_fields as object | undefined),
          Name: name,
          StageName: stage,
          CloseDate: close_date,
          Amount: amount,
          AccountId: account_id,
        }),
      }),
      http: { method: 'POST', path: '/sobjects/Opportunity', body: { json: '{record}' } },
    },
    {
      name: 'sf_update_record',
      title: 'Change a record',
      description: 'Changes fields of one record of any object.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes,
      input: {
        object: objectName,
        id: id('Id of the record.'),
        fields: object('New values by the fields’ API names.'),
      },
      http: { method: 'PATCH', path: '/sobjects/{object}/{id}', body: { json: '{fields}' } },
    },
    {
      name: 'sf_describe',
      title: 'Describe an object',
      description: 'Tells the fields, types and picklist values of an object.',
      risk: 'read',
      scopes,
      input: { object: objectName },
      http: { method: 'GET', path: '/sobjects/{object}/describe' },
    },
    {
      name: 'sf_recent',
      title: 'Recently viewed records',
      description: 'Lists the records that the connected person viewed or changed lately.',
      risk: 'read',
      scopes,
      input: { limit: opt(integer('How many at most.', { minimum: 1, maximum: 200, default: 20 })) },
      http: { method: 'GET', path: '/recent', query: same('limit') },
    },
  ],
})

function withoutAbsent(record: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as JsonObject
}
