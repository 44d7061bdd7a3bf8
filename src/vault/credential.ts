/** What the vault seals, and how it is put on a request. Only this folder sees these types in the clear. */
import { createHmac } from 'node:crypto'
import { at, type Authorization, type JsonObject, type OAuth2, type PlacedMethod } from '../catalog/define.ts'
import { fill } from '../catalog/fill.ts'
import { HubError } from '../errors.ts'

export type Placed = {
  headers: Record<string, string>
  pathPrefix: string
  /** A query parameter. */
  proof?: { name: string; value: string }
}

export type TokenSet = {
  access_token: string
  refresh_token?: string
  /** Milliseconds since 1970; absent: it does not end, or nobody says when. */
  expires_at?: number
  scope?: string
  /** The access token itself is renewed: not before `from`, and due at `at`. Milliseconds since 1970. */
  renewal?: { from: number; at: number }
}

export type Credential =
  /** `main` and, where a grant gives several, further ones by name. */
  | { kind: 'oauth2'; tokens: { main: TokenSet } & Record<string, TokenSet> }
  /** An API key, a bot token, a user name with its password: what the person typed, and what signing in with it gave. */
  | { kind: 'secret'; values: Record<string, string>; session?: Session }
  /** That of another connection of the same organization, by its id. */
  | { kind: 'borrowed'; connection: string }

export type Session = Pick<TokenSet, 'access_token' | 'expires_at'>

export function encodeCredential(credential: Credential): Buffer {
  return Buffer.from(JSON.stringify(credential))
}

export function decodeCredential(plaintext: Buffer): Credential {
  return JSON.parse(plaintext.toString('utf8')) as Credential
}

/** One RFC 6749 token answer as a token set; the old refresh token stays where no new one came. */
export function readTokenSet(body: JsonObject, now: number, method: OAuth2, previous?: TokenSet): TokenSet {
  const { assumed_lifetime, exchange } = method.refresh
  const lifetime = readLifetime(body, now) ?? assumed_lifetime
  const refreshToken = exchange
    ? undefined
    : typeof body.refresh_token === 'string' && body.refresh_token
      ? body.refresh_token
      : previous?.refresh_token
  const scope = typeof body.scope === 'string' ? body.scope : previous?.scope
  const from = now + (exchange?.min_age ?? 0) * 1000
  return {
    access_token: typeof body.access_token === 'string' ? body.access_token : '',
    ...(refreshToken ? { refresh_token: refreshToken } : {}),
    ...(lifetime ? { expires_at: now + lifetime * 1000 } : {}),
    ...(scope === undefined ? {} : { scope }),
    // A token that does not end needs no renewal.
    ...(exchange && lifetime
      ? { renewal: { from, at: Math.max(from, now + (lifetime - exchange.ahead) * 1000) } }
      : {}),
  }
}

/** Seconds; undefined: the answer does not tell, or tells nonsense. */
function readLifetime({ expires_in, expires_at }: JsonObject, now: number): number | undefined {
  const told =
    typeof expires_in === 'number'
      ? expires_in
      : typeof expires_at === 'number'
        ? Math.floor(expires_at - now / 1000)
        : 0
  return told > 0 ? told : undefined
}

/** The answer to a code exchange, with the grant's extra tokens. */
export function readGrant(body: JsonObject, now: number, method: OAuth2): Credential {
  const tokens: { main: TokenSet } & Record<string, TokenSet> = { main: readTokenSet(body, now, method) }
  for (const [name, path] of Object.entries(method.extra_tokens ?? {})) {
    const extra = at(body, path)
    if (
      extra &&
      typeof extra === 'object' &&
      !Array.isArray(extra) &&
      typeof extra.access_token === 'string'
    ) {
      tokens[name] = readTokenSet(extra, now, method)
    }
  }
  return { kind: 'oauth2', tokens }
}

/** Splits what a server calls scope: spaces by the RFC, commas by habit. */
export function splitScopes(scope: string | undefined): string[] {
  return (scope ?? '').split(/[\s,]+/).filter(Boolean)
}

/** Every scope of a grant, over all its tokens. */
export function grantedScopes(credential: Credential): string[] {
  if (credential.kind !== 'oauth2') return []
  return [...new Set(Object.values(credential.tokens).flatMap(({ scope }) => splitScopes(scope)))]
}

