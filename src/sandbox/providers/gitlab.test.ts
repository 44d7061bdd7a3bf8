import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const ask = (token: string, path: string, init: RequestInit = {}) =>
  stage.fetch(`https://gitlab.com/api/v4${path}`, { ...init, headers: { authorization: `Bearer ${token}` } })

test('projects are named by number or path, pages by links', async () => {
  const { access_token } = await rehearse(stage, 'gitlab').connect()
  const named = await ask(access_token, '/projects/fernhill%2Fshop')
  expect(await named.json()).toMatchObject({ id: 48120011 })
  const page = await ask(access_token, '/projects?membership=true&per_page=1')
  expect(page.headers.get('link')).toContain('page=2>; rel="next"')
  expect([page.headers.get('x-total'), page.headers.get('x-next-page')]).toEqual(['2', '2'])
  expect((await ask(access_token, '/projects/quayside%2Fautumn')).status).toBe(404)
})

test('a refresh ends both tokens, and revoking either ends the pair', async () => {
  const flow = rehearse(stage, 'gitlab')
  const first = await flow.connect()
  const second = await flow.refresh(first.refresh_token)
  expect((await ask(first.access_token, '/user')).status).toBe(401)
  const { client_id, client_secret } = stage.sandbox.client('gitlab')
  const revoked = await stage.fetch('https://gitlab.com/oauth/revoke', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id, client_secret, token: second.refresh_token }).toString(),
  })
  expect(revoked.status).toBe(200)
  expect((await ask(second.access_token, '/user')).status).toBe(401)
})
