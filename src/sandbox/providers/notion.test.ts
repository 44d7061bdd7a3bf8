import { Client, LogLevel } from '@notionhq/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

// Driven by Notion's own client.
let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const HOME = '59833787-2cf9-4fdf-8782-e53db20a0001'
const SPRINT = '59833787-2cf9-4fdf-8782-e53db20a0002'
const SALARIES = '59833787-2cf9-4fdf-8782-e53db20a0003'
const TASKS = '164b19c5-58e5-4a47-a3a9-c905d9519c65'
const client = (token: unknown) =>
  new Client({
    auth: String(token),
    baseUrl: stage.locate('https://api.notion.com').replace(/\/$/, ''),
    notionVersion: '2025-09-03',
    retry: false,
    logLevel: LogLevel.ERROR,
  })
const rich = (content: string) => [{ type: 'text' as const, text: { content } }]

test('only picked pages, and what lies below them, are seen', async () => {
  const token = await rehearse(stage, 'notion').connect({ picked: [HOME] })
  expect(token).toMatchObject({ workspace_name: 'Fernhill Bicycles', owner: { type: 'user' } })
  expect(token).not.toHaveProperty('expires_in')
  const notion = client(token.access_token)
  const { results } = await notion.search({ page_size: 100 })
  const ids = results.map(({ id }) => id)
  expect(ids).toContain(SPRINT)
  expect(ids).toContain(TASKS)
  expect(ids).not.toContain(SALARIES)
  expect((await notion.pages.retrieve({ page_id: SPRINT })).id).toBe(SPRINT)
  await expect(notion.pages.retrieve({ page_id: SALARIES })).rejects.toMatchObject({
    code: 'object_not_found',
    status: 404,
  })
})

test('pages are written and read back', async () => {
  const notion = client((await rehearse(stage, 'notion').connect()).access_token)
  const made = await notion.pages.create({
    parent: { page_id: HOME },
    properties: { title: { title: rich('Retro 14') } },
    children: [{ paragraph: { rich_text: rich('What went well?') } }],
  })
  await notion.blocks.children.append({
    block_id: made.id,
    children: [{ paragraph: { rich_text: rich('The basket.') } }],
  })
  const { results } = await notion.blocks.children.list({ block_id: made.id })
  expect(results.map((one) => ('paragraph' in one ? one.paragraph.rich_text[0]?.plain_text : ''))).toEqual([
    'What went well?',
    'The basket.',
  ])
  await notion.comments.create({ parent: { page_id: made.id }, rich_text: rich('Thanks!') })
  expect((await notion.comments.list({ block_id: made.id })).results).toHaveLength(1)
  expect(await notion.pages.update({ page_id: made.id, archived: true })).toMatchObject({ in_trash: true })
})

test('a database leads to its data source, which is queried page by page', async () => {
  const notion = client((await rehearse(stage, 'notion').connect()).access_token)
  const database = await notion.databases.retrieve({ database_id: '248104cd-477e-80fd-b757-e945d38000bd' })
  expect(database).toMatchObject({ data_sources: [{ id: TASKS, name: 'Tasks' }] })
  const first = await notion.dataSources.query({ data_source_id: TASKS, page_size: 1 })
  expect([first.results.length, first.has_more]).toEqual([1, true])
  const second = await notion.dataSources.query({
    data_source_id: TASKS,
    page_size: 1,
    start_cursor: first.next_cursor ?? '',
  })
  expect(second.results[0]?.id).not.toBe(first.results[0]?.id)
})

test('the version header is insisted on', async () => {
  const { access_token } = await rehearse(stage, 'notion').connect()
  const answer = await stage.fetch('https://api.notion.com/v1/users/me', {
    headers: { authorization: `Bearer ${access_token}` },
  })
  expect([answer.status, await answer.json()]).toEqual([
    400,
    expect.objectContaining({ code: 'missing_version' }),
  ])
})

test('the token endpoint takes JSON with HTTP Basic, and no form', async () => {
  const flow = rehearse(stage, 'notion')
  const { client_id, client_secret } = stage.sandbox.client('notion')
  const answer = await stage.fetch('https://api.notion.com/v1/oauth/token', {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: flow.authorize(),
      redirect_uri: REDIRECT_URI,
    }).toString(),
  })
  expect(answer.status).toBe(400)
})

test('revoking ends this authorization and leaves its siblings', async () => {
  const flow = rehearse(stage, 'notion')
  const [one, two] = [await flow.connect(), await flow.connect()]
  const { client_id, client_secret } = stage.sandbox.client('notion')
  const revoke = (secret: string) =>
    stage.fetch('https://api.notion.com/v1/oauth/revoke', {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ token: one.access_token }),
    })
  expect((await revoke('wrong')).status).toBe(401)
  expect((await client(one.access_token).users.me({})).type).toBe('bot')
  expect((await revoke(client_secret)).status).toBe(200)
  await expect(client(one.access_token).users.me({})).rejects.toMatchObject({ code: 'unauthorized' })
  expect((await client(two.access_token).users.me({})).type).toBe('bot')
})

test('the example secret is an internal integration of the workspace', async () => {
  const me = await client(stage.sandbox.values['notion']?.['token']).users.me({})
  expect(me).toMatchObject({
    type: 'bot',
    bot: { owner: { type: 'workspace' }, workspace_name: 'Fernhill Bicycles' },
  })
})
