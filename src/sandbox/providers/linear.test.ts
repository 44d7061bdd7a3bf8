import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

async function ask(authorization: string, query: string, variables: JsonObject = {}) {
  const answer = await stage.fetch('https://api.linear.app/graphql', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as JsonObject }
}

test('issues are filtered, paged, written and read back', async () => {
  const bearer = `Bearer ${(await rehearse(stage, 'linear').connect()).access_token}`
  const filtered = await ask(
    bearer,
    'query ($f: IssueFilter) { issues(filter: $f) { nodes { identifier } } }',
    {
      f: { and: [{ team: { key: { eq: 'SHOP' } } }, { state: { type: { nin: ['completed'] } } }] },
    },
  )
  expect(filtered.body).toEqual({
    data: { issues: { nodes: [{ identifier: 'SHOP-41' }, { identifier: 'SHOP-42' }] } },
  })
  const page =
    'query ($after: String) { issues(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }'
  const first = (await ask(bearer, page)).body as { data: { issues: { pageInfo: JsonObject; nodes: [] } } }
  expect(first.data.issues.pageInfo['hasNextPage']).toBe(true)
  const second = await ask(bearer, page, { after: first.data.issues.pageInfo['endCursor'] ?? null })
  expect(second.body).toMatchObject({ data: { issues: { pageInfo: { hasNextPage: false } } } })

  const changed = await ask(
    bearer,
    'mutation { issueUpdate(id: "SHOP-42", input: { title: "Voucher field", assigneeId: null }) { success } }',
  )
  expect(changed.body).toEqual({ data: { issueUpdate: { success: true } } })
  expect((await ask(bearer, '{ issue(id: "SHOP-42") { title assignee { id } } }')).body).toEqual({
    data: { issue: { title: 'Voucher field', assignee: null } },
  })
})

test('webhooks want the scope admin, and a limit is a 400', async () => {
  const bearer = `Bearer ${(await rehearse(stage, 'linear').connect()).access_token}`
  const refused = await ask(
    bearer,
    'mutation { webhookCreate(input: { url: "https://x.example" }) { success } }',
  )
  expect(refused).toMatchObject({ status: 403, body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } })
  stage.sandbox.control.fault('linear', { kind: 'rate_limit', retryAfter: 30 })
  const limited = await ask(bearer, '{ viewer { id } }')
  expect(limited).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'RATELIMITED' } }] } })
  expect(Number(limited.headers.get('x-ratelimit-requests-reset'))).toBeGreaterThan(Date.now())
})

test('a key stands alone, and another workspace is another world', async () => {
  const key = stage.sandbox.values['linear']?.['apiKey'] ?? ''
  expect((await ask(`Bearer ${key}`, '{ viewer { id } }')).status).toBe(401)
  expect((await ask(key, '{ organization { urlKey } }')).body).toEqual({
    data: { organization: { urlKey: 'fernhill' } },
  })
  const dmitri = stage.sandbox.control.accounts('linear').at(-1)?.id ?? ''
  const other = await rehearse(stage, 'linear').connect({ account: dmitri })
  expect((await ask(`Bearer ${other.access_token}`, '{ issue(id: "SHOP-41") { id } }')).body).toMatchObject({
    errors: [{ extensions: { code: 'INPUT_ERROR' } }],
  })
})

test('revoking twice is told apart', async () => {
  const granted = await rehearse(stage, 'linear').connect()
  const revoke = () =>
    stage.fetch('https://api.linear.app/oauth/revoke', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ refresh_token: granted.refresh_token }).toString(),
    })
  expect((await revoke()).status).toBe(200)
  expect((await revoke()).status).toBe(400)
  expect((await ask(`Bearer ${granted.access_token}`, '{ viewer { id } }')).status).toBe(401)
})
