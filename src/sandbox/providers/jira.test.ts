import { createAgileClient, createCloudClient } from 'jira.js'
import { createClient } from 'jira.js/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

// jira.js holds every answer against its schema of Atlassian's specification: it confirms the shapes here.
let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const FERNHILL = '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b60'
const QUAYSIDE = '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b61'
const GATEWAY = `https://api.atlassian.com/ex/jira/${FERNHILL}`

async function connect(decision?: Parameters<ReturnType<typeof rehearse>['connect']>[0]) {
  const token = (await rehearse(stage, 'jira').connect(decision)).access_token
  const client = createClient({
    host: await stage.front(GATEWAY),
    auth: { type: 'bearer', token },
    onSchemaMismatch: 'throw',
  })
  return { token, jira: createCloudClient(client), agile: createAgileClient(client) }
}
const get = (token: string, url: string) =>
  stage.fetch(url, { headers: { authorization: `Bearer ${token}` } })
const document = (text: string) => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
})

test('the answers are what jira.js expects of Jira', async () => {
  const { jira, agile } = await connect()
  expect((await jira.myself.getCurrentUser()).displayName).toBe('Ada Okafor')
  const { values: projects = [] } = await jira.projects.searchProjects()
  expect(projects.slice(0, 2).map(({ key }) => key)).toEqual(['SHOP', 'FLEET'])
  const made = await jira.issues.createIssue({
    fields: {
      project: { key: 'SHOP' },
      issuetype: { name: 'Bug' },
      summary: 'Bell icon is missing',
      description: document('On the frame page.'),
    },
  })
  expect(made.key).toBe('SHOP-122')
  await jira.issueComments.addComment({
    issueIdOrKey: 'SHOP-122',
    body: document('Seen on two frames.'),
  })
  expect((await jira.issueComments.getComments({ issueIdOrKey: 'SHOP-122' })).total).toBe(1)
  const { transitions } = await jira.issues.getTransitions({ issueIdOrKey: 'SHOP-122' })
  await jira.issues.doTransition({
    issueIdOrKey: 'SHOP-122',
    transition: { id: transitions?.find(({ name }) => name === 'Done')?.id ?? '' },
  })
  await jira.issues.editIssue({
    issueIdOrKey: 'SHOP-122',
    fields: { summary: 'Bell icon is there' },
  })
  const issue = await jira.issues.getIssue({ issueIdOrKey: 'SHOP-122' })
  expect(issue.fields).toMatchObject({ summary: 'Bell icon is there', status: { name: 'Done' } })
  const found = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
    jql: 'project = SHOP AND assignee = currentUser() ORDER BY updated DESC',
    fields: ['summary', 'status', 'assignee'],
  })
  expect(found.issues?.map(({ key }) => key)).toEqual(['SHOP-118'])
  expect((await agile.board.getAllBoards()).values.map(({ name }) => name)).toContain('SHOP board')
  const sprints = await agile.board.getAllSprints({ boardId: 1, state: 'active' })
  expect(sprints.values?.map(({ name }) => name)).toEqual(['Sprint 14'])
})

test('one grant reaches the sites that were picked, and no other', async () => {
  const resources = async (token: string) =>
    (
      (await (await get(token, 'https://api.atlassian.com/oauth/token/accessible-resources')).json()) as {
        id: string
      }[]
    ).map(({ id }) => id)
  const both = await connect()
  expect(await resources(both.token)).toEqual([FERNHILL, QUAYSIDE])
  const one = await connect({ picked: [QUAYSIDE] })
  expect(await resources(one.token)).toEqual([QUAYSIDE])
  expect((await get(one.token, `${GATEWAY}/rest/api/3/myself`)).status).toBe(404)
  const bruno = await connect({ account: '712020:5f0c1a2e-9d41-4b6e-8c1e-aa0000000002' })
  expect(await resources(bruno.token)).toEqual([FERNHILL])
})

test('a missing scope is a 401 of its own wording', async () => {
  const { token } = await connect({ scopes: ['read:jira-user', 'offline_access'] })
  const answer = await get(token, `${GATEWAY}/rest/api/3/project/search`)
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { code: 401, message: 'Unauthorized; scope does not match' },
  ])
})

test('an API token is answered on the site, an OAuth token at the gateway', async () => {
  const { site, email, apiToken } = stage.sandbox.values['jira'] ?? {}
  const basic = { authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}` }
  const { token } = await connect()
  const status = async (url: string, headers: Record<string, string>) =>
    (await stage.fetch(url, { headers })).status
  expect(await status(`https://${site}.atlassian.net/rest/api/3/myself`, basic)).toBe(200)
  expect(await status(`${GATEWAY}/rest/api/3/myself`, basic)).toBe(401)
  expect(
    await status(`https://${site}.atlassian.net/rest/api/3/myself`, { authorization: `Bearer ${token}` }),
  ).toBe(403)
})

test.each([
  ['project IN (SHOP, FLEET) AND status = Done', ['SHOP-112', 'FLEET-31']],
  ['sprint = 14 AND project = SHOP ORDER BY key ASC', ['SHOP-118', 'SHOP-119']],
  ['text ~ "brakes"', ['FLEET-34']],
  ['assignee IS EMPTY AND project = SHOP', ['SHOP-121']],
  ['project != SHOP AND updated >= -5d', ['FLEET-34']],
])('JQL %s', async (jql, keys) => {
  stage.sandbox.control.reset()
  const { jira } = await connect()
  const found = await jira.issueSearch.searchAndReconsileIssuesUsingJql({ jql, fields: ['summary'] })
  expect(found.issues?.map(({ key }) => key).sort()).toEqual([...keys].sort())
})

test.each(['order by updated', 'colour = red', 'project =', ''])('JQL %j is refused', async (jql) => {
  const { token } = await connect()
  expect((await get(token, `${GATEWAY}/rest/api/3/search/jql?jql=${encodeURIComponent(jql)}`)).status).toBe(
    400,
  )
})
