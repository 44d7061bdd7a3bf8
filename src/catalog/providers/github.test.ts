import { expect, test } from 'vitest'
import { fill } from '../fill.ts'
import { readOperatorValues } from '../parameters.ts'
import github from './github.ts'

test.each([
  ['', 'https://api.github.com', 'https://github.com/login/oauth/authorize', '7', '@ada'],
  [
    'acme.ghe.com',
    'https://api.acme.ghe.com',
    'https://acme.ghe.com/login/oauth/authorize',
    'acme.ghe.com:7',
    '@ada (acme.ghe.com)',
  ],
  [
    'https://github.example.com:8443/',
    'https://github.example.com:8443/api/v3',
    'https://github.example.com:8443/login/oauth/authorize',
    'github.example.com:8443:7',
    '@ada (github.example.com:8443)',
  ],
])('the server %j has its API at %s', (typed, api, authorize, id, label) => {
  const values = readOperatorValues(github, { host: typed })
  const [method] = github.auth
  expect(fill(github.api.base_url, values)).toBe(api)
  expect(method.kind === 'oauth2' && fill(method.authorization_endpoint, values)).toBe(authorize)
  const account = github.account({ token: undefined, body: { id: 7, login: 'ada' }, parameters: values })
  expect(account).toMatchObject({ id, label })
})
