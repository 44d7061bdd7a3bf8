import { expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import type { Parameter } from '../define.ts'
import quickbooks from './quickbooks.ts'

test.each([
  ['production', 'quickbooks.api.intuit.com'],
  ['sandbox', 'sandbox-quickbooks.api.intuit.com'],
])('the environment %s has its own host', (environment, apiHost) => {
  const [asked, host] = quickbooks.parameters as [Parameter, Parameter]
  expect(asked.derive?.(environment)).toEqual({ apiHost })
  expect(apiHost).toMatch(new RegExp(host.pattern, 'u'))
})

test.each([
  [401, { fault: { error: [{ code: '3200' }] } }, 'unauthorized'],
  [403, { fault: { error: [{ code: '3100' }] } }, 'unauthorized'],
  [403, { Fault: { Error: [{ code: '003100' }] } }, 'unauthorized'],
  [403, { Fault: { Error: [{ code: '5020' }] } }, 'forbidden'],
  [400, { Fault: { Error: [{ code: '6190' }] } }, 'not_available'],
  [400, { Fault: { Error: [{ code: '4000' }] } }, 'failed'],
])('an answer of the API: %#', (status, body, verdict) => {
  expect(judgeAnswer(quickbooks, { status, headers: {} }, body)).toBe(verdict)
})

test('a company of development keys says so', () => {
  const body = { CompanyInfo: { CompanyName: 'Acme', Email: { Address: 'ada@x.example' } } }
  const account = (environment: string) =>
    quickbooks.account({ token: undefined, body, parameters: { realmId: '123', environment } })
  expect(account('production')).toEqual({ id: '123', label: 'Acme', email: 'ada@x.example' })
  expect(account('sandbox').label).toBe('Acme (sandbox)')
})
