import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readSignedRequest } from './signed-request.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const SECOND = NOW / 1000
const SECRETS = ['the app secret of WhatsApp', 'the app secret of Instagram']
const BODY = { algorithm: 'HMAC-SHA256', issued_at: SECOND - 5, user_id: '10220001234567801' }

const encode = (body: unknown) => Buffer.from(JSON.stringify(body)).toString('base64url')
const sign = (payload: string, secret = SECRETS[0] as string, hash = 'sha256') =>
  `${createHmac(hash, secret).update(payload).digest('base64url')}.${payload}`
const read = (text: string, now = NOW) => readSignedRequest(text, SECRETS, now)
const refused = (text: string, now = NOW) => {
  try {
    read(text, now)
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'accepted'
}

test('the request is read, and the app that signed it told', () => {
  const payload = encode(BODY)
  expect(read(sign(payload))).toEqual({ userId: BODY.user_id, payload, secrets: [SECRETS[0]] })
  expect(read(sign(payload, SECRETS[1])).secrets).toEqual([SECRETS[1]])
})

test("as Meta's own documentation has it: an end, a lower-case algorithm, padding", () => {
  expect(read(sign(encode({ ...BODY, algorithm: 'hmac-sha256', expires: SECOND + 3600 }))).userId).toBe(
    BODY.user_id,
  )
  const [signature, payload] = sign(`${encode(BODY)}=`).split('.')
  expect(read(`${signature}=.${payload}`).userId).toBe(BODY.user_id)
})

test('W1 a flipped bit anywhere is refused', () => {
  const good = sign(encode(BODY))
  expect(refused(good)).toBe('accepted')
  const [signature = '', payload = ''] = good.split('.')
  const raw = Buffer.from(signature, 'base64url')
  for (let bit = 0; bit < raw.length * 8; bit++) {
    const flipped = Buffer.from(raw)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(refused(`${flipped.toString('base64url')}.${payload}`)).toBe('signature_refused')
  }
  for (let at = 0; at < payload.length; at++) {
    const other = payload[at] === 'A' ? 'B' : 'A'
    expect(refused(`${signature}.${payload.slice(0, at)}${other}${payload.slice(at + 1)}`)).toBe(
      'signature_refused',
    )
  }
})

describe('W1 forged and malformed requests are refused', () => {
  const payload = encode(BODY)
  const good = sign(payload)
  test.each([
    ['another secret', sign(payload, 'somebody else')],
    ['an empty secret', sign(payload, '')],
    ['no signature', `.${payload}`],
    ['no dot', payload],
    ['a third part', `${good}.x`],
    ['nothing', ''],
    ['a signature cut short', good.slice(8)],
    ['half of one', `${good.slice(0, 20)}.${payload}`],
    ['SHA-1 instead', sign(payload, SECRETS[0], 'sha1')],
    [
      'standard base64',
      `${Buffer.from(good.split('.')[0] ?? '', 'base64url').toString('base64')}+/.${payload}`,
    ],
    [
      'signed over the decoded JSON',
      `${createHmac('sha256', SECRETS[0] as string)
        .update(JSON.stringify(BODY))
        .digest('base64url')}.${payload}`,
    ],
    ['far too long', sign(encode({ ...BODY, more: 'x'.repeat(5000) }))],
  ])('%s', (_, text) => {
    expect(refused(text)).toBe('signature_refused')
  })
})

describe('W4 rightly signed, but not what it has to be', () => {
  test.each([
    ['another algorithm', { ...BODY, algorithm: 'HMAC-SHA1' }],
    ['the algorithm "none"', { ...BODY, algorithm: 'none' }],
    ['no algorithm', { ...BODY, algorithm: undefined }],
    ['no user', { ...BODY, user_id: undefined }],
    ['a user that is no number', { ...BODY, user_id: "1' or '1'='1" }],
    ['a user as a number', { ...BODY, user_id: 4711 }],
    ['no time', { ...BODY, issued_at: undefined }],
    ['a time as text', { ...BODY, issued_at: String(SECOND) }],
    ['an end that has come', { ...BODY, expires: SECOND - 1 }],
    ['a list', [BODY]],
    ['null', null],
  ])('%s', (_, body) => {
    expect(refused(sign(encode(body)))).toBe('signature_refused')
  })
  test('no JSON', () => {
    expect(refused(sign(Buffer.from('user_id=1').toString('base64url')))).toBe('signature_refused')
  })
})

test('W2 it holds for an hour, and five minutes ahead of our clock', () => {
  const text = sign(encode({ ...BODY, issued_at: SECOND }))
  expect(refused(text, NOW + 3_600_000)).toBe('accepted')
  expect(refused(text, NOW + 3_601_000)).toBe('signature_refused')
  expect(refused(text, NOW - 300_000)).toBe('accepted')
  expect(refused(text, NOW - 301_000)).toBe('signature_refused')
})

test('without an app nothing is believed', () => {
  expect(() => readSignedRequest(sign(encode(BODY)), [], NOW)).toThrow(
    expect.objectContaining({ code: 'signature_refused' }),
  )
})
