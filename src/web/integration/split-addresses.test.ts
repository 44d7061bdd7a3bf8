import { expect, test } from 'vitest'
import { splitAddresses } from './split-addresses.ts'

test.each([
  ['No address here.', ['No address here.']],
  [
    'Open https://developers.facebook.com/apps and choose Create app.',
    ['Open ', '*https://developers.facebook.com/apps', ' and choose Create app.'],
  ],
  ['Enter http://127.0.0.1:4400/privacy.', ['Enter ', '*http://127.0.0.1:4400/privacy', '.']],
  [
    'Add https://a.example/x?b=1&c=2, then (https://b.example).',
    ['Add ', '*https://a.example/x?b=1&c=2', ', then (', '*https://b.example', ').'],
  ],
  ['https://a.example', ['*https://a.example']],
  ['javascript:alert(1) and ftp://a.example', ['javascript:alert(1) and ftp://a.example']],
])('%s', (text, expected) => {
  expect(splitAddresses(text).map((part) => (part.address ? `*${part.text}` : part.text))).toEqual(expected)
})
