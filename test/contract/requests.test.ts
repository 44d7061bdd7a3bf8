/**
 * C10: for each provider the exact authorization request and code exchange that the hub makes are kept beside this
 * file and reviewed like code. A change of scope, parameter, client authentication or body shows as a change of text.
 */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CallbackSignature, OAuth2, Provider } from '../../src/catalog/define.ts'
import { providers } from '../../src/catalog/registry.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

type Recorded = { method: string; url: string; headers: IncomingMessage['headers']; body: string }

let t: TestHub
let person: Browser
let server: Server
let recorded: Recorded[] = []

const flows = providers.flatMap((provider) =>
  provider.auth
    .filter((method): method is OAuth2 => method.kind === 'oauth2')
    .map((method) => ({ id: provider.id, provider, method })),
)

beforeAll(async () => {
  // Answers every token request with a refusal: what was asked is all that counts.
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      recorded.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"error":"invalid_grant"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t = await startTestHub({
    withSandbox: false,
    env: Object.fromEntries(providers.flatMap(variablesOf)),
    overrides: Object.fromEntries(providers.map(({ id }) => [id, { '*': base }])),
  })
  person = await t.browser('ada@example.com')
})
afterAll(async () => {
  await t.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** What the browser is sent to for a token in the fragment; nothing is exchanged then. */
const fragments = providers.filter(({ auth }) => auth.some(({ kind }) => kind === 'fragment'))

describe('C10 what is asked of each authorization server', () => {
  test.each(fragments)('$id', async ({ id, name }) => {
    const started = await person.send('POST', '/api/v1/connect/attempts', {
      provider: id,
      method: 'fragment',
    })
    expect(started.status, JSON.stringify(started.body)).toBe(201)
    const { pathname, searchParams } = new URL(started.body.authorization_url)
    const parameters = [...searchParams].map(
      ([key, value]) =>
        `${key} = ${value.replace(/state=[\w-]{22,}/, 'state=(256 random bits)').replaceAll(t.url, 'https://hub.example.com')}`,
    )
    const text = `# ${name}\n\n## Authorization request\n\nGET https:/${pathname}\n${parameters.join('\n')}\n`
    await expect(text).toMatchFileSnapshot(`requests/${id}.md`)
  })

  test.each(flows)('$id', async ({ provider, method }) => {
    recorded = []
    const started = await person.send('POST', '/api/v1/connect/attempts', {
      provider: provider.id,
      method: 'oauth2',
      fields: fieldsOf(provider),
    })
    expect(started.status, JSON.stringify(started.body)).toBe(201)
    const authorization = new URL(started.body.authorization_url)
    const state = authorization.searchParams.get('state') as string
    expect(state.length).toBeGreaterThanOrEqual(22)
    const callback = new URL(authorization.searchParams.get('redirect_uri') ?? '', t.url)
    for (const [name, value] of Object.entries({ code: 'the-code', state }))
      callback.searchParams.set(name, value)
    if (method.callback_signature) sign(callback.searchParams, provider, method.callback_signature)
    await person.follow(callback.href)
    const [exchange] = recorded
    const text = [
      `# ${provider.name}`,
      '',
      '## Authorization request',
      '',
      renderUrl(`https://${authorization.pathname.slice(1)}${authorization.search}`),
      '',
      '## Code exchange',
      '',
      exchange ? renderExchange(exchange) : 'None without what the provider adds to the callback.',
      '',
    ].join('\n')
    const known = text
      .replaceAll(t.url, 'https://hub.example.com')
      .replaceAll(encodeURIComponent(t.url), encodeURIComponent('https://hub.example.com'))
    await expect(known).toMatchFileSnapshot(`requests/${provider.id}.md`)
  })
})

/** One parameter a line, in the order sent; what is random is named instead. */
function renderUrl(href: string): string {
  const url = new URL(href)
  const parameters = [...url.searchParams].map(([name, value]) => `${name} = ${blank(name, value)}`)
  return [`GET ${url.origin}${url.pathname}`, ...parameters].join('\n')
}

function renderExchange({ method, url, headers, body }: Recorded): string {
  const type = headers['content-type'] ?? ''
  const pairs: [string, string][] = type.includes('json')
    ? Object.entries(JSON.parse(body) as Record<string, unknown>).map(([name, value]) => [
        name,
        String(value),
      ])
    : [...new URLSearchParams(body)]
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1]
  return [
    `${method} https:/${url}`,
    `content-type: ${type}`,
    ...(basic ? [`authorization: Basic ${Buffer.from(basic, 'base64').toString()}`] : []),
    ...pairs.map(([name, value]) => `${name} = ${blank(name, value)}`),
  ].join('\n')
}

function blank(name: string, value: string): string {
  const random: Record<string, string> = {
    state: '(256 random bits)',
    code_challenge: '(S256 of the verifier)',
    code_verifier: '(the verifier)',
  }
  return random[name] ?? value
}

/** Made-up values for every variable a declaration names. */
function variablesOf({ env }: Provider): [string, string][] {
  const names = [env.client_id, env.client_secret, ...Object.keys(env.extra ?? {})]
  return names.flatMap((name) =>
    name ? [[name, name.toLowerCase().replaceAll('_', '-')] as [string, string]] : [],
  )
}

/** As the provider would: with the client secret that the hub was given. */
function sign(query: URLSearchParams, provider: Provider, signature: CallbackSignature): void {
  const fields = fieldsOf(provider)
  for (const name of signature.echoes ?? []) query.set(name, fields[name] ?? '')
  if (signature.timestamp) query.set(signature.timestamp.parameter, String(Math.floor(t.clock.now() / 1000)))
  query.sort()
  const secret = Object.fromEntries(variablesOf(provider))[provider.env.client_secret ?? ''] ?? ''
  query.set(signature.parameter, createHmac('sha256', secret).update(query.toString()).digest('hex'))
}

function fieldsOf(provider: Provider): Record<string, string> {
  const asked = (provider.parameters ?? []).filter((one) => one.required && one.asked === undefined)
  return Object.fromEntries(asked.map(({ name, example }) => [name, example]))
}
