import { expect, test } from 'vitest'
import { readEnvLines } from './env-lines.ts'

test('lines of a .env file', () => {
  expect(
    readEnvLines(`# a comment
PLAIN=abc
  export SPACED = value with spaces # and a comment
DOUBLE="with # and \\"quotes\\""
SINGLE='as it is \\n'
EMPTY=
KEY="-----BEGIN-----
line two
-----END-----"
HASH=a#b
not a line
`),
  ).toEqual({
    PLAIN: 'abc',
    SPACED: 'value with spaces',
    DOUBLE: 'with # and "quotes"',
    SINGLE: 'as it is \\n',
    KEY: '-----BEGIN-----\nline two\n-----END-----',
    HASH: 'a#b',
  })
})
