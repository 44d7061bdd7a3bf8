import { expect, test } from 'vitest'
import { tokenOf } from './fragment.ts'
import { isOwnPage } from './next-page.ts'

/** Check C11: forms that browsers have read as another host, or as a script. */
const BYPASSES = [
  'https://evil.example',
  'http://evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '/\\/evil.example',
  '\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  '/ /evil.example',
  '\t//evil.example',
  ' //evil.example',
  ' https://evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'blob:https://evil.example/x',
  'file:///etc/passwd',
  'https:evil.example',
  'https:/evil.example',
  'http:\\\\evil.example',
  '@evil.example',
  'evil.example',
  '.evil.example',
  ':80',
  '?x',
  '#x',
  '',
  '%2f%2fevil.example',
  '/\u0000/evil.example',
  '/\u2028/evil.example',
  '/\u200b/evil.example',
  '\u3000//evil.example',
  '/x\\..\\..\\evil',
  '/%0d%0a\r\nlocation: x',
]

test.each(BYPASSES)('C11 %j is no page of the hub', (href) => expect(isOwnPage(href)).toBe(false))

test.each([
  '/',
  '/people',
  '/integrations/github?tab=setup',
  '/projects/prj_1#sync',
  '/x//y',
  '/%2f%2fevil.example',
])('%s is one', (href) => expect(isOwnPage(href)).toBe(true))

test('a link’s token is letters, figures, - and _', () => {
  const token = 'a-_0'.repeat(10)
  expect([tokenOf(`#token=${token}`), tokenOf(`#${token}`)]).toEqual([token, token])
  for (const hash of ['', '#', '#short', '#main', `#${token}<script>`, `#x=${token}`, `#token=${token}&x`])
    expect(tokenOf(hash)).toBe('')
})
