/** One provider on stage: its declaration, its stand-in, its authorization server, and the way calls take through them. */
import type { OAuth2, Provider } from '../catalog/define.ts'
import { readRequestedScopes } from './consent.ts'
import type { FaultKind } from './faults.ts'
import { credentialReader, patternOf, requestReader } from './declared.ts'
import { createFragmentPage } from './fragment.ts'
import { type Asked, json, type Reply, readArguments } from './messages.ts'
import { createServer } from './oauth.ts'
import { hostPattern, type Pattern, pathPattern } from './router.ts'
import { createSignIn } from './session.ts'
import type { Account, CreateStandIn, Route, StandIn, Tools } from './stand-in.ts'
import { spell, type Store } from './state.ts'
import type { Tokens } from './tokens.ts'

/** What a request turned out to be; `act` carries it out. */
export type Match = { kind: 'page' | 'token' | 'api'; act: (fault?: FaultKind) => Reply }

export type Player = {
  provider: Provider
  standIn: StandIn
  client: { client_id: string; client_secret: string }
  accounts: () => readonly Account[]
  house: string
  /** Whether the host is one of this provider's. */
  owns: (host: string) => boolean
  /**
   * How likely a request at a host of several entries is meant for this one: the secret it carries was issued to it,
   * or the scopes it asks for are one of its sets. 0: nothing speaks for it.
   */
  claims: (asked: Asked) => number
  match: (asked: Asked) => Match | undefined
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function createPlayer(options: {
  provider: Provider
  create: CreateStandIn
  store: Store
  tokens: Tokens
  publicUrl: string
  now: () => number
  randomBytes: (n: number) => Buffer
  redirectUris: (providerId: string) => readonly string[]
  houseOf: (providerId: string) => string
}): Player {
  const { provider, store, tokens, now } = options
  const { id } = provider
  const oauth = provider.auth.find((method): method is OAuth2 => method.kind === 'oauth2')
  const derive = (label: string, length: number, alphabet = LETTERS) =>
    store.derive(`${id}:${label}`, length, alphabet)
  // Entries that share one set of variables share one client, as they do in real life: the variables that all of a
  // family fall back to, where it has such.
  const owner = provider.env.fallback?.at(-1)?.client_id ?? provider.env.client_id ?? id
  const client = {
    client_id: store.derive(`${owner}:client_id`, 24, LETTERS),
    client_secret: store.derive(`${owner}:client_secret`, 40, LETTERS),
  }
  let listed: readonly Account[] = []
  let house = id
  const accounts = () => [...listed, ...(store.state.accounts[house] ?? [])]

  const tools: Tools = {
    provider,
    publicUrl: options.publicUrl,
    client,
    now,
    random: (length, alphabet = LETTERS) => spell(options.randomBytes(length), alphabet),
    derive,
    tokens,
    settings: () => store.state.settings[id] ?? {},
    accounts,
    load<T extends object>(seed: () => T, world = id): T {
      const found = (store.state.data[world] ??= seed())
      return found as T
    },
    hold({ account, scopes = [], facts, place = {}, make, present = (secret) => secret }) {
      const slot = `${id}:${account}:${facts?.['kind'] ?? ''}`
      for (;;) {
        const generation = store.state.generations[slot] ?? 0
        const secret = make((label, length, alphabet) =>
          derive(`${slot}:${generation}:${label}`, length, alphabet),
        )
        const held = tokens.find(present(secret))
        if (!held?.ended) {
          if (!held) {
            tokens.put(present(secret), {
              provider: id,
              client: slot,
              account,
              scopes: [...scopes],
              picked: [],
              place,
              use: 'static',
              name: 'main',
              family: `${slot}:${generation}`,
              issuedAt: now(),
              expiresAt: null,
              ...(facts && { facts }),
            })
          }
          return secret
        }
        store.state.generations[slot] = generation + 1
      }
    },
  }

  const standIn = options.create(tools)
  listed = standIn.accounts
  house = standIn.house ?? id
  // Example keys are registered at once, so that connections made with them outlive a restart and a reset.
  standIn.values?.()
  const stand = {
    tools,
    provider,
    standIn,
    redirectUris: () => options.redirectUris(id),
    addAccount(account: Account) {
      store.state.accounts[house] = [...(store.state.accounts[house] ?? []), account]
      store.changed()
    },
  }
  const quirks = standIn.oauth
  const server = oauth && quirks ? createServer({ ...stand, oauth, quirks }) : undefined
  const exchange = oauth?.refresh.exchange
  const prolonging = (['upgrade', 'renew'] as const).flatMap((step) => {
    const request = exchange?.[step]
    return server && request ? [{ step, read: requestReader(request, provider.api.base_url), server }] : []
  })
  const fragment = provider.auth.find((method) => method.kind === 'fragment')
  const fragmentPage = fragment && quirks ? createFragmentPage({ ...stand, fragment, quirks }) : undefined
  const signing = provider.auth.find((method) => 'session' in method && method.session !== undefined)
  const signIn =
    signing && 'fields' in signing && signing.session && standIn.session
      ? {
          read: requestReader(signing.session.request, provider.api.base_url),
          act: createSignIn({ tools, method: signing, quirks: standIn.session }),
        }
      : undefined
  const readCredential = standIn.readCredential ?? credentialReader(provider, client.client_id)

  const hosts = (standIn.hosts ?? ownHosts(provider)).map(hostPattern)
  const endpoint = (url: string | undefined) => {
    const [, host = '', path = ''] = /^https:\/\/([^/]+)(\/[^?#]*)/.exec(url ?? '') ?? []
    // A parameter within the path (a directory's id) is one step of it.
    return host ? { host: hostPattern(host), path: pathPattern(patternOf(path)) } : undefined
  }
  const authorization = endpoint(oauth?.authorization_endpoint)
  const token = endpoint(oauth?.token_endpoint)
  const fragmentPlace = endpoint(fragment?.authorization_endpoint)
  const renewal = endpoint(oauth?.refresh_endpoint)
  const firstHost = standIn.hosts?.[0] ?? provider.hosts[0] ?? ''
  const routes = standIn.routes.map((route) => ({
    route,
    host: hostPattern(route.host ?? firstHost),
    path: pathPattern(route.path),
  }))

  function match(asked: Asked): Match | undefined {
    const page = server && place(authorization, asked)
    if (server && page) return { kind: 'page', act: () => server.authorize(asked, page) }
    if (fragmentPage && place(fragmentPlace, asked)) return { kind: 'page', act: () => fragmentPage(asked) }
    for (const { step, read, server: exchanger } of prolonging) {
      const found = read(asked)
      if (found) return { kind: 'token', act: (fault) => exchanger.prolong(asked, step, found.taken, fault) }
    }
    const signedIn = signIn?.read(asked)
    if (signIn && signedIn) return { kind: 'token', act: () => signIn.act(signedIn) }
    const issue = server && place(token, asked)
    if (server && issue) return { kind: 'token', act: (fault) => server.token(asked, issue, fault) }
    const renew = server && place(renewal, asked)
    if (server && renew)
      return { kind: 'token', act: (fault) => server.token(asked, renew, fault, 'renewal') }
    for (const { route, host, path } of routes) {
      if (route.method !== asked.method && !(route.method === 'GET' && asked.method === 'HEAD')) continue
      const params = place({ host, path }, asked)
      if (params)
        return {
          kind: route.open && route.page ? 'page' : 'api',
          act: () => perform(route, asked, params, host),
        }
    }
    return undefined
  }

  function perform(route: Route, asked: Asked, params: Record<string, string>, host: Pattern): Reply {
    const refused = route.open && route.page ? undefined : standIn.guard?.(asked)
    if (refused) return refused
    const reply = route.open ? route.handle({ asked, params }) : callWithToken(route, asked, params, host)
    if (asked.method !== 'GET' && asked.method !== 'HEAD') store.changed()
    return reply
  }

  function callWithToken(
    route: Exclude<Route, { open: true }>,
    asked: Asked,
    params: Record<string, string>,
    host: Pattern,
  ): Reply {
    const secret = readCredential(asked)
    if (secret === undefined) return standIn.unauthorized('missing', asked)
    const found = tokens.find(secret)
    const here = host(asked.host) ?? {}
    const misplaced =
      found && Object.entries(found.place).some(([name, value]) => (here[name] ?? value) !== value)
    const ours = found && (found.provider === id || options.houseOf(found.provider) === house)
    if (!found || !ours || found.use === 'refresh' || misplaced) return standIn.unauthorized('unknown', asked)
    if (!tokens.isLive(found)) return standIn.unauthorized(found.ended ? 'revoked' : 'expired', asked)
    const account = accounts().find((one) => one.id === found.account)
    if (!account) return standIn.unauthorized('unknown', asked)
    const headers = standIn.headers?.(found) ?? {}
    const wrongToken = route.token !== undefined && found.name !== route.token
    // A secret that no flow issued carries no scopes: it may do what its account may do.
    const scoped = (found.use !== 'static' && !found.session) || found.scopes.length > 0
    const lacks =
      scoped && route.scope !== undefined && !route.scope.some((scope) => found.scopes.includes(scope))
    const reply =
      wrongToken || lacks
        ? standIn.forbidden({ scope: route.scope ?? [], ...(route.token && { token: route.token }) }, found)
        : route.handle({ asked, params, token: found, account })
    return { ...reply, headers: { ...headers, ...reply.headers } }
  }

  function claims(asked: Asked): number {
    if (oauth && place(authorization, asked)) {
      if (asked.query.get('client_id') !== client.client_id) return 0
      if (!options.redirectUris(id).includes(asked.query.get('redirect_uri') ?? '')) return 0
      if (quirks?.scopesOf?.(asked.query)) return 2
      const wanted = readRequestedScopes(oauth, asked.query)
      const known = Object.keys(provider.scopes ?? {})
      if (!wanted.every((scope) => known.includes(scope))) return 0
      const isSet = Object.values(provider.scope_sets ?? {}).some(
        ({ scopes }) => scopes.length === wanted.length && scopes.every((scope) => wanted.includes(scope)),
      )
      // Of several entries that know the scopes, the one that knows the fewest others.
      return isSet ? 2 : 1 / (1 + known.length)
    }
    return carriedSecrets(asked).some(
      (secret) => (tokens.find(secret) ?? tokens.findCode(secret))?.provider === id,
    )
      ? 1
      : 0
  }

  /** The credential of a call, and what token and revocation endpoints are handed. */
  function carriedSecrets(asked: Asked): string[] {
    const { code, refresh_token, token: named, input_token } = readArguments(asked)
    const exchanged = prolonging.map(({ read }) => read(asked)?.taken['access_token'])
    return [readCredential(asked), code, refresh_token, named, input_token, ...exchanged].filter(
      (secret) => secret !== undefined,
    )
  }

  return {
    provider,
    standIn,
    client,
    accounts,
    house,
    owns: (host) => hosts.some((pattern) => pattern(host) !== undefined),
    claims,
    match,
  }
}

function place(
  pattern: { host: Pattern; path: Pattern } | undefined,
  asked: Asked,
): Record<string, string> | undefined {
  const host = pattern?.host(asked.host)
  const path = host && pattern?.path(asked.path)
  return host && path ? { ...host, ...path } : undefined
}

function ownHosts(provider: Provider): string[] {
  const pages = provider.auth.flatMap((method) =>
    'authorization_endpoint' in method
      ? (/^https:\/\/([^/]+)/.exec(method.authorization_endpoint)?.[1] ?? [])
      : [],
  )
  return [...new Set([...provider.hosts, ...pages])]
}

/** The answer to a path that the stand-in does not play. */
export function unplayed(player: Player, asked: Asked): Reply {
  return player.standIn.notFound(asked)
}

export function tooMany(player: Player, retryAfter: number): Reply {
  const reply =
    player.standIn.rateLimited?.(retryAfter) ??
    json(429, { error: 'rate_limited', message: 'Too many requests.' })
  return { ...reply, headers: { 'retry-after': String(retryAfter), ...reply.headers } }
}
