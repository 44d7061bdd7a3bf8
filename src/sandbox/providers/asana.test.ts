import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const FERNHILL = '1203000000000001'
const QUAYSIDE = '1203000000000002'
const FAIR = '1205000000000001'

async function caller(account?: string) {
  const { access_token } = await rehearse(stage, 'asana').connect(account ? { account } : {})
  return async (method: string, path: string, data?: JsonObject) => {
    const answer = await stage.fetch(`https://app.asana.com/api/1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      ...(data && { body: JSON.stringify({ data }) }),
    })
    return { status: answer.status, body: (await answer.json()) as JsonObject }
  }
}

test('lists are compact, opt_fields reach into objects, and pages follow an offset', async () => {
  const ask = await caller()
  const first = await ask('GET', `/projects/${FAIR}/tasks?limit=2&opt_fields=assignee.name,due_on`)
  expect(first.body['data']).toMatchObject([
    { gid: '1206000000000001', assignee: { gid: '1204000000000001', name: 'Ada Okafor' } },
    { gid: '1206000000000002' },
  ])
  expect(JSON.stringify(first.body['data'])).not.toContain('"notes"')
  const { offset } = first.body['next_page'] as { offset: string }
  const second = await ask('GET', `/projects/${FAIR}/tasks?limit=2&offset=${offset}`)
  expect(second.body).toMatchObject({ data: [{ name: 'Print the price list' }], next_page: null })
})

test('a task is made, changed, commented and found', async () => {
  const ask = await caller()
  const made = await ask('POST', '/tasks', { name: 'Order posters', projects: [FAIR], assignee: 'me' })
  expect(made).toMatchObject({ status: 201, body: { data: { assignee: { name: 'Ada Okafor' } } } })
  const { gid } = made.body['data'] as { gid: string }
  expect((await ask('PUT', `/tasks/${gid}`, { completed: true })).body).toMatchObject({
    data: { completed: true },
  })
  expect((await ask('POST', `/tasks/${gid}/stories`, { text: 'A2' })).status).toBe(201)
  const found = await ask('GET', `/workspaces/${FERNHILL}/tasks/search?text=posters&completed=true`)
  expect(found.body['data']).toMatchObject([{ gid }])
})

test('searching is for paid workspaces, and a workspace of others does not exist', async () => {
  const dmitri = stage.sandbox.control.accounts('asana').at(-1)?.id
  expect((await (await caller(dmitri))('GET', `/workspaces/${QUAYSIDE}/tasks/search?text=x`)).status).toBe(
    402,
  )
  expect((await (await caller())('GET', `/workspaces/${QUAYSIDE}/projects`)).status).toBe(404)
})
