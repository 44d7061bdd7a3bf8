/**
 * Authorised calls: everyone outside this folder gets a way to call, not a token. A call carries a credential that
 * is fresh, goes only to the provider's hosts, and is repeated once with a refreshed credential when refused.
 */
import { Readable } from 'node:stream'
import { type AnswerHead, hidesErrors, judgeAnswer, readWait, type Verdict } from '../catalog/answers.ts'
import type { ApiRequest, Json } from '../catalog/define.ts'
import { bracesOf, buildRequest, fill, fillHosts, parseJson, type Values } from '../catalog/fill.ts'
import { baseUrlOf } from '../catalog/methods.ts'
import {
  allowsHost,
  type Answer,
  type Egress,
  type OnStart,
  type Outbound,
  routeUrl,
  type Sink,
} from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { authorizationFor, type Credential, isRenewable, type Placed, proveToken } from './credential.ts'
import { fillingOf, headersOf } from './filling.ts'
import {
  credentialMethod,
  type Integration,
  type Integrations,
  type IntegrationSettings,
  type Mode,
} from './integrations.ts'
import type { Refresher } from './refresh.ts'
import type { ConnectionKey } from './status.ts'
import type { Asked, SealedEntry, Vault } from './vault.ts'

export type { Sink }

export type ProxyCall = {
  method: string
  /** As the caller wrote it: begins with "/", may hold a query. */
  path: string
  /** Name of a declared further root. */
  base?: string | undefined
  /** Name of a further token of the grant. */
  token?: string | undefined
  headers: Record<string, string>
  /** A buffer can be sent again after a refresh, a stream cannot. */
  body: Buffer | Readable | undefined
  /** Gets the way to break the call off; again where it is repeated. */
  onStart?: OnStart
}

export type AccessToken = {
  access_token: string
  expires_at: number | undefined
  scope: string | undefined
  extra: Record<string, { access_token: string; expires_at: number | undefined }>
}

/** A grant that is not stored yet. */
export type Unsaved = {
  organization: string
  provider: string
  mode: Mode
  method: string
  parameters: Readonly<Record<string, string>>
  credential: Credential
}

export type Access = {
  /**
   * @param read the entry, where the caller has just read it, for somebody whom it may be told
   * @throws HubError `token_not_available` for credentials that are not tokens
   */
  accessToken(connection: Asked, read?: SealedEntry): Promise<AccessToken>
  /** The same where everything is in memory and the token has life left; else undefined, and `accessToken` tells why. */
  accessTokenInMemory(connection: Asked): AccessToken | undefined
  /** A declared call of the provider, whole answer. `credential` given: that one, not yet stored. */
  call(
    target: ConnectionKey | Unsaved,
    request: ApiRequest,
    options?: {
      /** Without the credential: whether something is there at all. */
      anonymous?: boolean
      /** Fill braces of the request beside the parameters; encoded where they stand in the URL. */
      values?: Values
    },
  ): Promise<{
    verdict: Verdict
    answer: Answer
    body: Json | undefined
    retryAfter: number | undefined
    /** The stored credential that the answer is about; undefined: none, or one not yet stored. */
    carried: { connection: string; version: number } | undefined
  }>
  /** Streams; `onHead` says where the body goes. */
  stream(connection: Asked, call: ProxyCall, onHead: (head: AnswerHead) => Sink): Promise<void>
}

type Method = ReturnType<typeof credentialMethod>
/** `opens`: the entry whose credential the calls carry, where that is another connection's. */
type Usable = SealedEntry & { opens?: SealedEntry }
const NOTHING: Placed = { headers: {}, pathPrefix: '' }
type Place = {
  base: URL
  headers: Record<string, string>
  hosts: string[]
  settings: IntegrationSettings
}

/** Handed-out tokens have at least this much life left, so that the call they are for still passes. */
const SKEW_MS = 30_000
/** Up to here an answer is read to see whether it hides an error. */
const PEEK_BYTES = 256 * 1024
const HOLD_LIMIT_MS = 3_600_000

