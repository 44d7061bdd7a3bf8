import { expect, test } from 'vitest'
import { type AnswerHead, hidesErrors, judgeAnswer, readWait } from './answers.ts'
import { findProvider } from './registry.ts'
import type { Json, Provider } from './define.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const provider = (id: string) => findProvider(id) as Provider
const graphql = (code: string) => ({ errors: [{ message: 'x', extensions: { code } }] })

test.each<[string, number, Json, string]>([
  ['linear', 401, graphql('AUTHENTICATION_ERROR'), 'unauthorized'],
  ['linear', 200, graphql('AUTHENTICATION_ERROR'), 'unauthorized'],
  ['linear', 400, graphql('FORBIDDEN'), 'forbidden'],
  ['linear', 400, graphql('RATELIMITED'), 'rate_limited'],
  ['linear', 200, { data: null, ...graphql('INPUT_ERROR') }, 'failed'],
  ['linear', 200, { data: { viewer: {} } }, 'ok'],
  ['zoom', 401, { code: 124 }, 'unauthorized'],
  ['zoom', 400, { code: 4741 }, 'unauthorized'],
  ['zoom', 400, { code: 4711 }, 'forbidden'],
  ['zoom', 401, { code: 4711 }, 'forbidden'],
  ['monday', 200, { data: {}, ...graphql('UNAUTHORIZED_FIELD_OR_TYPE') }, 'forbidden'],
  ['monday', 200, graphql('COMPLEXITY_BUDGET_EXHAUSTED'), 'rate_limited'],
  ['monday', 200, graphql('ResourceNotFoundException'), 'failed'],
  ['monday', 401, { errors: ['Not Authenticated'] }, 'unauthorized'],
  ['figma', 403, { status: 403, err: 'Token expired' }, 'unauthorized'],
  ['figma', 403, { status: 403, err: 'Invalid scope(s): x' }, 'forbidden'],
  ['asana', 402, { errors: [] }, 'not_available'],
])('%s, %i %j: %s', (id, status, body, verdict) => {
  expect(judgeAnswer(provider(id), { status, headers: {} }, body)).toBe(verdict)
})

test.each<[string, AnswerHead['headers'], Json, number | undefined]>([
  ['linear', { 'x-ratelimit-requests-reset': String(NOW + 90_000) }, null, 90],
  ['linear', { 'x-ratelimit-requests-reset': String(NOW - 1) }, null, 0],
  ['linear', { 'retry-after': '7', 'x-ratelimit-requests-reset': '0' }, null, 7],
  ['linear', {}, null, undefined],
  ['github', { 'x-ratelimit-reset': String(NOW / 1000 + 30) }, null, 30],
  ['telegram', {}, { ok: false, parameters: { retry_after: 4 } }, 4],
  ['discord', {}, { message: 'x', retry_after: 1.25, global: false }, 1.25],
  ['zoom', { 'retry-after': '2026-11-21T12:10:00Z' }, null, 600],
  ['monday', {}, { errors: [{ extensions: { retry_in_seconds: 12 } }] }, 12],
  ['slack', { 'retry-after': 'Sat, 21 Nov 2026 12:01:00 GMT' }, null, 60],
])('the wait that %s tells: %j %j', (id, headers, body, seconds) => {
  expect(readWait(provider(id), { status: 429, headers }, body, NOW)).toBe(seconds)
})

test('an answer is read where a limit may hide in it, and only there', () => {
  const reads = (status: number) => hidesErrors(provider('salesforce'), { status, headers: {} })
  expect([200, 403, 404].map(reads)).toEqual([false, true, false])
})
