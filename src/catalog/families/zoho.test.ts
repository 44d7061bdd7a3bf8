import { describe, expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import type { Parameter } from '../define.ts'
import { readTold } from '../parameters.ts'
import zohoBooks from '../providers/zoho-books.ts'
import zohoCrm from '../providers/zoho-crm.ts'
import zohoMail from '../providers/zoho-mail.ts'
import zohoProjects from '../providers/zoho-projects.ts'
import { readZohoAnswer } from './zoho.ts'

describe('the data centre that the callback tells', () => {
  const read = (server: string) => readTold(zohoCrm, { accountsHost: server })

  test.each([
    ['https://accounts.zoho.com', 'accounts.zoho.com', 'www.zohoapis.com'],
    ['https://accounts.zoho.eu/', 'accounts.zoho.eu', 'www.zohoapis.eu'],
    ['https://accounts.zoho.com.au', 'accounts.zoho.com.au', 'www.zohoapis.com.au'],
    ['https://accounts.zohocloud.ca', 'accounts.zohocloud.ca', 'www.zohoapis.ca'],
    ['https://accounts.zoho.com.cn', 'accounts.zoho.com.cn', 'www.zohoapis.com.cn'],
    ['HTTPS://Accounts.Zoho.IN', 'accounts.zoho.in', 'www.zohoapis.in'],
  ])('%s is one of the list, and its API host follows from it', (server, accountsHost, apiHost) => {
    expect(read(server)).toEqual({ values: { accountsHost, apiHost }, wrong: [] })
  })

  test.each([
    'http://accounts.zoho.eu',
    'https://accounts.zoho.eu.evil.example',
    'https://accounts.zoho.evil',
    'https://evil.example/accounts.zoho.eu',
    'https://evil.example#accounts.zoho.eu',
    'https://evil.example?https://accounts.zoho.eu',
    'https://accounts.zoho.eu@evil.example',
    'https://accounts.zoho.eu:8443',
    'https://accounts.zoho.eu/oauth',
    'https://accounts.zoho.eu\\.evil.example',
    'https://accountsxzoho.eu',
    'https://mail.zoho.eu',
    'https://accounts.zohocloud.com',
    '',
  ])('E2 %j is none', (server) => {
    expect(read(server)).toEqual({ values: {}, wrong: ['accountsHost'] })
  })

  test('each product follows it to its own host, and nothing else does', () => {
    const hosts = [zohoMail, zohoProjects].map((provider) =>
      readTold(provider, { accountsHost: 'https://accounts.zohocloud.ca' }),
    )
    expect(hosts.map(({ values }) => values)).toEqual([
      { accountsHost: 'accounts.zohocloud.ca', mailHost: 'mail.zohocloud.ca' },
      { accountsHost: 'accounts.zohocloud.ca', projectsHost: 'projectsapi.zohocloud.ca' },
    ])
  })

  test('every choice of the list is taken, and leads to a host of the declared form', () => {
    for (const provider of [zohoCrm, zohoMail, zohoProjects]) {
      const [accounts, product] = provider.parameters as [Parameter, Parameter]
      expect(accounts.options).toHaveLength(10)
      for (const { value } of accounts.options ?? []) {
        expect(new RegExp(accounts.pattern, 'u').test(value), value).toBe(true)
        expect(accounts.derive?.(value)[product.name]).toMatch(new RegExp(product.pattern, 'u'))
      }
    }
  })
})

describe('token answers', () => {
  test.each([
    [
      'a dead code or refresh token inside 200',
      200,
      { error: 'invalid_code' },
      400,
      { error: 'invalid_grant' },
    ],
    ['a wrong secret', 200, { error: 'invalid_client_secret' }, 400, { error: 'invalid_client' }],
    ['another failure', 200, { error: 'general_error' }, 400, { error: 'general_error' }],
    [
      'too many requests',
      400,
      { error: 'Access Denied', status: 'failure', error_description: 'You have made too many requests' },
      429,
      { error: 'access_limited' },
    ],
    [
      'a success',
      200,
      { access_token: 't', scope: 'A.ALL,B.READ' },
      200,
      { access_token: 't', scope: 'A.ALL B.READ' },
    ],
    ['a success without scopes', 200, { access_token: 't' }, 200, { access_token: 't' }],
    ['a server in trouble', 502, {}, 502, {}],
  ])('%s', (_, status, body, wanted, shaped) => {
    const answer = readZohoAnswer({ status, body })
    expect(answer).toMatchObject({ status: wanted, body: shaped })
    if (status !== wanted) expect(answer.status).toBeGreaterThanOrEqual(400)
  })
})

test.each([
  [zohoCrm, 401, { code: 'OAUTH_SCOPE_MISMATCH' }, 'forbidden'],
  [zohoCrm, 401, { code: 'INVALID_TOKEN' }, 'unauthorized'],
  [zohoCrm, 400, { code: 'TOO_MANY_REQUESTS' }, 'rate_limited'],
  [zohoCrm, 200, { code: 'OAUTH_SCOPE_MISMATCH' }, 'ok'],
  [zohoBooks, 401, { code: 57, message: 'You are not authorized' }, 'forbidden'],
  [zohoBooks, 401, { code: 14 }, 'unauthorized'],
  [zohoMail, 404, { data: { errorCode: 'INVALID_OAUTHTOKEN' } }, 'unauthorized'],
  [zohoMail, 404, { data: { errorCode: 'INVALID_OAUTHSCOPE' } }, 'forbidden'],
  [zohoMail, 404, { data: { errorCode: 'MESSAGE_NOT_EXIST' } }, 'failed'],
  [zohoProjects, 400, { error: { title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED' } }, 'rate_limited'],
  [zohoProjects, 401, { error: { title: 'INVALID_OAUTHSCOPE' } }, 'forbidden'],
])('an answer of the API: %#', (provider, status, body, verdict) => {
  expect(judgeAnswer(provider, { status, headers: {} }, body)).toBe(verdict)
})

test('a portal is named, and its name holds nothing that is markup', () => {
  const read = zohoProjects.tenants?.read
  expect(read?.([{ id: 916020774, org_name: 'Acme <b>', portal_name: 'acme' }, { name: 'no id' }])).toEqual([
    { parameters: { portalId: '916020774', portalName: 'Acme  b ' }, label: 'Acme  b ' },
  ])
  expect(read?.({ error: { title: 'INVALID_OAUTHTOKEN' } })).toEqual([])
})

test('organizations of the finance products are places to choose from', () => {
  const read = zohoBooks.tenants?.read
  expect(read?.({ code: 0, organizations: [{ organization_id: '10234695', name: 'Acme' }, {}] })).toEqual([
    { parameters: { organizationId: '10234695' }, label: 'Acme' },
  ])
  expect(read?.({ code: 57 })).toEqual([])
  expect(read?.(null)).toEqual([])
})