/** When the first of a credential's access tokens ends, in ms; undefined: none does. */
export function firstExpiry(credential: Credential): number | undefined {
  if (credential.kind === 'secret') return credential.session?.expires_at
  if (credential.kind === 'borrowed') return undefined
  const ends = Object.values(credential.tokens).flatMap(({ expires_at }) => expires_at ?? [])
  return ends.length > 0 ? Math.min(...ends) : undefined
}

/** Whether the hub can have something newer now, without a person. */
export function isRenewable(credential: Credential, now: number): boolean {
  if (credential.kind === 'secret') return credential.session !== undefined
  if (credential.kind === 'borrowed') return false
  return Object.values(credential.tokens).some(
    (set) => set.refresh_token !== undefined || isExchangeable(set, now),
  )
}

/** Whether the access token lives and is old enough to be exchanged for one that lives longer. */
export function isExchangeable({ renewal, expires_at }: TokenSet, now: number): boolean {
  return renewal !== undefined && renewal.from <= now && (expires_at === undefined || expires_at > now)
}

/** Headers, a path prefix and a query parameter that put a credential on a request. */
export function authorizationFor(
  credential: Credential,
  method: PlacedMethod,
  options: {
    /** Name of the token to use where a grant has several. */
    token?: string | undefined
    clientId?: string | null | undefined
    /** Of the declaration's own call, instead of the method's placement; only there the client's secret may stand. */
    placement?: Authorization | undefined
    /** Of the client that the token was issued to. */
    clientSecret?: string | undefined
  } = {},
): Placed {
  const { values, bearer } = valuesOf(credential, method, options.token ?? 'main')
  const placement = options.placement ?? ('authorization' in method ? method.authorization : undefined)
  if (!placement || placement.scheme === 'bearer')
    return {
      headers: { authorization: `Bearer ${bearer}` },
      pathPrefix: '',
      ...proofOf(method, bearer, options.clientSecret),
    }
  const known = {
    ...values,
    ...(options.clientId && { client_id: options.clientId }),
    ...(options.placement && options.clientSecret && { client_secret: options.clientSecret }),
  }
  switch (placement.scheme) {
    case 'basic': {
      const pair = `${fill(placement.username, known)}:${fill(placement.password, known)}`
      return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, pathPrefix: '' }
    }
    case 'header':
      return { headers: { [placement.name.toLowerCase()]: fill(placement.value, known) }, pathPrefix: '' }
    case 'path':
      return { headers: {}, pathPrefix: fill(placement.prefix, known) }
  }
}

/** Puts what belongs into the query there, whatever a caller wrote under that name. */
export function proveToken(url: URL, { proof }: Placed): URL {
  if (proof) url.searchParams.set(proof.name, proof.value)
  return url
}

function proofOf(method: PlacedMethod, token: string, secret: string | undefined): Pick<Placed, 'proof'> {
  if (method.kind !== 'oauth2' || !method.token_proof || !secret) return {}
  const value = createHmac('sha256', secret).update(token).digest('hex')
  return { proof: { name: method.token_proof, value } }
}

/** What a placement's braces are filled from, and what a bearer token is. */
function valuesOf(
  credential: Credential,
  method: PlacedMethod,
  token: string,
): { values: Record<string, string>; bearer: string } {
  if (credential.kind === 'oauth2' || !('fields' in method)) {
    const tokens: Readonly<Record<string, TokenSet>> = credential.kind === 'oauth2' ? credential.tokens : {}
    const set = Object.hasOwn(tokens, token) ? tokens[token] : undefined
    if (!set) throw noSuchToken(token, Object.keys(tokens))
    return { values: { access_token: set.access_token }, bearer: set.access_token }
  }
  if (token !== 'main') throw noSuchToken(token, ['main'])
  if (credential.kind === 'borrowed') throw new Error('a borrowed credential is placed as its lender’s')
  const { values, session } = credential
  if (session)
    return { values: { ...values, access_token: session.access_token }, bearer: session.access_token }
  const secret = method.fields.find((field) => field.secret)
  return { values, bearer: values[secret?.name ?? ''] ?? '' }
}

function noSuchToken(name: string, known: readonly string[]): HubError {
  return new HubError(
    'token_not_available',
    `This grant has no token named "${name}". It has: ${known.join(', ')}.`,
  )
}
