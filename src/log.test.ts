/** Check S5: a line of the log holds no secret, known or of a known shape. */
import { describe, expect, test } from 'vitest'
import { createLog, createRedactor } from './log.ts'

const HIDDEN = '[hidden]'

describe('S5 by known value', () => {
  const secrets = [
    'opaque0123456789',
    'p"ss\\w/ord+with=all & more',
    '-----BEGIN KEY-----\nabc\ndef\n-----END KEY-----',
    'pässwört-ünïcode',
    '0b5e1c2d-77aa-4b4e-9d5f-aa00bb11cc22',
  ]

  test.each(secrets)('%j is hidden in every field of a line, in a URL, in a form, in an error', (secret) => {
    const lines: string[] = []
    for (const redactor of [createRedactor([secret]), createRedactor([])]) {
      redactor.learn(secret)
      const log = createLog('debug', redactor, (line) => lines.push(line))
      log.info(
        { secret, nested: { deep: [secret] }, json: JSON.stringify({ secret }) },
        `text ${secret} text`,
      )
      log.error({ err: new Error(`failed with ${secret}`, { cause: { body: secret } }) })
      log.warn({
        url: `https://x.example.com/a?b=${encodeURIComponent(secret)}`,
        form: new URLSearchParams({ a: secret }).toString(),
      })
    }
    const text = lines.join('')
    expect(lines).toHaveLength(6)
    expect(text).not.toContain(secret)
    expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
    expect(text).not.toContain(encodeURIComponent(secret))
    expect(text).toContain('text [hidden] text')
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  })

  test('the latest secrets are kept, and a short value blots out nothing', () => {
    const redactor = createRedactor([undefined, 'short'])
    for (let index = 0; index < 5_000; index++) redactor.learn(`secret-number-${index}-end`)
    redactor.learn('a')
    redactor.learn(undefined)
    expect(redactor.redact('secret-number-4999-end short a')).toBe(`${HIDDEN} short a`)
  })
})

describe('S5 by shape', () => {
  const shapes: [string, string][] = [
    ['a bearer header', '{"authorization":"Bearer abcdefgh12345678"}'],
    ['a basic header', 'authorization: Basic dXNlcjpwYXNzd29yZA=='],
    ['a GitHub token', 'gho_16C7e42F292c6912E7710c838347Ae178B4a'],
    ['a fine-grained GitHub token', 'github_pat_11ABCDEFG0123456789_abcdefghij'],
    ['a Slack token', 'xoxb-123456789012-abcdefghijkl'],
    ['a rotating Slack token', 'xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4'],
    ['a Google access token', 'ya29.a0AfB_byExampleExample'],
    ['a Google refresh token', '1//0gExampleRefreshToken-abc'],
    ['a Stripe key', 'sk_live_abcdefghijklmnop'],
    ['a webhook secret', 'whsec_abcdefghijklmnop'],
    ['an Atlassian token', 'ATATT3xFfGF0abcdefghijkl'],
    ['one of our own keys', `tl_${'k'.repeat(40)}`],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'],
    ['a Telegram path', '/bot123456789:AAExampleExampleExampleExample/getMe'],
    ['a code in a URL', 'https://hub.example.com/api/integrations/callback?code=abc123def456&state=q'],
    ['a state in a URL', '/api/integrations/callback?x=1&state=Zm9vYmFyYmF6cXV4'],
    ['a code in JSON', '{"code":"abc123def456"}'],
    ['a token in a form', 'grant_type=refresh_token&refresh_token=opaque-value-1'],
    ['a token in JSON', '{"refresh_token":"opaque-value-1"}'],
    ['a token in JSON with spaces', '{ "access_token" : "opaque-value-1" }'],
    ['a token in JSON within JSON', '{"body":"{\\"refresh_token\\":\\"opaque-value-1\\"}"}'],
    ['a client secret', 'client_secret=opaque-value-1'],
    ['a verifier', '{"code_verifier":"opaque-value-1"}'],
    ['a password', '{"password":"opaque-value-1"}'],
    ['a connect link', 'https://hub.example.com/connect/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG'],
  ]
  const KEPT =
    /opaque-value-1|abcdefgh12345678|dXNlcjpwYXNz|16C7e42F|11ABCDEFG|123456789012-|Mi0yLTEy|a0AfB_by|0gExample|abcdefghijklmnop|3xFfGF0|kkkkkkkk|dozjgNry|AAExample|abc123def456|Zm9vYmFy|AbCdEfGh/

  test.each(shapes)('%s', (_name, text) => {
    const clean = createRedactor([]).redact(text)
    expect(clean).toContain(HIDDEN)
    expect(clean).not.toMatch(KEPT)
    // And as a value inside a line of the log.
    const lines: string[] = []
    createLog('info', createRedactor([]), (line) => lines.push(line)).info({ text }, text)
    expect(lines.join('')).not.toMatch(KEPT)
  })

  test.each([
    '{"level":"info","msg":"hub is ready","url":"http://127.0.0.1:4400","providers":9}',
    '{"code":"upstream_error","status":502}',
    '{"err":{"code":"23505"},"cause":{"code":"ECONNREFUSED"}}',
    '{"state":"ok"}',
    'con_01abc connected to the database',
  ])('%s stays as it is', (text) => {
    expect(createRedactor([]).redact(text)).toBe(text)
  })
})
