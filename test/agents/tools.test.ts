/** Every tool of every agent: unique, compilable, within its provider's scopes and hosts, and honest about its risk. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { agents } from '../../src/catalog/agent-registry.ts'
import type { HttpRequest, InputSchema, Tool } from '../../src/catalog/define-tools.ts'
import type { JsonObject } from '../../src/catalog/define.ts'
import { findProvider } from '../../src/catalog/registry.ts'
import { buildToolCall } from '../../src/catalog/tool-call.ts'
import { sampleOf } from './samples.ts'

const tools = agents.flatMap((agent) => agent.tools.map((tool) => ({ agent, tool, name: tool.name })))
const ajv = new Ajv2020({ strict: true, allErrors: true })
for (const format of ['date', 'date-time', 'email', 'uri']) ajv.addFormat(format, true)
const given = { parameters: { principal: '/1234/principal/', userId: 'ada' }, id: 'new-1', now: new Date(0) }

/** Ask by POST, or by a method that RFC 4918, 3253 and 5323 call safe. */
const READS_BY_POST = new Set([
  'google_calendar_freebusy',
  'jira_search',
  'jira_sprint_issues',
  'hubspot_search_contacts',
  'hubspot_search_companies',
  'hubspot_search_deals',
  'notion_search',
  'notion_query',
])
const SAFE = new Set(['GET', 'PROPFIND', 'REPORT', 'SEARCH'])

test('there are tools for all agents of the documents', () => {
  expect(agents.map(({ id }) => id)).toEqual([
    'asana',
    'confluence',
    'github',
    'google',
    'hubspot',
    'icloud',
    'jira',
    'linear',
    'microsoft-365',
    'monday',
    'nextcloud',
    'notion',
    'salesforce',
    'shopify',
    'slack',
    'stripe',
    'zendesk',
    'zoom',
  ])
  expect(tools.length).toBeGreaterThanOrEqual(178)
})

test('names are unique, and within what model APIs accept', () => {
  expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length)
  for (const { name, tool } of tools) {
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    for (const property of Object.keys(tool.input.properties))
      expect(property, name).toMatch(/^[a-z][a-z0-9_]{0,63}$/)
  }
})

describe.each(tools)('$name', ({ tool }) => {
  test('its schema compiles, is bounded, and says what each input is for', () => {
    const validate = ajv.compile({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...tool.input })
    expect(validate(sampleOf(tool)), JSON.stringify(validate.errors)).toBe(true)
    expect(validate(sampleOf(tool, { required: true })), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...sampleOf(tool), surprise: 1 })).toBe(false)
    for (const name of tool.input.required) expect(tool.input.properties).toHaveProperty(name)
    for (const [name, schema] of Object.entries(tool.input.properties)) {
      expect(schema.description, name).toMatch(/\S.*[.:/]$|\S.*\.\.\.$/)
      expect(unbounded(schema), name).toEqual([])
    }
  })

  test('its sentence stands for itself', () => {
    expect(tool.description).toMatch(/^[A-Z].*[^.]\.$/)
    expect(tool.description.length).toBeLessThan(260)
    expect(tool.title.length).toBeLessThan(60)
  })

  test('every input is used, every brace is filled, and what is absent is left out', () => {
    for (const provider of Object.keys(tool.served_by)) {
      const full = render(tool, sampleOf(tool), provider)
      expect(full).not.toMatch(/undefined|\[object Object\]/)
      render(tool, sampleOf(tool, { required: true }), provider)
      for (const name of Object.keys(tool.input.properties)) {
        if (tool.input.required.includes(name)) continue
        const without = { ...sampleOf(tool) }
        delete without[name]
        const other = render(tool, without, provider)
        const sameAsDefault = tool.input.properties[name]?.default !== undefined
        if (!sameAsDefault && !PAIRED.has(`${tool.name}.${name}`)) expect(other, name).not.toBe(full)
      }
    }
  })

  test('what it needs is declared by a provider that serves it', () => {
    const providers = Object.keys(tool.served_by).map((id) => findProvider(id))
    expect(providers.every(Boolean), 'providers').toBe(true)
    for (const provider of providers) {
      const declared = Object.keys(provider?.scopes ?? {})
      const sets = (tool.scopes ?? []).filter((set) => set.every((scope) => declared.includes(scope)))
      if (tool.scopes && declared.length > 0) expect(sets.length, provider?.id).toBeGreaterThan(0)
      // A provider with scopes and a tool without would be offered to connections that may not call it.
      if (!tool.scopes) expect(declared, provider?.id).toEqual([])
    }
    const all = providers.flatMap((provider) => Object.keys(provider?.scopes ?? {}))
    for (const scope of (tool.scopes ?? []).flat()) expect(all).toContain(scope)
  })

  test('its calls stay with the provider’s own hosts', () => {
    for (const [id, service] of Object.entries(tool.served_by)) {
      const provider = findProvider(id)
      if (!provider || tool.request.kind === 'mail') {
        expect(provider?.mail, id).toBeDefined()
        continue
      }
      const base = service.base ?? tool.request.base
      const root = base === undefined ? provider.api.base_url : provider.api.bases?.[base]
      const host = /^https:\/\/([^/]+)/.exec(root ?? '')?.[1]
      expect(provider.hosts, `${id} ${base ?? ''}`).toContain(host)
      expect(tool.request.path).toMatch(/^\/(?!\/)/)
      const call = buildToolCall(tool, sampleOf(tool), { ...given, provider: id })
      const path = call.kind === 'http' ? call.path : ''
      expect(new URL(path, 'https://provider.example').host).toBe('provider.example')
      if (tool.request.token)
        expect(
          provider.auth.some(
            (method) =>
              method.kind === 'oauth2' &&
              method.extra_tokens?.[tool.request.kind === 'http' ? (tool.request.token ?? '') : ''],
          ),
          id,
        ).toBe(true)
    }
  })

  test('its risk is what its call does', () => {
    const asks =
      tool.request.kind === 'mail' ? tool.request.operation !== 'send' : reads(tool.request, tool.name)
    expect(tool.risk === 'read').toBe(asks)
    if (tool.request.kind === 'http' && tool.request.method === 'DELETE')
      expect(tool.risk).toBe('destructive')
    expect(tool.idempotency === 'safe').toBe(asks)
    expect(tool.idempotency === 'keyed').toBe(tool.idempotency_header !== undefined)
  })

  test('how a long answer goes on names an input that there is', () => {
    const { pagination } = tool
    if (pagination && 'input' in pagination) expect(tool.input.properties).toHaveProperty(pagination.input)
  })
})

