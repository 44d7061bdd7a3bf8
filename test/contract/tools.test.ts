/**
 * Every reading tool, called through the vault's authorised call against the played provider: sample inputs, and for
 * ids what another tool of the same agent found. What the sandbox does not play is listed with the tool's name.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents } from '../../src/catalog/agent-registry.ts'
import { judgeAnswer } from '../../src/catalog/answers.ts'
import type { Tool } from '../../src/catalog/define-tools.ts'
import { at, type Json, type JsonObject, type Provider } from '../../src/catalog/define.ts'
import { parseJson } from '../../src/catalog/fill.ts'
import { findProvider } from '../../src/catalog/registry.ts'
import { buildToolCall } from '../../src/catalog/tool-call.ts'
import { sampleOf } from '../agents/samples.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { authorize } from './flow.ts'

let t: TestHub
beforeAll(async () => {
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => t.close())

/** What the sandbox does not play, or plays with an answer of its own. */
const NOT_PLAYED = new Set([
  'sf_search', // parameterizedSearch
  'sf_describe',
])

/** Where an input that names a thing comes from: a tool of the same agent, and the path of it in its answer. */
const FROM: Record<string, Record<string, [tool: string, path: string | RegExp]>> = {
  asana_list_projects: { workspace_gid: ['asana_list_workspaces', 'data.0.gid'] },
  asana_search_tasks: { workspace_gid: ['asana_list_workspaces', 'data.0.gid'] },
  asana_list_users: { workspace_gid: ['asana_list_workspaces', 'data.0.gid'] },
  asana_list_tasks: { project_gid: ['asana_list_projects', 'data.0.gid'] },
  asana_get_task: { task_gid: ['asana_list_tasks', 'data.0.gid'] },
  confluence_list_pages: { space_id: ['confluence_list_spaces', 'results.0.id'] },
  confluence_get_page: { id: ['confluence_list_pages', 'results.0.id'] },
  confluence_page_children: { id: ['confluence_list_pages', 'results.0.id'] },
  confluence_page_comments: { id: ['confluence_list_pages', 'results.0.id'] },
  ...Object.fromEntries(
    ['list_issues', 'get_issue', 'list_prs', 'get_pr', 'pr_files', 'list_commits', 'get_file'].map((name) => [
      `github_${name}`,
      { owner: ['github_list_repos', '0.owner.login'], repo: ['github_list_repos', '0.name'] },
    ]),
  ),
  gmail_get: { id: ['gmail_search', 'messages.0.id'] },
  google_drive_get: { file_id: ['google_drive_search', 'files.0.id'] },
  google_drive_read: { file_id: ['google_drive_search', 'files.0.id'] },
  google_drive_download: { file_id: ['google_drive_search', 'files.1.id'] },
  hubspot_get_contact: { id: ['hubspot_search_contacts', 'results.0.id'] },
  icloud_events: { calendar: ['icloud_calendars', /\/\d+\/calendars\/[^/<]+\//] },
  nc_read_file: { path: ['nc_list_files', /Readme\.md/] },
  jira_get_issue: { key: ['jira_search', 'issues.0.key'] },
  jira_list_transitions: { key: ['jira_search', 'issues.0.key'] },
  jira_list_comments: { key: ['jira_search', 'issues.0.key'] },
  jira_list_sprints: { board_id: ['jira_list_boards', 'values.0.id'] },
  linear_get_issue: { id: ['linear_list_issues', 'data.issues.nodes.0.identifier'] },
  outlook_mail_get: { id: ['outlook_mail_list', 'value.0.id'] },
  teams_channels: { team_id: ['teams_list', 'value.0.id'] },
  teams_messages: { team_id: ['teams_list', 'value.0.id'], channel_id: ['teams_channels', 'value.0.id'] },
  monday_get_board: { board_id: ['monday_list_boards', 'data.boards.0.id'] },
  monday_list_items: { board_id: ['monday_list_boards', 'data.boards.0.id'] },
  monday_list_updates: { item_id: ['monday_list_items', 'data.boards.0.items_page.items.0.id'] },
  notion_get_page: { page_id: ['notion_search', 'results.0.id'] },
  notion_get_database: { database_id: ['notion_search', 'results.*.parent.database_id'] },
  notion_query: { data_source_id: ['notion_search', 'results.*.parent.data_source_id'] },
  notion_get_blocks: { block_id: ['notion_search', 'results.0.id'] },
  sf_get_record: { id: ['sf_recent', '0.Id'], object: ['sf_recent', '0.attributes.type'] },
  shopify_get_product: { id: ['shopify_list_products', 'data.products.nodes.0.id'] },
  shopify_inventory_levels: {
    inventory_item_id: ['shopify_get_product', 'data.product.variants.nodes.0.inventoryItem.id'],
  },
  shopify_get_order: { id: ['shopify_list_orders', 'data.orders.nodes.0.id'] },
  slack_history: { channel: ['slack_list_channels', 'channels.0.id'] },
  slack_replies: {
    channel: ['slack_list_channels', 'channels.0.id'],
    ts: ['slack_history', 'messages.0.ts'],
  },
  slack_get_reactions: {
    channel: ['slack_list_channels', 'channels.0.id'],
    timestamp: ['slack_history', 'messages.0.ts'],
  },
  slack_user_by_email: { email: ['slack_list_users', 'members.0.profile.email'] },
  stripe_get_customer: { id: ['stripe_list_subscriptions', 'data.0.customer'] },
  zendesk_get_ticket: { id: ['zendesk_list_tickets', 'tickets.0.id'] },
  zendesk_ticket_comments: { id: ['zendesk_list_tickets', 'tickets.0.id'] },
  zoom_get_meeting: { meeting: ['zoom_list_meetings', 'meetings.0.id'] },
  zoom_past_meeting: { meeting: ['zoom_list_recordings', 'meetings.0.id'] },
  zoom_past_participants: { meeting: ['zoom_list_recordings', 'meetings.0.id'] },
  zoom_get_recording: { meeting: ['zoom_list_recordings', 'meetings.0.uuid'] },
}

/** Query languages, which no sample speaks. */
const GIVEN: Record<string, JsonObject> = {
  confluence_search: { cql: 'type = page' },
  jira_search: { jql: 'updated >= -30d ORDER BY updated DESC' },
  sf_query: { q: 'SELECT Id, Name FROM Account LIMIT 5' },
  stripe_search_customers: { query: "email:'ada@example.com'" },
  github_get_file: { path: 'README.md' },
}

type Answered = { status: number; verdict: string; body: Json | undefined; text: string }

const served = agents.flatMap((agent) => {
  const ids = [...new Set(agent.tools.flatMap(({ served_by }) => Object.keys(served_by)))]
  return ids.map((id) => ({ id, agent, provider: findProvider(id) as Provider }))
})

describe.each(served)('$agent.id by $id', ({ id, agent, provider }) => {
  let person: Browser
  let connection: string
  let parameters: Record<string, string>
  const answers = new Map<string, Answered>()
  beforeAll(async () => {
    t.sandbox.control.reset()
    person = await t.browser(`${id}-tools@example.com`)
    const method =
      provider.auth.find(({ kind }) => kind === 'oauth2') ??
      provider.auth.find(({ kind }) => kind === 'basic') ??
      provider.auth[0]
    const set = ['all_tools', 'with_admin_consent'].find(
      (name) => provider.scope_sets?.[name as 'recommended'],
    )
    const attempt = await authorize(t, person, provider, method, '/api/v1/connect/attempts', {
      provider: id,
      method: method.kind,
      ...(set && { scope_set: set }),
    })
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
    connection = attempt.connection_id as string
    parameters = (await person.get(`/api/v1/connections/${connection}`)).body.parameters
  })

  async function call(tool: Tool): Promise<Answered> {
    const known = answers.get(tool.name)
    if (known) return known
    const input: JsonObject = { ...sampleOf(tool, { required: true }), ...GIVEN[tool.name] }
    for (const [name, [other, path]] of Object.entries(FROM[tool.name] ?? {})) {
      const source = agent.tools.find((candidate) => candidate.name === other) as Tool
      const { body, text } = await call(source)
      const found = typeof path === 'string' ? at(body, path) : path.exec(text)?.[0]
      expect(found, `${tool.name}.${name} from ${other}`).toBeDefined()
      // An id that was told as a number may be asked for as text.
      input[name] =
        tool.input.properties[name]?.type === 'string' && typeof found === 'number'
          ? String(found)
          : (found as Json)
    }
    const built = buildToolCall(tool, input, {
      provider: id,
      parameters,
      id: 'new-1',
      now: new Date(t.clock.now()),
    })
    if (built.kind === 'mail') throw new Error('mail is proved elsewhere')
    const { status, body, headers } = await person.send(
      built.method,
      `/api/v1/proxy/${connection}${built.path}`,
      built.body,
      {
        ...built.headers,
        ...(built.base && { 'trunkline-base': built.base }),
        ...(built.token && { 'trunkline-token': built.token }),
      },
    )
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const json = parseJson(Buffer.from(text))
    const answered = {
      status,
      verdict: judgeAnswer(provider, { status, headers: Object.fromEntries(headers) }, json),
      body: json,
      text,
    }
    answers.set(tool.name, answered)
    return answered
  }

  const reading = agent.tools.filter(
    ({ risk, request, served_by }) =>
      risk === 'read' && request.kind === 'http' && Object.hasOwn(served_by, id),
  )
  test.each(reading.map((tool) => ({ name: tool.name, tool })))('$name', async ({ tool }) => {
    const { status, verdict, text } = await call(tool)
    expect([tool.name, status < 300, verdict, text.slice(0, 300)]).toEqual([
      tool.name,
      !NOT_PLAYED.has(tool.name),
      NOT_PLAYED.has(tool.name) ? 'failed' : 'ok',
      expect.any(String),
    ])
    // GraphQL answers 200 for what it does not find.
    expect(text).not.toMatch(/^\{"data":\{"\w+":null/)
  })
})
