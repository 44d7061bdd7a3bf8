import { describe, expect, test } from 'vitest'
import type { OAuth2, SecretMethod } from '../catalog/define.ts'
import {
  authorizationFor,
  type Credential,
  decodeCredential,
  encodeCredential,
  firstExpiry,
  grantedScopes,
  isRenewable,
  readGrant,
  readTokenSet,
} from './credential.ts'

const oauth2 = {
  kind: 'oauth2',
  authorization_endpoint: 'https://as.example.com/auth',
  token_endpoint: 'https://as.example.com/token',
  token_endpoint_auth_method: 'client_secret_post',
  extra_tokens: { user: 'authed_user' },
  refresh: { rotates: 'sometimes' },
} satisfies OAuth2

const grant: Credential = {
  kind: 'oauth2',
  tokens: {
    main: { access_token: 'bot', scope: 'chat:write,channels:read', expires_at: 2_000 },
    user: { access_token: 'person', scope: 'search:read', expires_at: 1_000, refresh_token: 'r' },
  },
}

describe('a grant of several tokens', () => {
  test('sends the one that is named, the main one otherwise, and never another in its place', () => {
    expect(authorizationFor(grant, oauth2).headers).toEqual({ authorization: 'Bearer bot' })
    expect(authorizationFor(grant, oauth2, { token: 'user' }).headers).toEqual({
      authorization: 'Bearer person',
    })
    for (const name of ['bot', '__proto__', 'constructor', '']) {
      expect(() => authorizationFor(grant, oauth2, { token: name })).toThrow(
        expect.objectContaining({
          code: 'token_not_available',
          detail: expect.stringContaining('main, user'),
        }),
      )
    }
  })

  test('ends when its first token does, and can be refreshed when one can', () => {
    expect(firstExpiry(grant)).toBe(1_000)
    expect(isRenewable(grant, 0)).toBe(true)
    expect(grantedScopes(grant)).toEqual(['chat:write', 'channels:read', 'search:read'])
    expect(decodeCredential(encodeCredential(grant))).toEqual(grant)
  })

  test('is read from one token answer, what is missing left out', () => {
    const body = {
      access_token: 'bot',
      expires_in: 60,
      authed_user: { access_token: 'person', refresh_token: 'r', expires_in: 30 },
    }
    expect(readGrant(body, 1_000, oauth2)).toEqual({
      kind: 'oauth2',
      tokens: {
        main: { access_token: 'bot', expires_at: 61_000 },
        user: { access_token: 'person', refresh_token: 'r', expires_at: 31_000 },
      },
    })
    expect(readGrant({ access_token: 'bot' }, 0, oauth2)).toEqual({
      kind: 'oauth2',
      tokens: { main: { access_token: 'bot' } },
    })
  })
})

test.each<[object, number | undefined]>([
  [{ expires_in: 60 }, 61_000],
  [{ expires_at: 61 }, 61_000],
  [{ expires_in: 60, expires_at: 999 }, 61_000],
  [{ expires_in: 0, expires_at: 999 }, undefined],
  [{ expires_at: 1 }, undefined],
  [{ expires_at: '61' }, undefined],
])('R6 the end that %j tells', (told, end) => {
  expect(readTokenSet({ access_token: 'a', ...told }, 1_000, oauth2).expires_at).toBe(end)
})

test('R6 a refresh answer keeps the old refresh token and scope where it names none', () => {
  const before = { access_token: 'a', refresh_token: 'r', scope: 'read' }
  expect(readTokenSet({ access_token: 'b' }, 0, oauth2, before)).toEqual({ ...before, access_token: 'b' })
  expect(readTokenSet({ access_token: 'b', refresh_token: 's', scope: 'write' }, 0, oauth2, before)).toEqual({
    access_token: 'b',
    refresh_token: 's',
    scope: 'write',
  })
})

describe('a typed secret', () => {
  const method = (authorization: SecretMethod['authorization']): SecretMethod => ({
    kind: 'basic',
    label: 'Typed',
    fields: [
      { name: 'user', label: 'User', pattern: '.*', example: 'me' },
      { name: 'key', label: 'Key', pattern: '.*', example: 'abc', secret: true },
    ],
    authorization,
    instructions: [],
  })
  const credential: Credential = { kind: 'secret', values: { user: 'me', key: 'pässword:1' } }

  test.each<[SecretMethod['authorization'], unknown]>([
    [{ scheme: 'bearer' }, { headers: { authorization: 'Bearer pässword:1' }, pathPrefix: '' }],
    [
      { scheme: 'basic', username: '{user}/token', password: '{key}' },
      {
        headers: { authorization: `Basic ${Buffer.from('me/token:pässword:1').toString('base64')}` },
        pathPrefix: '',
      },
    ],
    [
      { scheme: 'header', name: 'X-Api-Key', value: 'key={key}' },
      { headers: { 'x-api-key': 'key=pässword:1' }, pathPrefix: '' },
    ],
    [
      { scheme: 'path', prefix: '/bot{key}' },
      { headers: {}, pathPrefix: '/botpässword:1' },
    ],
  ])('is placed as declared: %j', (authorization, expected) => {
    expect(authorizationFor(credential, method(authorization))).toEqual(expected)
    expect(() => authorizationFor(credential, method(authorization), { token: 'user' })).toThrow(
      expect.objectContaining({ code: 'token_not_available' }),
    )
  })
})
