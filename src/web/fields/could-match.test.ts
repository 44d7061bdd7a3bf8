import { expect, test } from 'vitest'
import { couldMatch } from './could-match.ts'

const subdomain = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'

test.each(['acme', ' ACME ', 'acme.zendesk.com', 'https://acme.zendesk.com/agent/tickets?x=1'])(
  'a subdomain can be read from %j',
  (typed) => expect(couldMatch({ pattern: subdomain, typed })).toBe(true),
)

test.each(['ac me', '-acme', 'https://', ''])('no subdomain can be read from %j', (typed) =>
  expect(couldMatch({ pattern: subdomain, typed })).toBe(false),
)

test('the prefix of a secret is checked as typed', () => {
  const pattern = '^sk_(live|test)_[A-Za-z0-9]+$'
  expect(couldMatch({ pattern, typed: 'sk_test_Ab1' })).toBe(true)
  expect(couldMatch({ pattern, typed: 'pk_test_Ab1' })).toBe(false)
})

test('a pattern this browser cannot read advises nothing', () => {
  expect(couldMatch({ pattern: '(', typed: 'anything' })).toBe(true)
})