/** Inputs that say something together with another, or instead of it. */
const PAIRED = new Set([
  'zendesk_update_ticket.public',
  'notion_create_page.parent_page_id',
  'notion_create_page.title',
])

function render(tool: Tool, input: JsonObject, provider: string): string {
  return JSON.stringify(buildToolCall(tool, input, { ...given, provider }))
}

function reads(request: HttpRequest, name: string): boolean {
  const { body, method } = request
  if (body && 'graphql' in body) return body.graphql.startsWith('query ')
  return SAFE.has(method) || READS_BY_POST.has(name)
}

/** Texts without an end, lists without a limit. */
function unbounded(schema: InputSchema, path = ''): string[] {
  const own =
    schema.type === 'string' && schema.maxLength === undefined && !schema.enum && !schema.format
      ? [path]
      : schema.type === 'array' && schema.maxItems === undefined
        ? [path]
        : []
  const inner = Object.entries({ ...schema.properties, ...(schema.items ? { '[]': schema.items } : {}) })
  return [...own, ...inner.flatMap(([name, property]) => unbounded(property, `${path}.${name}`))]
}

test('a path leads below its folder, whatever an input says', () => {
  const file = tools.find(({ name }) => name === 'github_get_file')?.tool as Tool
  const call = (path: string, repo = 'web') =>
    buildToolCall(file, { owner: 'acme', repo, path }, { ...given, provider: 'github' })
  expect(call('docs/a b.md')).toMatchObject({ path: '/repos/acme/web/contents/docs/a%20b.md' })
  expect(call('a?b#c')).toMatchObject({ path: '/repos/acme/web/contents/a%3Fb%23c' })
  for (const path of ['../../user', 'docs/../../x', '.', '..'])
    expect(() => call(path), path).toThrow('does not name a place')
  expect(() => call('x', '..')).toThrow('does not name a place')
  expect(call('x', 'a/b')).toMatchObject({ path: '/repos/acme/a%2Fb/contents/x' })
})

test('what is written into XML and mail stays what it is', () => {
  const contacts = tools.find(({ name }) => name === 'nc_contacts')?.tool as Tool
  const { body } = buildToolCall(contacts, { name: '<a>&"' }, { ...given, provider: 'nextcloud' }) as {
    body: string
  }
  expect(body).toContain('>&lt;a&gt;&amp;&quot;</card:text-match>')
  const mail = tools.find(({ name }) => name === 'gmail_send')?.tool as Tool
  const sent = buildToolCall(
    mail,
    { to: ['a@example.com\r\nBcc: b@example.com'], subject: 'Grüße\r\nX: y', body: 'Hällo' },
    { ...given, provider: 'gmail' },
  ) as { body: string }
  const raw = Buffer.from((JSON.parse(sent.body) as { raw: string }).raw, 'base64url').toString()
  const [head = '', text = ''] = raw.split('\r\n\r\n')
  expect(head.split('\r\n').map((line) => line.split(':')[0])).toEqual([
    'To',
    'Subject',
    'MIME-Version',
    'Content-Type',
    'Content-Transfer-Encoding',
  ])
  expect(Buffer.from(text, 'base64').toString()).toBe('Hällo')
})