export function createAccess(options: {
  vault: Vault
  refresher: Refresher
  integrations: Integrations
  egress: Egress
  now: () => number
  /** A credential was refused though fresh: somebody should verify the connection. */
  onRefused: (connection: ConnectionKey) => void
}): Access {
  const { vault, refresher, integrations, egress, now, onRefused } = options
  const holds = createHolds(now)
  const places = new WeakMap<SealedEntry, Map<string, Place>>()

  /** @throws HubError `connection_invalid`, `connection_setup_required`, `refresh_delayed` when the token is over */
  async function freshEntry(connection: Asked, read?: SealedEntry): Promise<Usable> {
    const entry = read ?? (await vault.find(connection))
    if (entry.status === 'connection_invalid') throw new HubError('connection_invalid', entry.statusDetail)
    if (entry.lender) return borrow(entry, entry.lender)
    if (entry.expiresAt === undefined || entry.expiresAt - SKEW_MS > now()) return entry
    try {
      return await refresher.refresh(connection, entry, 'expired')
    } catch (error) {
      // The last seconds of a token are better than an error.
      if (error instanceof HubError && error.code === 'refresh_delayed' && entry.expiresAt > now())
        return entry
      throw error
    }
  }

  /** A connection without a credential of its own, with that of its lender at hand. */
  async function borrow(entry: SealedEntry, lender: string): Promise<Usable> {
    const own = await freshEntry({ organization: entry.organization, id: lender })
    return { ...entry, opens: own.opens ?? own }
  }

  /**
   * The entry as `freshEntry` would give it, where that needs nothing but memory: a promise costs every call a turn.
   * @throws what `admit` does
   */
  function entryInMemory(connection: Asked): SealedEntry | undefined {
    const entry = vault.peek(connection)
    if (!entry || entry.status === 'connection_invalid' || entry.lender) return undefined
    return entry.expiresAt === undefined || entry.expiresAt - SKEW_MS > now() ? entry : undefined
  }

  const openUsable = (entry: Usable): Credential => vault.open(entry.opens ?? entry)

  /** What the declaration says of an entry's calls, filled once while neither the entry nor the settings change. */
  function placeOf(entry: SealedEntry, integration: Integration, method: Method, base = ''): Place {
    const { settings } = integration
    const known = places.get(entry)?.get(base)
    if (known && known.settings === settings) return known
    const filling = fillingOf(integration, entry.parameters)
    const root = rootOf(integration, method, base || undefined)
    const unknown = bracesOf(root).filter((name) => filling[name] === undefined)
    if (unknown.length > 0)
      throw new HubError(
        'egress_refused',
        `${integration.provider.name} has not told "${unknown.join('", "')}" for this connection, which the base "${base}" needs. Verify the connection, or call another base.`,
      )
    const place = {
      base: new URL(fill(root, filling)),
      headers: headersOf(integration, filling),
      hosts: fillHosts(integration.provider.hosts, filling),
      settings,
    }
    places.set(entry, (places.get(entry) ?? new Map<string, Place>()).set(base, place))
    return place
  }

  function prepare(entry: Usable, integration: Integration, call: ProxyCall): Outbound {
    const { provider } = integration
    const method = credentialMethod(provider, entry.method)
    const placed = authorizationFor(openUsable(entry), method, {
      token: call.token,
      clientId: entry.clientId,
      clientSecret: secretOf(integration, entry.clientId),
    })
    const { headers, pathPrefix } = placed
    for (const name of Object.keys(headers)) {
      if (call.headers[name] !== undefined)
        throw new HubError('header_refused', `The hub sets "${name}" itself. Leave it out.`)
    }
    const place = placeOf(entry, integration, method, call.base)
    const path = joinPath(place.base, pathPrefix, call.path)
    const { destination } = call.headers
    const target = destination === undefined ? undefined : settleDestination(destination, place, pathPrefix)
    return {
      method: call.method,
      url: place.base,
      path: placed.proof ? pathOf(proveToken(new URL(path, place.base), placed)) : path,
      headers: {
        ...place.headers,
        ...call.headers,
        ...(target && { destination: routeUrl(target, integration.routes).href }),
        ...headers,
      },
      body: call.body,
      hosts: place.hosts,
      routes: integration.routes,
      timeout: 120_000,
    }
  }

  async function stream(
    connection: Asked,
    call: ProxyCall,
    onHead: (head: AnswerHead) => Sink,
  ): Promise<void> {
    let entry: Usable = entryInMemory(connection) ?? (await freshEntry(connection))
    const integration = integrations.resolve(entry.provider, entry.mode, entry.clientId)
    const { provider } = integration
    holds.check(connection, call)
    const canRepeat = !(call.body instanceof Readable)
    for (let attempt = 1; ; attempt++) {
      let refused = false
      const onAnswer = (head: AnswerHead) => {
        const mayRepeat = attempt === 1 && canRepeat
        const judge = (body: Json | undefined) => {
          const verdict = judgeAnswer(provider, head, body)
          if (verdict === 'rate_limited') holds.set(connection, call, readWait(provider, head, body, now()))
          if (verdict !== 'unauthorized') return false
          refused = true
          return mayRepeat
        }
        if (head.status !== 401 && !hidesErrors(provider, head)) {
          judge(undefined)
          return onHead(head)
        }
        return peek(judge, () => onHead(head))
      }
      await egress.stream(prepare(entry, integration, call), onAnswer, call.onStart)
      if (!refused) return
      if (attempt === 2 || !canRepeat) return onRefused(connection)
      const renewed = await renew(connection, entry)
      if (!renewed) {
        // Nothing newer can be had: the caller gets the provider's own answer.
        onRefused(connection)
        await egress.stream(prepare(entry, integration, call), onHead, call.onStart)
        return
      }
      entry = renewed
    }
  }

  /** A newer credential after a refusal; undefined where there is none to be had. */
  async function renew(connection: ConnectionKey, entry: Usable): Promise<Usable | undefined> {
    if (entry.opens) {
      const own = await renew(entry.opens, entry.opens)
      return own && { ...entry, opens: own }
    }
    const current = await vault.load(connection)
    if (current.version > entry.version) return current
    if (!isRenewable(vault.open(current), now())) return undefined
    return refresher.refresh(connection, current, 'unauthorized')
  }

  /** The credential of a grant that is not stored yet; a borrowed one is looked up at its lender. */
  async function ownOrLent({ organization, credential }: Unsaved): Promise<Credential> {
    if (credential.kind !== 'borrowed') return credential
    return openUsable(await freshEntry({ organization, id: credential.connection }))
  }

  return {
    stream,
    async accessToken(connection, read) {
      const token = tokenOf(openUsable(await freshEntry(connection, read)))
      if (token) return token
      throw new HubError(
        'token_not_available',
        'This connection holds a secret that its owner typed, not an access token. Use the proxy.',
      )
    },
    accessTokenInMemory(connection) {
      try {
        const entry = entryInMemory(connection)
        if (!entry) return undefined
        return tokenOf(vault.open(entry))
      } catch {
        // The usual way meets the same refusal, or the same seal, where an error has an answer.
        return undefined
      }
    },
    async call(target, request, { anonymous = false, values = {} } = {}) {
      // A verification asks the provider even where the hub believes the answer to be no; a dead grant stays dead,
      // because the refresh engine does not touch it.
      const found = 'id' in target ? await vault.find(target) : undefined
      const stored =
        found && found.status !== 'connection_invalid'
          ? await freshEntry(target as ConnectionKey, found)
          : found?.lender
            ? await borrow(found, found.lender)
            : found
      const send = async (entry: Usable | undefined) => {
        const { provider: id, mode, method: kind, parameters } = entry ?? (target as Unsaved)
        const integration = integrations.resolve(id, mode, entry?.clientId)
        const clientId = entry ? entry.clientId : integration.client?.client_id
        const method = credentialMethod(integration.provider, kind)
        const credential = entry ? openUsable(entry) : await ownOrLent(target as Unsaved)
        const placed = anonymous
          ? NOTHING
          : authorizationFor(credential, method, {
              clientId,
              placement: request.authorization,
              clientSecret: secretOf(integration, clientId),
            })
        const { headers, pathPrefix } = placed
        const filling = fillingOf(integration, parameters)
        const token = anonymous ? undefined : tokenOf(credential)?.access_token
        const encoded = { ...values, ...(token === undefined ? {} : { access_token: token }) }
        const built = buildRequest(request, baseUrlOf(integration.provider, method), filling, encoded)
        const url =
          request.url.startsWith('/') && pathPrefix
            ? new URL(built.url.origin + pathPrefix + built.url.pathname + built.url.search)
            : built.url
        const answer = await egress.send({
          ...built,
          url: proveToken(url, placed),
          headers: { ...headersOf(integration, filling), ...built.headers, ...headers },
          hosts: fillHosts(integration.provider.hosts, filling),
          routes: integration.routes,
        })
        const body = parseJson(answer.body)
        return {
          verdict: judgeAnswer(integration.provider, answer, body),
          answer,
          body,
          retryAfter: readWait(integration.provider, answer, body, now()),
          carried: anonymous || !entry ? undefined : carriedBy(entry.opens ?? entry),
        }
      }
      const first = await send(stored)
      if (first.verdict !== 'unauthorized' || !stored || anonymous) return first
      const renewed = await renew(target as ConnectionKey, stored)
      return renewed ? send(renewed) : first
    },
  }
}

