/**
 * One authorization server for all: it enforces what the declaration says (client authentication, body format, PKCE,
 * redirect URI, rotation) and words its answers by the stand-in's quirks.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { CallbackSignature, OAuth2, Provider } from '../catalog/define.ts'
import { readRequestedScopes } from './consent.ts'
import type { Taken } from './declared.ts'
import { readDecision, showConsent } from './decision.ts'
import type { FaultKind } from './faults.ts'
import {
  type Asked,
  isForm,
  isJson,
  json,
  type Reply,
  readArguments,
  readBasic,
  redirect,
} from './messages.ts'
import { renderProblemPage } from './pages.ts'
import type { Account, Issued, Quirks, StandIn, TokenProblem, Tools } from './stand-in.ts'
import type { CodeRecord, Grant, TokenRecord } from './tokens.ts'

export type Server = {
  /** The authorization endpoint: pages for people. */
  authorize: (asked: Asked, place: Record<string, string>) => Reply
  /** The token endpoint, or the one for renewals of servers that have two. A fault may bend the answer. */
  token: (asked: Asked, place: Record<string, string>, fault?: FaultKind, at?: 'token' | 'renewal') => Reply
  /** A declared request that exchanges an access token for one that lives longer. */
  prolong: (asked: Asked, step: 'upgrade' | 'renew', taken: Taken, fault?: FaultKind) => Reply
}

const DEFAULT_CODE_LIFETIME = 600
const SHORT_LIFETIME = 3600

