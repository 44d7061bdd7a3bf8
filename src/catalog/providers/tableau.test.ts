import { expect, test } from 'vitest'
import type { JsonObject, SecretMethod } from '../define.ts'
import { readFields } from '../parameters.ts'
import tableau from './tableau.ts'

const [method] = tableau.auth as [SecretMethod]
const SITE = '9a8b7c6d-5e4f-3a2b-1c0d-9e8f7a6b5c4d'
const USER = '9f9e9d9c-8b8a-8f8e-7d7c-7b7a6f6d6e6d'

test.each<[string | undefined, number | undefined]>([
  ['1:59:59', 7199],
  ['177:05:38', 637_538],
  ['0:00:00', undefined],
  ['soon', undefined],
  [undefined, undefined],
])('a session with %s left', (left, seconds) => {
  const credentials: JsonObject = { token: 't', site: { id: SITE, contentUrl: '' }, user: { id: USER } }
  if (left !== undefined) credentials['estimatedTimeToExpiration'] = left
  expect(method.session?.read({ credentials })).toEqual({
    access_token: 't',
    parameters: { siteId: SITE, userId: USER },
    ...(seconds && { expires_in: seconds }),
  })
})

test('an answer without a token, a site or a person is no session', () => {
  expect(method.session?.read({ credentials: { token: 't', site: { id: SITE } } })).toBeUndefined()
  expect(method.session?.read({ error: { code: '401001' } })).toBeUndefined()
})

test.each([
  ['', 'default', ''],
  ['mysite', 'mysite', 'mysite'],
  ['https://10ax.online.tableau.com/#/site/mysite/home', 'mysite', 'mysite'],
])('the site %j', (typed, site, contentUrl) => {
  const fields = (tableau.parameters ?? []).filter(({ asked }) => asked === undefined)
  const read = readFields(fields, { host: 'https://10AX.online.tableau.com/#/site/x/home', site: typed })
  expect(read).toEqual({ values: { host: '10ax.online.tableau.com', site }, derived: { contentUrl } })
})