const carriedBy = ({ id, version }: SealedEntry) => ({ connection: id, version })

/** The secret of the client that a token was issued to, where that is the one at hand. */
function secretOf({ client }: Integration, clientId: string | null | undefined): string | undefined {
  return client?.client_id === clientId ? client?.client_secret : undefined
}

function tokenOf(credential: Credential): AccessToken | undefined {
  if (credential.kind !== 'oauth2') return undefined
  const { main, ...extra } = credential.tokens
  return {
    access_token: main.access_token,
    expires_at: main.expires_at,
    scope: main.scope,
    extra: Object.fromEntries(
      Object.entries(extra).map(([name, set]) => [
        name,
        { access_token: set.access_token, expires_at: set.expires_at },
      ]),
    ),
  }
}

function rootOf({ provider }: Integration, method: Method, name: string | undefined): string {
  if (name === undefined) return baseUrlOf(provider, method)
  const { bases = {} } = provider.api
  const base = Object.hasOwn(bases, name) ? bases[name] : undefined
  if (base) return base
  const known = Object.keys(bases).join(', ') || 'none'
  throw new HubError('egress_refused', `${provider.name} has no base named "${name}". Declared: ${known}.`)
}

/**
 * Where a WebDAV resource is copied or moved to (RFC 4918 section 10.3): a path as the caller writes one, or an address
 * at the provider. Anywhere else a server might carry what is the person's to a place of the caller's choice.
 */
