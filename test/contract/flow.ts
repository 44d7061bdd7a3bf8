/** The ways through the hub that the suites over the whole catalog share. */
import { expect, vi } from 'vitest'
import { judgeAnswer } from '../../src/catalog/answers.ts'
import type { AuthMethod, Provider, TestCall } from '../../src/catalog/define.ts'
import { buildRequest, parseJson, renderTestCall } from '../../src/catalog/fill.ts'
import { baseUrlOf, comesBack, identityOf } from '../../src/catalog/methods.ts'
import { askedParameters } from '../../src/catalog/parameters.ts'
import { authorizationFor } from '../../src/vault/credential.ts'
import { fillingOf, headersOf } from '../../src/vault/filling.ts'
import type { Integration } from '../../src/vault/integrations.ts'
import type { Browser, TestHub } from '../setup/testHub.ts'

/** RFC 4918 section 9.1 answers for several resources at once. */
export function goodStatus(test: TestCall | undefined): number {
  return test?.method === 'PROPFIND' ? 207 : 200
}

export function callAs(person: Browser, id: string, test: TestCall) {
  const { headers, body } = renderTestCall(test)
  return person.send(test.method, `/api/v1/proxy/${id}${test.path}`, body, {
    ...headers,
    ...(test.base && { 'trunkline-base': test.base }),
  })
}

/** The first of a provider's test calls. */
export function tryCall(person: Browser, id: string, { id: provider, test_calls }: Provider) {
  const [test] = test_calls
  if (!test) throw new Error(`${provider} offers no call to try`)
  return callAs(person, id, test)
}

/** What the provider itself says to an access token, past the hub, placed as declared. */
export async function asProvider(
  t: TestHub,
  provider: Provider,
  method: AuthMethod,
  parameters: Record<string, string>,
  token: string,
): Promise<string> {
  if (method.kind !== 'oauth2' && method.kind !== 'fragment')
    throw new Error(`${method.kind} has no access token`)
  const integration = {
    provider,
    extra: t.sandbox.variables(provider.id),
    settings: { parameters: {} },
  } as unknown as Integration
  const filling = fillingOf(integration, parameters)
  const { verify } = identityOf(provider, method)
  const { url, method: verb, headers, body } = buildRequest(verify, baseUrlOf(provider, method), filling)
  const credential = { kind: 'oauth2', tokens: { main: { access_token: token } } } as const
  const placed = authorizationFor(credential, method, {
    clientId: t.sandbox.client(provider.id).client_id,
    placement: verify.authorization,
  })
  const answer = await fetch(`${t.url}/sandbox/${url.host}${placed.pathPrefix}${url.pathname}${url.search}`, {
    method: verb,
    headers: { ...headersOf(integration, filling), ...headers, ...placed.headers },
    ...(body === undefined ? {} : { body }),
  })
  return judgeAnswer(
    provider,
    { status: answer.status, headers: Object.fromEntries(answer.headers) },
    parseJson(Buffer.from(await answer.arrayBuffer())),
  )
}

/** Goes the person's way through whatever the method asks for; returns the attempt when it is over. */
export async function authorize(
  t: TestHub,
  person: Browser,
  provider: Provider,
  method: AuthMethod,
  path = '/api/v1/connect/attempts',
  body: object = { provider: provider.id, method: method.kind },
) {
  if (method.kind === 'installed_app') return install(t, person, provider)
  const lent = method.kind === 'verified_access' ? await lend(t, body) : {}
  const known = t.sandbox.values[provider.id] ?? {}
  const names =
    'fields' in method
      ? method.fields.map(({ name }) => name)
      : askedParameters(provider)
          .filter(({ required }) => required)
          .map(({ name }) => name)
  const fields = Object.fromEntries(
    names.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])),
  )
  const started = await person.send('POST', path, { ...body, ...lent, fields })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  const url = started.body.authorization_url as string | undefined
  if (comesBack(method.kind)) await person.follow(t.consent(url as string))
  if (method.kind === 'browser_login')
    await fetch(url as string, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '',
    })
  const attempt = async () => (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body
  // Not expect.poll: suites connect before their first test, too.
  await vi.waitUntil(async () => (await attempt()).status !== 'pending', { timeout: 60_000, interval: 200 })
  let over = await attempt()
  if (over.status === 'decision_required')
    over = (
      await person.send('POST', `/api/v1/connect/attempts/${over.id}/decide`, {
        value: over.decision.options[0].value,
      })
    ).body
  // What is asked behind the person's back would meet the faults and counts of what a test does next.
  await t.hub.settle()
  return over
}

/** Nothing begins at the hub: an administrator installs the app at the provider, and the connection is there. */
async function install(t: TestHub, person: Browser, provider: Provider) {
  const [site] = t.sandbox.control.forge.sites()
  await t.sandbox.control.forge.install(site?.cloudId as string)
  const { data } = (await person.get(`/api/v1/connections?provider=${provider.id}`)).body
  const found = data.find(({ method }: { method: string }) => method === 'installed_app')
  return { status: 'succeeded', connection_id: found?.id }
}

/** The connection that lends its credential: an installed app, connected to the product as well. */
async function lend(t: TestHub, body: object) {
  const { forge } = t.sandbox.control
  const site = forge.sites()[0]?.cloudId as string
  t.clock.advance(1000)
  await forge.install(site)
  forge.connectConfluence(site, true)
  return 'provider' in body ? { owner: 'organization' } : {}
}
