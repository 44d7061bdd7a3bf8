import type { JsonObject } from '../define.ts'
import {
  choice,
  cursor,
  defineTools,
  email,
  identifier,
  integer,
  list,
  object,
  opt,
  pageSize,
  same,
  text,
} from '../define-tools.ts'

const OPERATORS = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
]
const scopes = (what: string, access: 'read' | 'write') => [[`crm.objects.${what}.${access}`]]
const values = (examples: string) =>
  object(`Values by the property’s internal name, for example ${examples}.`, {
    additionalProperties: { type: 'string', maxLength: 65_536 },
  })
const id = identifier('Id of the record.', { maxLength: 30 })

/** Contacts, companies and deals are searched alike (https://developers.hubspot.com/docs/api-reference/search). */
const search = (properties: string[]) => ({
  query: opt(text('Words to look for in the usual fields.', { maxLength: 3000 })),
  filters: opt(
    list(
      'Conditions that all have to hold.',
      object('', {
        properties: {
          property: identifier('Internal name of the property.'),
          operator: choice('How it is compared.', OPERATORS),
          value: text('With what; left out for HAS_PROPERTY.', { maxLength: 3000 }),
        },
        required: ['property', 'operator'],
        additionalProperties: false,
      }),
      { maxItems: 18 },
    ),
  ),
  properties: opt(
    list('Internal names of the properties to return.', identifier(''), { default: properties }),
  ),
  limit: pageSize(200, 25),
  after: cursor('The paging.next.after of the answer before.'),
})
const composeGroups = ({ filters }: JsonObject): JsonObject =>
  filters === undefined ? {} : { groups: [{ filters }] }
const searchBody = {
  json: { query: '{query}', filterGroups: '{groups}', ...same('properties', 'limit', 'after') },
}
const byAfter = { by: 'cursor', input: 'after', at: 'paging.next.after' } as const

export default defineTools({
  id: 'hubspot',
  name: 'HubSpot',
  summary: 'Finds, creates and changes contacts, companies and deals.',
  tools: [
    {
      name: 'hubspot_search_contacts',
      title: 'Search contacts',
      description: 'Finds contacts by words or by conditions on their properties.',
      risk: 'read',
      scopes: scopes('contacts', 'read'),
      input: search(['email', 'firstname', 'lastname', 'phone', 'company']),
      compose: composeGroups,
      http: { method: 'POST', path: '/crm/v3/objects/contacts/search', body: searchBody },
      pagination: byAfter,
    },
    {
      name: 'hubspot_get_contact',
      title: 'Read a contact',
      description: 'Reads one contact by its id or its e-mail address.',
      risk: 'read',
      scopes: scopes('contacts', 'read'),
      input: {
        id: text('Id of the contact, or its e-mail address with id_property email.', {
          maxLength: 320,
          pattern: '^[^\\s/?#]+$',
        }),
        id_property: opt(choice('What the id is, where it is no id.', ['email'])),
        properties: opt(list('Internal names of the properties to return.', identifier(''))),
        associations: opt(
          list('Linked records to name.', choice('', ['companies', 'deals']), { maxItems: 2 }),
        ),
      },
      http: {
        method: 'GET',
        path: '/crm/v3/objects/contacts/{id}',
        query: {
          idProperty: '{id_property}',
          properties: '{properties|,}',
          associations: '{associations|,}',
        },
      },
    },
    {
      name: 'hubspot_create_contact',
      title: 'Create a contact',
      description: 'Creates a contact and returns its id.',
      risk: 'write',
      scopes: scopes('contacts', 'write'),
      input: {
        email: email('Address; HubSpot keeps it unique.'),
        properties: opt(values('firstname, lastname, phone')),
      },
      compose: ({ email: address, properties }) => ({
        all: { ...(properties as JsonObject), email: address ?? null },
      }),
      http: { method: 'POST', path: '/crm/v3/objects/contacts', body: { json: { properties: '{all}' } } },
    },
    {
      name: 'hubspot_update_contact',
      title: 'Change a contact',
      description: 'Changes properties of a contact.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: scopes('contacts', 'write'),
      input: { id, properties: values('phone, lifecyclestage') },
      http: { method: 'PATCH', path: '/crm/v3/objects/contacts/{id}', body: { json: same('properties') } },
    },
    {
      name: 'hubspot_search_companies',
      title: 'Search companies',
      description: 'Finds companies by words or by conditions on their properties.',
      risk: 'read',
      scopes: scopes('companies', 'read'),
      input: search(['name', 'domain', 'industry', 'city']),
      compose: composeGroups,
      http: { method: 'POST', path: '/crm/v3/objects/companies/search', body: searchBody },
      pagination: byAfter,
    },
    {
      name: 'hubspot_create_company',
      title: 'Create a company',
      description: 'Creates a company and returns its id.',
      risk: 'write',
      scopes: scopes('companies', 'write'),
      input: {
        name: text('Name of the company.', { maxLength: 500 }),
        properties: opt(values('domain, industry, city')),
      },
      compose: ({ name, properties }) => ({ all: { ...(properties as JsonObject), name: name ?? null } }),
      http: { method: 'POST', path: '/crm/v3/objects/companies', body: { json: { properties: '{all}' } } },
    },
    {
      name: 'hubspot_search_deals',
      title: 'Search deals',
      description: 'Finds deals by words or by conditions on their properties.',
      risk: 'read',
      scopes: scopes('deals', 'read'),
      input: search(['dealname', 'amount', 'dealstage', 'pipeline', 'closedate']),
      compose: composeGroups,
      http: { method: 'POST', path: '/crm/v3/objects/deals/search', body: searchBody },
      pagination: byAfter,
    },
    {
      name: 'hubspot_create_deal',
      title: 'Create a deal',
      description: 'Creates a deal in a stage of a pipeline and returns its id.',
      risk: 'write',
      scopes: scopes('deals', 'write'),
      input: {
        name: text('Name of the deal.', { maxLength: 500 }),
        stage: identifier('Id of the stage, as hubspot_list_pipelines names it.'),
        properties: opt(values('amount, closedate, pipeline')),
      },
      compose: ({ name, stage, properties }) => ({
        all: { ...(properties as JsonObject), dealname: name ?? null, dealstage: stage ?? null },
      }),
      http: { method: 'POST', path: '/crm/v3/objects/deals', body: { json: { properties: '{all}' } } },
    },
    {
      name: 'hubspot_update_deal',
      title: 'Change a deal',
      description: 'Changes properties of a deal, its stage among them.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: scopes('deals', 'write'),
      input: { id, properties: values('dealstage, amount') },
      http: { method: 'PATCH', path: '/crm/v3/objects/deals/{id}', body: { json: same('properties') } },
    },
    {
      name: 'hubspot_list_owners',
      title: 'List owners',
      description: 'Lists the people whom a record can belong to, with their owner ids.',
      risk: 'read',
      scopes: [['crm.objects.owners.read']],
      input: {
        email: opt(email('Only the one with this address.')),
        limit: opt(integer('How many at most.', { minimum: 1, maximum: 500, default: 100 })),
        after: cursor('The paging.next.after of the answer before.'),
      },
      http: { method: 'GET', path: '/crm/v3/owners', query: same('email', 'limit', 'after') },
      pagination: byAfter,
    },
    {
      name: 'hubspot_list_pipelines',
      title: 'List deal pipelines',
      description: 'Lists the pipelines of deals with their stages and ids.',
      risk: 'read',
      scopes: scopes('deals', 'read'),
      http: { method: 'GET', path: '/crm/v3/pipelines/deals' },
    },
  ],
})
