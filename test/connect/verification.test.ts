/** What a provider says of a credential that has been replaced meanwhile is no word about the new one. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { begin, type Begun } from './begun.ts'
import { declarePlayed, letIn, type Played, startPlayed } from './played.ts'

let played: Played
let begun: Begun
beforeAll(async () => {
  played = await startPlayed()
})
afterAll(() => played.close())
beforeEach(async () => {
  played.replies.clear()
  letIn(played)
  begun = await begin(declarePlayed(), played)
})
afterEach(() => begun.close())

const ME = 'GET api.played.example.com/me'
const verify = (id: string) => begun.t.mine.send('POST', `/api/v1/connections/${id}/verify`)

/** The next answer of the account's call is held back until `release`. */
function holdNext(answer: { status: number }) {
  const usual = played.replies.get(ME)
  const asked = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  played.replies.set(ME, async () => {
    if (usual) played.replies.set(ME, usual)
    asked.resolve()
    await released.promise
    return answer
  })
  return { asked: asked.promise, release: released.resolve }
}

test('a refusal that arrives after a reconnect says nothing of the connection', async () => {
  const { id } = await begun.connect()
  const held = holdNext({ status: 403 })
  const verifying = verify(id)
  await held.asked
  const again = await begun.connect()
  expect(again.id).toBe(id)
  held.release()
  expect((await verifying).status).toBe(200)
  expect((await begun.read(id)).status.status).toBe('connected')
})

test('a refusal of the credential that is held ends it', async () => {
  const { id } = await begun.connect()
  played.replies.set(ME, () => ({ status: 401 }))
  expect((await verify(id)).status).toBe(200)
  expect((await begun.read(id)).status.status).toBe('connection_invalid')
})
