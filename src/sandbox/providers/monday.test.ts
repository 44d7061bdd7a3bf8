import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const BOARD = '5900000001'

async function caller() {
  const { access_token } = await rehearse(stage, 'monday').connect()
  return async (query: string, variables: JsonObject = {}) => {
    const answer = await stage.fetch('https://api.monday.com/v2', {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as { data: JsonObject; errors?: { extensions: JsonObject }[] }
  }
}

test('a token tells its end in a claim, and the answer does not', async () => {
  const granted = await rehearse(stage, 'monday').connect()
  expect(granted).not.toHaveProperty('expires_in')
  const { exp } = JSON.parse(Buffer.from(granted.access_token.split('.')[1] ?? '', 'base64url').toString())
  expect(granted['expires_at']).toBe(exp)
})

test('items come by pages behind a cursor', async () => {
  const ask = await caller()
  const first = await ask(`{ boards(ids: [${BOARD}]) { items_page(limit: 2) { cursor items { name } } } }`)
  const [{ items_page: page }] = first.data['boards'] as [{ items_page: { cursor: string } }]
  expect(page).toMatchObject({ items: [{}, {}] })
  const rest = await ask('query ($c: String!) { next_items_page(cursor: $c) { cursor items { name } } }', {
    c: page.cursor,
  })
  expect(rest.data).toEqual({ next_items_page: { cursor: null, items: [{ name: 'Trailers' }] } })
})

test('columns are written as JSON and read as text; what is refused is a 200', async () => {
  const ask = await caller()
  const made = await ask(
    `mutation ($v: JSON!) { create_item(board_id: ${BOARD}, item_name: "Racks", column_values: $v) { id column_values { id text } } }`,
    { v: JSON.stringify({ status: { label: 'Stuck' } }) },
  )
  expect(made.data).toMatchObject({ create_item: { column_values: [{ id: 'status', text: 'Stuck' }] } })
  const refused = await ask(`{ webhooks(board_id: ${BOARD}) { id } }`)
  expect(refused.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHORIZED_FIELD_OR_TYPE' })
  expect((await ask('{ nothing }')).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED')
})