export function createServer(options: {
  tools: Tools
  provider: Provider
  oauth: OAuth2
  standIn: StandIn
  quirks: Quirks
  redirectUris: () => readonly string[]
  addAccount: (account: Account) => void
}): Server {
  const { tools, provider, oauth, quirks } = options
  const { tokens, now, client } = tools
  const separator = oauth.scope_separator ?? ' '
  const extraNames = Object.keys(oauth.scope_params ?? {})
  const readScopes = (query: URLSearchParams) => [
    ...(quirks.scopesOf?.(query) ?? readRequestedScopes(oauth, query)),
  ]

  /** What is wrong with an authorization request. Without a redirect URI to trust, the person is told on a page. */
  function judge(
    query: URLSearchParams,
  ): { page: string } | { error: string; description: string } | undefined {
    const redirectUri = query.get('redirect_uri') ?? ''
    if (query.get('client_id') !== client.client_id) {
      return { page: 'The client_id is not one that the sandbox gave out for this provider.' }
    }
    if (!options.redirectUris().includes(redirectUri)) {
      return { page: `The redirect URI ${redirectUri || '(none)'} is not registered for this client.` }
    }
    if (query.get('response_type') !== 'code') {
      return { error: 'unsupported_response_type', description: 'response_type must be code' }
    }
    const scopes = readScopes(query)
    const declared = provider.scopes ?? {}
    const unknown = scopes.filter((scope) => !Object.hasOwn(declared, scope))
    if (unknown.length > 0)
      return { error: 'invalid_scope', description: `Unknown scope: ${unknown.join(', ')}` }
    if (scopes.length === 0 && provider.scopes && !quirks.noScopeNeeded) {
      return { error: 'invalid_scope', description: 'Missing required parameter: scope' }
    }
    for (const [name, value] of Object.entries(oauth.authorization_params ?? {})) {
      if (!query.has(name))
        return { error: 'invalid_request', description: `Missing parameter: ${name}=${value}` }
    }
    // RFC 7636 section 4.4.1
    if (!oauth.pkce && !/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')) {
      return { error: 'invalid_request', description: 'code challenge required' }
    }
    if (!oauth.pkce && query.get('code_challenge_method') !== 'S256') {
      return { error: 'invalid_request', description: 'transform algorithm not supported' }
    }
    return undefined
  }

  function back(
    query: URLSearchParams,
    parameters: Record<string, string>,
    place: Record<string, string>,
  ): Reply {
    const url = new URL(query.get('redirect_uri') as string)
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    const state = query.get('state')
    if (state !== null) url.searchParams.set('state', state)
    if (oauth.callback_signature) signCallback(url.searchParams, oauth.callback_signature, place)
    return redirect(url.href)
  }

  function signCallback(
    parameters: URLSearchParams,
    signature: CallbackSignature,
    place: Record<string, string>,
  ): void {
    for (const name of signature.echoes ?? []) parameters.set(name, place[name] ?? '')
    if (signature.timestamp) parameters.set(signature.timestamp.parameter, String(Math.floor(now() / 1000)))
    parameters.sort()
    const mac = createHmac('sha256', client.client_secret).update(parameters.toString())
    parameters.set(signature.parameter, mac.digest('hex'))
  }

  function authorize(asked: Asked, place: Record<string, string>): Reply {
    const { query } = asked
    const wrong = judge(query)
    if (wrong && 'page' in wrong) {
      return renderProblemPage({
        publicUrl: tools.publicUrl,
        title: 'This request cannot be answered',
        detail: wrong.page,
      })
    }
    if (wrong) return back(query, { error: wrong.error, error_description: wrong.description }, place)
    return asked.method === 'POST' ? decide(asked, place) : show(query)
  }

  function show(query: URLSearchParams, chosen?: Account): Reply {
    return showConsent(options, {
      query,
      scopes: readScopes(query),
      redirectUri: query.get('redirect_uri') as string,
      chosen,
    })
  }

  function decide(asked: Asked, place: Record<string, string>): Reply {
    const { query } = asked
    const decision = readDecision(options, asked, readScopes(query))
    if (decision.kind === 'other') return show(query, decision.account)
    if (decision.kind === 'denied') return back(query, { error: 'access_denied', ...quirks.denial }, place)
    const { account, scopes, picked } = decision
    const refused = quirks.refuses?.({ scopes, account, place })
    if (refused) return back(query, refused, place)
    const code = quirks.code?.() ?? tools.random(32)
    const challenge = oauth.pkce ? null : query.get('code_challenge')
    const home = quirks.home?.({ account, place }) ?? place
    tokens.putCode(code, {
      provider: provider.id,
      client: client.client_id,
      account: account.id,
      scopes,
      picked,
      place: home,
      redirectUri: query.get('redirect_uri') as string,
      ...(challenge && { challenge }),
      offline:
        !['none', 'exchange'].includes(oauth.refresh.rotates) &&
        (quirks.offline?.({ query, scopes, account }) ?? true),
      expiresAt: now() + (oauth.code_lifetime ?? DEFAULT_CODE_LIFETIME) * 1000,
    })
    return back(query, { code, ...quirks.callback?.({ scopes, picked, account, place: home }) }, place)
  }

  function token(
    asked: Asked,
    place: Record<string, string>,
    fault?: FaultKind,
    at: 'token' | 'renewal' = 'token',
  ): Reply {
    const fail = (problem: TokenProblem) => quirks.failure?.(problem, asked) ?? rfcFailure(problem)
    if (fault === 'invalid_client') return fail('bad_client')
    if (asked.method !== 'POST') return fail('bad_format')
    if (oauth.token_request_format === 'json' ? !isJson(asked) : !isForm(asked)) return fail('bad_format')
    const request = readArguments({ ...asked, query: new URLSearchParams() })
    if (!authenticates(asked, request)) return fail('bad_client')
    const refreshes = !['none', 'exchange'].includes(oauth.refresh.rotates)
    const renews = at === (oauth.refresh_endpoint ? 'renewal' : 'token')
    if (request['grant_type'] === 'authorization_code' && at === 'token')
      return exchange(asked, request, place, fault, fail)
    if (request['grant_type'] === 'refresh_token' && refreshes && renews)
      return refresh(asked, request, place, fault, fail)
    return fail('bad_grant_type')
  }

  /** RFC 6749 section 2.3.1, by the declared method and no other. */
  function authenticates(asked: Asked, request: Record<string, string>): boolean {
    const basic = readBasic(asked.headers.authorization)
    if (oauth.token_endpoint_auth_method === 'client_secret_basic') {
      // Section 2.3.1 has both form-encoded before they are joined; few servers decode them, so neither does this one.
      return (
        basic !== undefined &&
        same(basic.username, client.client_id) &&
        same(basic.password, client.client_secret)
      )
    }
    if (asked.headers.authorization !== undefined) return false
    if (!same(request['client_id'] ?? '', client.client_id)) return false
    return (
      oauth.token_endpoint_auth_method === 'none' ||
      same(request['client_secret'] ?? '', client.client_secret)
    )
  }

  function exchange(
    asked: Asked,
    request: Record<string, string>,
    place: Record<string, string>,
    fault: FaultKind | undefined,
    fail: (problem: TokenProblem) => Reply,
  ): Reply {
    const record = tokens.findCode(request['code'] ?? '')
    if (!record || record.client !== client.client_id || !samePlace(record.place, place))
      return fail('bad_code')
    if (record.family !== undefined) {
      tokens.endFamily(record.family, 'reused')
      return fail('used_code')
    }
    if (record.expiresAt <= now()) return fail('expired_code')
    if (request['redirect_uri'] !== record.redirectUri) return fail('bad_redirect_uri')
    if (record.challenge !== undefined) {
      const digest = createHash('sha256')
        .update(request['code_verifier'] ?? '')
        .digest('base64url')
      if (!same(digest, record.challenge)) return fail('bad_verifier')
    }
    record.family = tools.random(16)
    const account = findAccount(record)
    if (!account) return fail('bad_code')
    const issued: Record<string, Issued> = {}
    for (const name of ['main', ...extraNames]) {
      const scopes = record.scopes.filter((scope) => (provider.scopes?.[scope]?.token ?? 'main') === name)
      if (name !== 'main' && scopes.length === 0) continue
      const short = oauth.refresh.exchange?.upgrade !== undefined
      issued[name] = issue({
        name,
        record,
        scopes,
        account,
        request,
        fault,
        refreshes: record.offline,
        short,
      })
    }
    return answer({ asked, grantType: 'authorization_code', tokens: issued, account, grant: record })
  }

  function refresh(
    asked: Asked,
    request: Record<string, string>,
    place: Record<string, string>,
    fault: FaultKind | undefined,
    fail: (problem: TokenProblem) => Reply,
  ): Reply {
    const presented = request['refresh_token'] ?? ''
    const record = tokens.find(presented)
    if (record?.use !== 'refresh' || record.client !== client.client_id || !samePlace(record.place, place)) {
      return fail('bad_refresh_token')
    }
    if (record.ended) {
      const again = record.ended.why === 'rotated' && now() - record.ended.at <= (quirks.leeway ?? 0) * 1000
      if (!again || !quirks.leeway) {
        // Whoever repeats a used token may have stolen it: everything that descends from the grant ends.
        if (record.ended.why === 'rotated') tokens.endFamily(record.family, 'reused')
        return fail('bad_refresh_token')
      }
    }
    if (record.expiresAt !== null && record.expiresAt <= now()) return fail('bad_refresh_token')
    const account = findAccount(record)
    if (!account) return fail('bad_refresh_token')
    if (quirks.endsPreviousAccess) tokens.endAccess(record.family, record.name)
    const keepsToken =
      oauth.refresh.rotates === 'never' || fault === 'no_refresh_token' || fault === 'same_refresh_token'
    if (!keepsToken && !record.ended) tokens.end(record, 'rotated')
    const issued = issue({
      name: record.name,
      record,
      family: record.family,
      scopes: record.scopes,
      account,
      request,
      fault,
      refreshes: !keepsToken,
    })
    if (fault === 'same_refresh_token') issued.refresh_token = presented
    return answer({
      asked,
      grantType: 'refresh_token',
      tokens: { [record.name]: issued },
      account,
      grant: record,
    })
  }

  function prolong(asked: Asked, step: 'upgrade' | 'renew', taken: Taken, fault?: FaultKind): Reply {
    const { exchange } = oauth.refresh
    const { client_id = client.client_id, client_secret = client.client_secret } = taken
    if (
      fault === 'invalid_client' ||
      !same(client_id, client.client_id) ||
      !same(client_secret, client.client_secret)
    )
      return quirks.failure?.('bad_client', asked) ?? rfcFailure('bad_client')
    const refuse = (why: 'unknown' | 'young') =>
      quirks.exchangeFailure?.(why, asked) ??
      json(400, { error: 'invalid_grant', error_description: `The access token is ${why}.` })
    const record = tokens.find(taken['access_token'] ?? '')
    const account = record && findAccount(record)
    const fits = record?.use === 'access' && record.client === client.client_id && tokens.isLive(record)
    // Where a fresh token is upgraded first, only the lasting one is renewed.
    if (!fits || !account || (step === 'renew' && record.short === true)) return refuse('unknown')
    if (step === 'renew' && now() - record.issuedAt < (exchange?.min_age ?? 0) * 1000) return refuse('young')
    const { name, family, scopes } = record
    const issued = issue({ name, record, family, scopes, account, request: taken, fault, refreshes: false })
    return answer({ asked, grantType: 'exchange', tokens: { [name]: issued }, account, grant: record })
  }

  function issue(of: {
    name: string
    record: CodeRecord | TokenRecord
    family?: string
    scopes: string[]
    account: Account
    request: Record<string, string>
    fault: FaultKind | undefined
    refreshes: boolean
    /** It is upgraded before it is used. */
    short?: boolean
  }): Issued {
    const { name, record, scopes, account, request, fault } = of
    const set = tools.settings().lifetime
    const declared = typeof quirks.lifetime === 'function' ? quirks.lifetime(request) : quirks.lifetime
    const short = of.short && set !== null
    const lifetime = short ? (quirks.shortLifetime ?? SHORT_LIFETIME) : set === undefined ? declared : set
    const expiresAt = lifetime === null ? null : now() + lifetime * 1000
    const grant: Grant & Pick<TokenRecord, 'name' | 'family' | 'issuedAt'> = {
      provider: provider.id,
      client: record.client,
      account: record.account,
      scopes,
      picked: record.picked,
      place: record.place,
      name,
      family: of.family ?? record.family ?? '',
      issuedAt: now(),
    }
    const access = quirks.access({ name, account, scopes, expiresAt })
    tokens.put(access, { ...grant, use: 'access', expiresAt, ...(of.short && { short: true }) })
    const issued: Issued = { access_token: access, scopes }
    // A token that never ends needs no other to follow it.
    const follows = lifetime !== null || quirks.refreshesForGood
    if (of.refreshes && follows && fault !== 'no_refresh_token') {
      const secret = quirks.refresh?.({ name }) ?? tools.random(48)
      const refreshExpiresAt =
        quirks.refreshLifetime === undefined ? null : now() + quirks.refreshLifetime * 1000
      tokens.put(secret, { ...grant, use: 'refresh', expiresAt: refreshExpiresAt })
      issued.refresh_token = secret
    }
    if (lifetime !== null && quirks.tellsLifetime !== false) issued.expires_in = lifetime
    if (fault === 'expires_in_zero') issued.expires_in = 0
    if (fault === 'expires_in_string') issued.expires_in = String(lifetime ?? 3600)
    if (fault === 'expires_in_missing') delete issued.expires_in
    return issued
  }

  function answer(given: Parameters<NonNullable<Quirks['answer']>>[0]): Reply {
    if (quirks.answer) return quirks.answer(given)
    const [issued] = Object.values(given.tokens)
    return json(200, { ...readIssued(issued as Issued, separator), token_type: 'bearer' })
  }

  function findAccount(record: { account: string }): Account | undefined {
    return tools.accounts().find(({ id }) => id === record.account)
  }

  return { authorize, token, prolong }
}

