/** What an account has beside its permission: asked behind the person's back, told with a warning, never in the way. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readText } from '../../src/catalog/define.ts'
import { begin, type Begun } from './begun.ts'
import { declarePlayed, letIn, type Played, startPlayed } from './played.ts'

const able = declarePlayed(
  {},
  {
    capabilities: [
      {
        id: 'plan',
        label: 'Plan',
        read: ({ body }) =>
          readText(body, 'plan') === 'free'
            ? { value: 'Free', warning: 'Recordings need Pro or a higher plan.' }
            : { value: readText(body, 'plan') ?? '' },
      },
      {
        id: 'mailbox',
        label: 'Mailbox',
        request: { url: '/mailbox' },
        read: ({ status, body }) =>
          status === 200
            ? { value: readText(body, 'name') ?? '' }
            : status === 404
              ? { value: 'None', warning: 'There is no mailbox.' }
              : undefined,
      },
      {
        id: 'elsewhere',
        label: 'Elsewhere',
        request: { url: 'https://elsewhere.example.com/plan' },
        read: () => ({ value: 'asked' }),
      },
      {
        id: 'broken',
        label: 'Broken',
        read: () => {
          throw new Error('the declaration does not know this answer')
        },
      },
    ],
  },
)

let played: Played
let begun: Begun
beforeAll(async () => {
  played = await startPlayed()
})
afterAll(() => played.close())
beforeEach(async () => {
  played.replies.clear()
  letIn(played)
  plan('free')
  mailbox(200, { name: 'ada@example.com' })
  begun = await begin(able, played)
})
afterEach(() => begun.close())

const plan = (name: string) =>
  played.replies.set('GET api.played.example.com/me', () => ({ body: { id: 'u1', name: 'Ada', plan: name } }))
const mailbox = (status: number, body: unknown = {}) =>
  played.replies.set('GET api.played.example.com/mailbox', () => ({ status, body }))
const held = async (id: string) => (await begun.read(id)).capabilities
const verify = (id: string) => begun.t.mine.send('POST', `/api/v1/connections/${id}/verify`)

const FREE = { id: 'plan', label: 'Plan', value: 'Free', warning: 'Recordings need Pro or a higher plan.' }
const MAILBOX = { id: 'mailbox', label: 'Mailbox', value: 'ada@example.com', warning: null }

test('are known after connecting, and a warning ends nothing', async () => {
  const { id, attempt } = await begun.connect()
  expect(attempt.status).toBe('succeeded')
  await expect.poll(() => held(id)).toEqual([FREE, MAILBOX])
  expect((await begun.read(id)).status.status).toBe('connected')
})

test('are asked again when the connection is verified', async () => {
  const { id } = await begun.connect()
  await expect.poll(() => held(id)).toHaveLength(2)
  plan('pro')
  mailbox(404)
  await verify(id)
  expect(await held(id)).toEqual([
    { ...FREE, value: 'pro', warning: null },
    { ...MAILBOX, value: 'None', warning: 'There is no mailbox.' },
  ])
})

test.each([500, 401, 429])(
  'a call that answers %i keeps what was known and fails nothing',
  async (status) => {
    const { id } = await begun.connect()
    await expect.poll(() => held(id)).toHaveLength(2)
    mailbox(status)
    await verify(id)
    expect(await held(id)).toEqual([FREE, MAILBOX])
    expect((await begun.read(id)).status.status).toBe('connected')
  },
)

test('a service that does not answer them keeps nobody from connecting', async () => {
  mailbox(503)
  const { id, attempt } = await begun.connect()
  expect(attempt.status).toBe('succeeded')
  expect(await held(id)).toEqual([FREE])
  expect((await begun.read(id)).status.status).toBe('connected')
})