export function settleDestination(
  destination: string,
  place: Pick<Place, 'base' | 'hosts'>,
  prefix: string,
): URL {
  if (destination.startsWith('/')) return new URL(joinPath(place.base, prefix, destination), place.base)
  const url = URL.parse(destination)
  if (url && allowsHost(place.hosts, url)) return url
  throw new HubError('egress_refused', `A Destination has to lie at ${place.hosts.join(', ')}.`)
}

/**
 * A segment of dots, also as servers behind a proxy read it: with dots and slashes encoded, and with Tomcat's path
 * parameters.
 */
const CLIMBS = /(?:\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|;|%3b|$)/i
const STRAYS = /[\\#\s]|%5c/i
/** What the URL parser leaves as it is, in a path and in a query. */
const PLAIN = /^[\w\-.~!$&()*+,;=:@%/?]*$/

/**
 * Appends a caller's path below a base. The path may not climb out: dot segments are refused however they are
 * written, because the URL parser would resolve them.
 * @returns path and query
 */
export function joinPath(base: URL, prefix: string, path: string): string {
  const asked = path.indexOf('?')
  const pathname = asked === -1 ? path : path.slice(0, asked)
  const query = asked === -1 ? '' : path.slice(asked)
  const below = prefix + base.pathname.replace(/\/$/, '')
  const whole = below + pathname
  if (!pathname.startsWith('/') || pathname.startsWith('//') || CLIMBS.test(whole) || STRAYS.test(pathname)) {
    throw new HubError(
      'egress_refused',
      'The path must begin with one "/" and stay below the provider’s base address.',
    )
  }
  if (PLAIN.test(whole) && PLAIN.test(query)) return whole + query
  const url = new URL(base.origin + whole + query)
  if (url.origin !== base.origin || !url.pathname.startsWith(below)) {
    throw new HubError('egress_refused', 'The path leaves the provider’s base address.')
  }
  return pathOf(url)
}

const pathOf = ({ pathname, search }: URL): string => pathname + search

/**
 * Holds an answer back until it is known whether it refuses the credential. Answers too large to be an error
 * message flow on.
 * @param swallow called with the parsed body; true keeps the answer from the caller
 */
function peek(swallow: (body: Json | undefined) => boolean, forward: () => Sink): Sink {
  const held: Buffer[] = []
  let size = 0
  let target: Sink | undefined
  const flow = () => {
    const sink = forward()
    target = sink
    return held.reduce((_, chunk) => sink.write(chunk), true)
  }
  return {
    write(chunk) {
      if (target) return target.write(chunk)
      held.push(chunk)
      size += chunk.length
      return size <= PEEK_BYTES || flow()
    },
    end(last?: Buffer) {
      if (target) return last ? target.end(last) : target.end()
      const whole = Buffer.concat(last ? [...held, last] : held)
      return swallow(parseJson(whole)) ? undefined : forward().end(whole)
    },
    once: (event, listener) => target?.once(event, listener),
    destroy: (error) => target?.destroy(error),
  }
}

/** Remembers where a provider asked to wait, so that nobody asks again before. */
function createHolds(now: () => number) {
  const holds = new Map<string, number>()
  type Call = Pick<ProxyCall, 'method' | 'path'>
  const placeOf = ({ id }: ConnectionKey, { method, path }: Call) => `${id} ${method} ${path.split('?')[0]}`
  return {
    check(connection: ConnectionKey, call: Call): void {
      if (holds.size === 0) return
      const place = placeOf(connection, call)
      const until = holds.get(place)
      if (until === undefined) return
      if (until <= now()) {
        holds.delete(place)
        return
      }
      const seconds = Math.ceil((until - now()) / 1000)
      throw new HubError(
        'upstream_rate_limited',
        `The provider asked to wait ${seconds} s before the next call of this kind.`,
        { retryAfter: seconds },
      )
    },
    set(connection: ConnectionKey, call: Call, seconds: number | undefined): void {
      if (!seconds) return
      if (holds.size > 10_000) for (const [key, until] of holds) if (until <= now()) holds.delete(key)
      holds.set(placeOf(connection, call), now() + Math.min(HOLD_LIMIT_MS, seconds * 1000))
    },
  }
}
