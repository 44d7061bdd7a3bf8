/** /privacy and /terms: open to everybody, the operator's text or one that is true of the hub, and nothing that runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkline-legal-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PAGES = ['/privacy', '/terms']

describe('as the hub comes', () => {
  let t: TestHub
  beforeAll(async () => {
    t = await startTestHub({
      withSandbox: false,
      env: { TRUNKLINE_OPERATOR_NAME: 'Acme <Ltd>', TRUNKLINE_OPERATOR_CONTACT: 'privacy@acme.example' },
    })
  })
  afterAll(() => t.close())

  test.each(PAGES)('T7 %s is read without signing in', async (path) => {
    const nobody = await t.browser(null)
    const { status, body, headers } = await nobody.get(path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe-inline')
    expect(body).toContain('Acme &#60;Ltd&#62;')
    expect(body).not.toContain('<Ltd>')
    expect(body).toContain('href="mailto:privacy@acme.example"')
    expect(body).toContain(t.url)
    expect(body).not.toMatch(/<script|<style|style=|onclick|src=/)
    const [, css] = /<link rel="stylesheet" href="([^"]+)">/.exec(body) ?? []
    expect((await nobody.get(css as string)).headers.get('content-type')).toBe('text/css; charset=utf-8')
  })

  test('what the privacy text says of cookies and other servers is so', async () => {
    const person = await t.browser('somebody@example.com')
    expect([...person.cookies.keys()].every((name) => /session|flow/.test(name))).toBe(true)
    for (const path of PAGES)
      for (const [, address] of (await person.get(path)).body.matchAll(/(?:src|href)="(https?:[^"]*)"/g))
        expect(address.startsWith(t.url)).toBe(true)
  })
})

test("the operator's own texts take their place", async () => {
  const t = await startTestHub({
    withSandbox: false,
    env: {
      TRUNKLINE_PRIVACY_FILE: file('privacy.md', '# What we keep\n\nNothing, <script>alert(1)</script>.'),
      TRUNKLINE_TERMS_FILE: file('terms.txt', 'Be kind.\n\nPay in time.'),
    },
  })
  const { body: privacy } = await t.admin.get('/privacy')
  expect(privacy).toContain('<h1>What we keep</h1>')
  expect(privacy).toContain('Nothing, &#60;script&#62;alert(1)&#60;/script&#62;.')
  expect(privacy).not.toContain('What is stored')
  const { body: terms } = await t.admin.get('/terms')
  expect(terms).toContain('<p>Be kind.</p>\n<p>Pay in time.</p>')
  await t.close()
})

describe('what is wrong is told at the start, by the name of the variable', () => {
  test.each([
    ['TRUNKLINE_PRIVACY_FILE', join(folder, 'absent.md'), 'cannot be read'],
    ['TRUNKLINE_TERMS_FILE', folder, 'cannot be read'],
    ['TRUNKLINE_TERMS_FILE', file('empty.md', ' \n'), 'empty'],
    ['TRUNKLINE_PRIVACY_FILE', file('binary.md', 'a\0b'), 'UTF-8'],
    ['TRUNKLINE_OPERATOR_CONTACT', 'javascript:alert(1)', 'e-mail'],
    ['TRUNKLINE_OPERATOR_CONTACT', 'http://acme.example', 'e-mail'],
  ])('%s=%s', (name, value, said) => {
    expect(() => loadConfig({ [name]: value })).toThrow(
      expect.objectContaining({
        extras: { errors: [{ path: name, message: expect.stringContaining(said) }] },
      }),
    )
  })
})
