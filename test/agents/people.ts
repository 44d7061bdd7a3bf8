/** People and connections that the tests of agents share. */
import { expect } from 'vitest'
import type { Browser, TestHub } from '../setup/testHub.ts'

export async function openMember(t: TestHub, email: string): Promise<Browser> {
  const browser = await t.browser(email)
  await t.hub.database.pool.query(
    `update memberships set role = 'member' where person_id = (select id from people where email = $1)`,
    [email],
  )
  return browser
}

export async function connect(
  t: TestHub,
  person: Browser,
  body: { provider: string; owner?: 'me' | 'organization'; scope_set?: string; fields?: object },
  decision: Parameters<TestHub['consent']>[1] = {},
): Promise<string> {
  const started = await person.send('POST', '/api/v1/connect/attempts', body)
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  if (started.body.authorization_url) await person.follow(t.consent(started.body.authorization_url, decision))
  return finish(person, started.body.id)
}

export async function finish(person: Browser, attempt: string): Promise<string> {
  const path = `/api/v1/connect/attempts/${attempt}`
  await expect.poll(async () => (await person.get(path)).body.status).not.toBe('pending')
  let { body } = await person.get(path)
  if (body.status === 'decision_required')
    body = (await person.send('POST', `${path}/decide`, { value: body.decision.options[0].value })).body
  expect(body, JSON.stringify(body)).toMatchObject({ status: 'succeeded' })
  return body.connection_id
}

/** One tool's availability, as the API tells it to this person. */
export async function availabilityOf(person: Pick<Browser, 'get'>, agent: string, tool: string) {
  const { body } = await person.get(`/api/v1/agents/${agent}`)
  const found = body.tools.find(({ name }: { name: string }) => name === tool)
  return found.availability
}

export async function stateOf(person: Pick<Browser, 'get'>, agent: string, tool: string): Promise<string> {
  return (await availabilityOf(person, agent, tool)).state
}
