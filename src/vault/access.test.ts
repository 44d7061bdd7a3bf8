/** Check E2: whatever a caller writes for a path, the call stays below the provider's base address. */
import { describe, expect, test } from 'vitest'
import { joinPath, settleDestination } from './access.ts'

const base = new URL('https://api.example.com/ex/jira/cloud-1')

test.each([
  ['/rest/api/3/myself', 'https://api.example.com/ex/jira/cloud-1/rest/api/3/myself'],
  [
    '/search?jql=a%20%3D%20b&x=../..',
    'https://api.example.com/ex/jira/cloud-1/search?jql=a%20%3D%20b&x=../..',
  ],
  ['/projects/group%2Fname', 'https://api.example.com/ex/jira/cloud-1/projects/group%2Fname'],
  ['/a/...', 'https://api.example.com/ex/jira/cloud-1/a/...'],
  ['/a/..b/.c', 'https://api.example.com/ex/jira/cloud-1/a/..b/.c'],
  ['/v1.0/@me', 'https://api.example.com/ex/jira/cloud-1/v1.0/@me'],
  ['/https://evil.test/', 'https://api.example.com/ex/jira/cloud-1/https://evil.test/'],
  ['/a?next=https://evil.test/', 'https://api.example.com/ex/jira/cloud-1/a?next=https://evil.test/'],
  ['/a??b', 'https://api.example.com/ex/jira/cloud-1/a??b'],
])('E2 %s is allowed', (path, expected) => expect(base.origin + joinPath(base, '', path)).toBe(expected))

test.each([
  'https://evil.test/',
  '//evil.test/',
  '///evil.test/',
  '/\\evil.test/',
  '\\\\evil.test\\',
  'rest',
  '@evil.test/',
  '',
  '/..',
  '/../cloud-2/rest',
  '/a/../../cloud-2',
  '/.',
  '/a/./b',
  '/%2e%2e/cloud-2',
  '/%2E%2E/cloud-2',
  '/.%2e/cloud-2',
  '/%2e/a',
  '/a/%2e%2E',
  '/..%2fcloud-2',
  '/..%2Fcloud-2',
  '/%2e%2e%2fcloud-2',
  '/a%2f..%2f..%2fcloud-2',
  '/..;/cloud-2',
  '/..;x=1/cloud-2',
  '/..%3b/cloud-2',
  '/a\\..\\..\\cloud-2',
  '/a%5c..%5c..%5ccloud-2',
  '/a%5C..',
  '/a b',
  '/a\tb',
  '/a\r\nx: y',
  '/a#b',
])('E2 %j is refused', (path) =>
  expect(() => joinPath(base, '', path)).toThrow(expect.objectContaining({ code: 'egress_refused' })),
)

test('E2 every character leaves as the URL parser writes it', () => {
  const taken = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter((character) => {
    const path = `/a${character}b?c=${character}d`
    try {
      const { href } = new URL(base.href + path)
      expect(base.origin + joinPath(base, '', path), JSON.stringify(character)).toBe(href)
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: 'egress_refused' })
      return false
    }
  })
  expect(taken.length).toBeGreaterThan(200)
})

test('E2 a secret in the path stays in front of what the caller wrote', () => {
  const telegram = new URL('https://api.telegram.org')
  expect(joinPath(telegram, '/bot123:abc', '/getMe')).toBe('/bot123:abc/getMe')
  for (const [secret, path] of [
    ['/bot123:abc', '/../bot456:def/getMe'],
    ['/bot/../123', '/getMe'],
    ['/bot/.', '/getMe'],
    ['/bot/%2e%2e', '/getMe'],
  ] as const)
    expect(() => joinPath(telegram, secret, path)).toThrow(
      expect.objectContaining({ code: 'egress_refused' }),
    )
})

describe('E2 the destination of a WebDAV move lies at the provider', () => {
  const place = { base: new URL('https://cloud.example.com/dav'), hosts: ['cloud.example.com'] }
  test.each([
    ['/files/b.txt', 'https://cloud.example.com/dav/files/b.txt'],
    ['https://cloud.example.com/dav/files/b.txt', 'https://cloud.example.com/dav/files/b.txt'],
  ])('%s', (destination, expected) => expect(settleDestination(destination, place, '').href).toBe(expected))
  test.each([
    'https://evil.example/b.txt',
    'https://cloud.example.com.evil.example/b.txt',
    'https://cloud.example.com@evil.example/b.txt',
    'https://cloud.example.com:8443/b.txt',
    '//evil.example/b.txt',
    '/../secret',
    '/%2e%2e/secret',
    'nonsense',
    '',
  ])('%j is refused', (destination) =>
    expect(() => settleDestination(destination, place, '')).toThrow(
      expect.objectContaining({ code: 'egress_refused' }),
    ),
  )
})
