import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

async function ask(token: string, path: string) {
  const answer = await stage.fetch(`https://api.zoom.us/v2${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: answer.status, body: (await answer.json()) as JsonObject }
}

test('a free account has meetings and no recordings', async () => {
  const [ada, bruno] = stage.sandbox.control.accounts('zoom').map(({ id }) => id)
  const paid = (await rehearse(stage, 'zoom').connect({ account: ada ?? '' })).access_token
  const free = (await rehearse(stage, 'zoom').connect({ account: bruno ?? '' })).access_token
  expect((await ask(paid, '/users/me')).body['type']).toBe(2)
  expect((await ask(free, '/users/me')).body['type']).toBe(1)
  expect((await ask(free, '/users/me/meetings?type=previous_meetings')).body['total_records']).toBe(1)
  expect((await ask(free, '/users/me/recordings')).body['meetings']).toEqual([])
  expect((await ask(paid, '/users/me/recordings')).body['meetings']).toMatchObject([
    { topic: 'Sprint review', recording_files: [{}, { file_type: 'TRANSCRIPT' }] },
  ])
})

test('a newer authorization of the same person ends the older one', async () => {
  const older = await rehearse(stage, 'zoom').connect()
  const newer = await rehearse(stage, 'zoom').connect()
  expect(await ask(older.access_token, '/users/me')).toMatchObject({ status: 401, body: { code: 4741 } })
  expect((await ask(newer.access_token, '/users/me')).status).toBe(200)
})

test('a missing scope is no dead token', async () => {
  const { access_token } = await rehearse(stage, 'zoom').connect({ scopes: ['user:read:user'] })
  expect(await ask(access_token, '/users/me/recordings')).toMatchObject({ status: 400, body: { code: 4711 } })
})
