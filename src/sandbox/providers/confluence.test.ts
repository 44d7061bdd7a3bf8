import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const FERNHILL = '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b60'
const QUAYSIDE = '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b61'

async function ask(token: string, path: string) {
  const url = `https://api.atlassian.com${path}`
  const answer = await stage.fetch(url, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: (await answer.json()) as JsonObject }
}
const wiki = (token: string, path: string) => ask(token, `/ex/confluence/${FERNHILL}/wiki${path}`)
const titles = ({ body }: { body: JsonObject }) =>
  (body['results'] as { title: string }[]).map(({ title }) => title)

test('of the first version of the API, search and the current user are left', async () => {
  const { access_token } = await rehearse(stage, 'confluence').connect({ picked: [FERNHILL] })
  expect((await wiki(access_token, '/rest/api/content/131074')).status).toBe(410)
  expect((await wiki(access_token, '/rest/api/space')).status).toBe(410)
  expect((await wiki(access_token, '/rest/api/user/current')).status).toBe(200)
  const cql = encodeURIComponent('space in (WORK) AND text ~ "hub" order by lastmodified desc')
  expect(titles(await wiki(access_token, `/rest/api/search?cql=${cql}`))).toEqual(['Truing a wheel'])
  expect((await wiki(access_token, '/rest/api/search?cql=colour%3Dred')).status).toBe(400)
})

test('classic scopes alone reach no page, and the token is none the worse for it', async () => {
  const { access_token } = await rehearse(stage, 'confluence').connect({
    picked: [FERNHILL],
    scopes: ['search:confluence', 'read:confluence-user', 'offline_access'],
  })
  expect(await wiki(access_token, '/api/v2/pages')).toEqual({
    status: 401,
    body: { code: 401, message: 'Unauthorized; scope does not match' },
  })
  expect((await wiki(access_token, '/rest/api/user/current')).status).toBe(200)
})

test('lists are cut by cursors', async () => {
  const { access_token } = await rehearse(stage, 'confluence').connect({ picked: [FERNHILL] })
  const first = await wiki(access_token, '/api/v2/pages?sort=-modified-date&limit=3')
  const { next } = first.body['_links'] as { next: string }
  const second = await ask(access_token, `/ex/confluence/${FERNHILL}${next}`)
  expect([...titles(first), ...titles(second)]).toEqual([
    'Decisions',
    'Batteries of cargo bicycles',
    'Truing a wheel',
    'Shop',
    'Workshop',
  ])
  expect(second.body['_links']).not.toHaveProperty('next')
})

test('a site without Confluence is none of its places, and each product is an item of its own', async () => {
  const jira = await rehearse(stage, 'jira').connect({ picked: [FERNHILL, QUAYSIDE] })
  const both = await stage.fetch('https://api.atlassian.com/oauth/token/accessible-resources', {
    headers: { authorization: `Bearer ${jira.access_token}` },
  })
  expect(await both.json()).toMatchObject([{ id: FERNHILL }, { id: QUAYSIDE }])
  const { access_token } = await rehearse(stage, 'confluence').connect({ picked: [FERNHILL, QUAYSIDE] })
  expect((await ask(access_token, `/ex/confluence/${QUAYSIDE}/wiki/rest/api/user/current`)).status).toBe(404)
})

test('Jira and Confluence of one person and app are one grant: either revocation ends both', async () => {
  expect(stage.sandbox.client('confluence')).toEqual(stage.sandbox.client('jira'))
  const [jira, confluence] = [
    await rehearse(stage, 'jira').connect({ picked: [FERNHILL] }),
    await rehearse(stage, 'confluence').connect({ picked: [FERNHILL] }),
  ]
  const { client_id, client_secret } = stage.sandbox.client('confluence')
  await stage.fetch('https://auth.atlassian.com/oauth/revoke', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id, client_secret, token: confluence.refresh_token }).toString(),
  })
  expect((await ask(jira.access_token, `/ex/jira/${FERNHILL}/rest/api/3/myself`)).status).toBe(401)
  expect((await wiki(confluence.access_token, '/rest/api/user/current')).status).toBe(401)
})
