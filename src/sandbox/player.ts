/** One provider on stage: its declaration, its stand-in, its authorization server, and the way calls take through them. */
import type { OAuth2, Provider } from '../catalog/define.ts'
import type { FaultKind } from './faults.ts'
import { type Asked, json, type Reply, readBasic, readBearer } from './messages.ts'
import { createServer } from './oauth.ts'
import { hostPattern, type Pattern, pathPattern } from './router.ts'
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
  /** Whether the host is one of this provider's. */
  owns: (host: string) => boolean
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
}): Player {
  const { provider, store, tokens, now } = options
  const { id } = provider
  const oauth = provider.auth.find((method): method is OAuth2 => method.kind === 'oauth2')
  const derive = (label: string, length: number, alphabet = LETTERS) =>
    store.derive(`${id}:${label}`, length, alphabet)
  // Entries that share one set of variables share one client, as they do in real life.
  const owner = provider.env.client_id ?? id
  const client = {
    client_id: store.derive(`${owner}:client_id`, 24, LETTERS),
    client_secret: store.derive(`${owner}:client_secret`, 40, LETTERS),
  }
  let listed: readonly Account[] = []
  const accounts = () => [...listed, ...(store.state.accounts[id] ?? [])]

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
    load<T extends object>(seed: () => T): T {
      const found = (store.state.data[id] ??= seed())
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
  // Example keys are registered at once, so that connections made with them outlive a restart and a reset.
  standIn.values?.()
  const server =
    oauth && standIn.oauth
      ? createServer({
          tools,
          provider,
          oauth,
          standIn,
          quirks: standIn.oauth,
          redirectUris: () => options.redirectUris(id),
          addAccount(account) {
            store.state.accounts[id] = [...(store.state.accounts[id] ?? []), account]
            store.changed()
          },
        })
      : undefined

  const hosts = (standIn.hosts ?? ownHosts(provider, oauth)).map(hostPattern)
  const endpoint = (url: string | undefined) => {
    const [, host = '', path = ''] = /^https:\/\/([^/]+)(\/[^?#]*)/.exec(url ?? '') ?? []
    return host ? { host: hostPattern(host), path: pathPattern(path) } : undefined
  }
  const authorization = endpoint(oauth?.authorization_endpoint)
  const token = endpoint(oauth?.token_endpoint)
  const firstHost = standIn.hosts?.[0] ?? provider.hosts[0] ?? ''
  const routes = standIn.routes.map((route) => ({
    route,
    host: hostPattern(route.host ?? firstHost),
    path: pathPattern(route.path),
  }))

  function match(asked: Asked): Match | undefined {
    const page = server && place(authorization, asked)
    if (server && page) return { kind: 'page', act: () => server.authorize(asked, page) }
    const issue = server && place(token, asked)
    if (server && issue) return { kind: 'token', act: (fault) => server.token(asked, issue, fault) }
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
    const secret = (standIn.readCredential ?? readCredential)(asked)
    if (secret === undefined) return standIn.unauthorized('missing', asked)
    const found = tokens.find(secret)
    const here = host(asked.host) ?? {}
    const misplaced =
      found && Object.entries(found.place).some(([name, value]) => (here[name] ?? value) !== value)
    if (!found || found.provider !== id || found.use === 'refresh' || misplaced)
      return standIn.unauthorized('unknown', asked)
    if (!tokens.isLive(found)) return standIn.unauthorized(found.ended ? 'revoked' : 'expired', asked)
    const account = accounts().find((one) => one.id === found.account)
    if (!account) return standIn.unauthorized('unknown', asked)
    const headers = standIn.headers?.(found) ?? {}
    const wrongToken = route.token !== undefined && found.name !== route.token
    // A secret that no flow issued carries no scopes: it may do what its account may do.
    const scoped = found.use !== 'static' || found.scopes.length > 0
    const lacks =
      scoped && route.scope !== undefined && !route.scope.some((scope) => found.scopes.includes(scope))
    const reply =
      wrongToken || lacks
        ? standIn.forbidden({ scope: route.scope ?? [], ...(route.token && { token: route.token }) }, found)
        : route.handle({ asked, params, token: found, account })
    return { ...reply, headers: { ...headers, ...reply.headers } }
  }

  return {
    provider,
    standIn,
    client,
    accounts,
    owns: (host) => hosts.some((pattern) => pattern(host) !== undefined),
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

function ownHosts(provider: Provider, oauth: OAuth2 | undefined): string[] {
  const authorization = /^https:\/\/([^/]+)/.exec(oauth?.authorization_endpoint ?? '')?.[1]
  return authorization ? [...provider.hosts, authorization] : [...provider.hosts]
}

function readCredential(asked: Asked): string | undefined {
  const basic = readBasic(asked.headers.authorization)
  return basic ? `${basic.username}:${basic.password}` : readBearer(asked.headers.authorization)
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