/** The fields of RFC 6749 section 5.1, scopes joined. */
export function readIssued(issued: Issued, separator: string): Record<string, string | number> {
  const { scopes, ...fields } = issued
  return { ...fields, scope: scopes.join(separator) }
}

function rfcFailure(problem: TokenProblem): Reply {
  const [status, error, error_description] = RFC_FAILURES[problem]
  return json(status, { error, error_description })
}

/** RFC 6749 section 5.2 */
export const RFC_FAILURES: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'The request is not one this endpoint takes.'],
  bad_client: [401, 'invalid_client', 'Client authentication failed.'],
  bad_code: [400, 'invalid_grant', 'The code is not known.'],
  used_code: [400, 'invalid_grant', 'The code was used before.'],
  expired_code: [400, 'invalid_grant', 'The code has expired.'],
  bad_redirect_uri: [
    400,
    'invalid_grant',
    'The redirect_uri differs from that of the authorization request.',
  ],
  bad_verifier: [400, 'invalid_grant', 'The code_verifier does not match the challenge.'],
  bad_refresh_token: [400, 'invalid_grant', 'The refresh token is unknown, used, expired or revoked.'],
  bad_grant_type: [400, 'unsupported_grant_type', 'The grant type is not supported.'],
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Hosts of one grant may be named by different parameters (pages here, the API there): those of both are compared. */
function samePlace(a: Record<string, string>, b: Record<string, string>): boolean {
  return Object.keys(b).every((name) => (a[name] ?? b[name]) === b[name])
}
