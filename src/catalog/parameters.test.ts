import { describe, expect, test } from 'vitest'
import type { Parameter, Provider } from './define.ts'
import { pickScopes } from './methods.ts'
import { boundValues, readDefaults, readOperatorValues, readTold } from './parameters.ts'

const parameter = (name: string, change: Partial<Parameter>): Parameter => ({
  name,
  label: name,
  pattern: '^[a-z0-9.]+$',
  example: 'a',
  ...change,
})
const provider = (change: Partial<Provider>) =>
  ({ name: 'Played', hosts: [], parameters: [], ...change }) as unknown as Provider

describe('what the operator sets', () => {
  const hosted = provider({
    hosts: ['{host}', 'api.{zone}'],
    parameters: [
      parameter('host', { asked: 'operator', normalise: (typed) => typed.toLowerCase() }),
      parameter('centre', { asked: 'operator', derive: (value) => ({ zone: `${value}.example.com` }) }),
      parameter('version', { asked: 'operator', default: 'v3' }),
    ],
  })

  test('is normalised, defaulted and derived from', () => {
    expect(readOperatorValues(hosted, { host: 'GIT.example.com', centre: 'eu', other: 'x' })).toEqual({
      host: 'git.example.com',
      centre: 'eu',
      zone: 'eu.example.com',
      version: 'v3',
    })
  })

  test('is refused outside its pattern', () => {
    expect(() => readOperatorValues(hosted, { host: 'evil/..' })).toThrow(
      expect.objectContaining({ code: 'not_configured' }),
    )
  })

  test('stays with a connection where it decides a host, and is followed where it does not', () => {
    const values = readOperatorValues(hosted, { host: 'git.example.com', centre: 'eu', version: 'v4' })
    expect(boundValues(hosted, values)).toEqual({
      host: 'git.example.com',
      centre: 'eu',
      zone: 'eu.example.com',
    })
  })
})

describe('what the provider tells', () => {
  const telling = provider({
    parameters: [
      parameter('accounts', {
        asked: false,
        default: 'accounts.com',
        derive: (value) => ({ api: value.replace('accounts', 'api') }),
      }),
      parameter('api', { asked: false, pattern: '^api\\.com$' }),
    ],
  })

  test('is derived from, and what is derived is held to its own pattern', () => {
    expect(readDefaults(telling)).toEqual({ accounts: 'accounts.com', api: 'api.com' })
    expect(readTold(telling, { accounts: 'accounts.com' }).wrong).toEqual([])
    expect(readTold(telling, { accounts: 'accounts.eu' }).wrong).toEqual(['api'])
    expect(readTold(telling, { accounts: 'evil/x' }).wrong).toEqual(['accounts'])
  })
})

describe('the scopes that are asked for', () => {
  const scoped = provider({
    scopes: {
      a: { why: 'A.', access: 'read' },
      b: { why: 'B.', access: 'read' },
      u: { why: 'U.', access: 'read', token: 'user' },
    },
    scope_sets: {
      recommended: { label: 'Recommended', scopes: ['a', 'b', 'u'] },
      small: { label: 'Small', scopes: ['a'] },
    },
  })
  const method = { scope_params: { user: 'user_scope' } }

  test('are the recommended ones, split by token', () => {
    expect(pickScopes(scoped, method, {})).toEqual({
      main: ['a', 'b'],
      extra: { user_scope: ['u'] },
      all: ['a', 'b', 'u'],
    })
  })

  test('C10 are those the operator chose, unless the caller names a set; never none by a set that is gone', () => {
    expect(pickScopes(scoped, method, { scopeSet: 'small' }).all).toEqual(['a'])
    expect(pickScopes(scoped, method, { scopeSet: 'small' }, 'recommended').all).toEqual(['a', 'b', 'u'])
    expect(pickScopes(scoped, method, { scopeSet: 'small', scopes: ['b'] }).all).toEqual(['b'])
    expect(pickScopes(scoped, method, { scopeSet: 'gone' }).all).toEqual(['a', 'b', 'u'])
    expect(() => pickScopes(scoped, method, {}, 'gone')).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
    expect(() => pickScopes(scoped, method, {}, 'toString')).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})
