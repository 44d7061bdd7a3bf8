/**
 * A stand-in for a provider that has none of its own, drawn from its declaration: enough to connect, call, refresh,
 * revoke and reconnect. What its API really says it cannot know: every declared call answers who is connected.
 */
import { type Json, type OAuth2, type ReadAccount, type SecretMethod } from '../catalog/define.ts'
import { cast } from './cast.ts'
import { empty, json, type Reply, readArguments } from './messages.ts'
import { type Account, type CreateStandIn, on, open, type Route, type Tools } from './stand-in.ts'

const LIFETIME_S = 3600

const accounts: readonly Account[] = [
  { id: 'ada-1', name: cast.ada.name, email: cast.ada.email },
  { id: 'bruno-2', name: cast.bruno.name, email: cast.bruno.email },
]

export const createGeneric: CreateStandIn = (tools) => {
  const { provider } = tools
  const oauth = provider.auth.find((method): method is OAuth2 => method.kind === 'oauth2')
  const secret = provider.auth.find((method): method is SecretMethod => 'fields' in method)
  const paths = tracePaths(provider.account)
  const whoAmI = (account: Account) => json(200, bodyFor(paths, account))

  const calls = [
    { method: provider.verify.method ?? 'GET', url: provider.verify.url, base: provider.api.base_url },
    ...provider.test_calls.map(({ method, path, base }) => ({
      method,
      url: path,
      base: base ? (provider.api.bases?.[base] ?? provider.api.base_url) : provider.api.base_url,
    })),
  ]
  const routes: Route[] = calls.map(({ method, url, base }) => {
    const { host, path } = place(url.startsWith('/') ? base + url : url)
    return on(method, path, ({ account }) => whoAmI(account), { host })
  })

  return {
    accounts,
    routes: [...routes, ...revocation(tools)],
    ...(!oauth &&
      provider.auth.some(({ kind }) => kind === 'fragment') && {
        oauth: { access: () => `sandbox_${tools.random(40)}`, lifetime: null },
      }),
    ...(oauth && {
      oauth: {
        access: () => `sandbox_${tools.random(40)}`,
        refresh: () => `sandbox_r_${tools.random(40)}`,
        lifetime: lifetimeOf(oauth),
        ...(oauth.refresh.assumed_lifetime !== undefined && { tellsLifetime: false as const }),
      },
    }),
    unauthorized: (why) => json(401, { error: 'unauthorized', message: `The credential is ${why}.` }),
    forbidden: ({ scope }) => json(403, { error: 'forbidden', message: `This needs ${scope.join(' or ')}.` }),
    notFound: ({ path }) => json(404, { error: 'not_found', message: `The sandbox does not play ${path}.` }),
    ...(secret && { values: () => exampleValues(tools, secret) }),
  }
}

function lifetimeOf({ refresh: { rotates, assumed_lifetime, exchange } }: OAuth2): number | null {
  if (rotates === 'none') return null
  return assumed_lifetime ?? (exchange ? 2 * exchange.ahead + 2 * (exchange.min_age ?? 0) : LIFETIME_S)
}

function revocation(tools: Tools): Route[] {
  const { revocation } = tools.provider
  const request = revocation?.request
  const end = (secret: string): Reply => {
    const found = tools.tokens.find(secret)
    if (!found) return empty(200)
    if (revocation?.kills === 'grant') tools.tokens.endGrant(found)
    else tools.tokens.endFamily(found.family, 'revoked')
    return empty(200)
  }
  const byForm = (url: string, method: string) => {
    const { host, path } = place(url)
    return open(
      method,
      path,
      ({ asked }) => {
        const given = readArguments(asked)
        return end(given['token'] ?? Object.values(given).find((value) => tools.tokens.find(value)) ?? '')
      },
      { host },
    )
  }
  if (revocation?.revocation_endpoint) return [byForm(revocation.revocation_endpoint, 'POST')]
  if (!request) return []
  const url = request.url.startsWith('/') ? tools.provider.api.base_url + request.url : request.url
  const { host, path } = place(url)
  if (request.authorization !== 'token') return [byForm(url, request.method ?? 'GET')]
  return [
    on(
      request.method ?? 'GET',
      path,
      ({ token }) => {
        if (revocation.kills === 'grant') tools.tokens.endGrant(token)
        else tools.tokens.endFamily(token.family, 'revoked')
        return empty(204)
      },
      { host },
    ),
  ]
}

/** Host and path patterns of a declared address: its braces are parameters of the host, or parts of the path. */
function place(address: string): { host: string; path: string } {
  const [, host = '', path = '/'] = /^https:\/\/([^/]+)([^?#]*)/.exec(address) ?? []
  return { host, path: path.replaceAll(/\{(\w+)\}/g, ':$1') || '/' }
}

/** Which parts of an answer a declaration reads, found by letting it read one that notes what is looked at. */
function tracePaths(read: ReadAccount): string[] {
  const seen = new Set<string>()
  const watch = (path: string): object =>
    new Proxy(
      {},
      {
        get(_target, name) {
          if (typeof name !== 'string') return undefined
          const here = path ? `${path}.${name}` : name
          seen.add(here)
          return watch(here)
        },
      },
    )
  try {
    read({ token: undefined, body: watch('') as never, parameters: {} })
  } catch {
    // It wants more than names: what was seen until then has to do.
  }
  return [...seen].filter((path) => ![...seen].some((other) => other.startsWith(`${path}.`)))
}

function bodyFor(paths: readonly string[], account: Account): Json {
  const body: Record<string, Json> = {}
  for (const path of paths) {
    const steps = path.split('.')
    let here = body
    for (const step of steps.slice(0, -1)) here = (here[step] ??= {}) as Record<string, Json>
    here[steps.at(-1) as string] = valueFor(steps.at(-1) as string, account)
  }
  return body
}

function valueFor(name: string, account: Account): string {
  if (/mail/i.test(name)) return account.email
  return /id$|number|key|^sub$/i.test(name) ? account.id : account.name
}

/** The declared examples, the secret ones registered; one that was revoked is replaced by another of its form. */
function exampleValues(tools: Tools, { fields, authorization }: SecretMethod): Record<string, string> {
  const values: Record<string, string> = {}
  for (const field of fields.filter(({ secret }) => !secret))
    values[field.name] = field.default ?? field.example
  for (const field of fields.filter(({ secret }) => secret)) {
    values[field.name] = tools.hold({
      account: accounts[0]?.id ?? '',
      make: (derive) => likeExample(field.example, field.pattern, derive),
      present: (secret) =>
        authorization.scheme === 'basic' ? `${fillIn(authorization.username, values)}:${secret}` : secret,
    })
  }
  return values
}

function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

/** The example with its last letters and digits changed, as long as it still has the declared form. */
function likeExample(example: string, pattern: string, derive: Tools['derive']): string {
  const tail = /[A-Za-z0-9]{1,12}$/.exec(example)?.[0] ?? ''
  const form = new RegExp(pattern, 'u')
  for (const alphabet of ['abcdefghjkmnpqrstuvwxyz', '23456789']) {
    const made = example.slice(0, example.length - tail.length) + derive('example', tail.length, alphabet)
    if (tail && form.test(made)) return made
  }
  return example
}
