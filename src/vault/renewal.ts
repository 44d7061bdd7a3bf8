/** What is sent to have a newer credential: a refresh token, the access token itself, or the typed secret again. */
import type { JsonObject, OAuth2, PlacedMethod } from '../catalog/define.ts'
import { fillHosts } from '../catalog/fill.ts'
import { pickTold, readTold } from '../catalog/parameters.ts'
import type { Egress } from '../egress/egress.ts'
import { OAuthRejection, type Transport } from '../oauth/server.ts'
import { refreshTokens } from '../oauth/token.ts'
import { type Credential, isExchangeable, readTokenSet, type TokenSet } from './credential.ts'
import { exchangeAccessToken } from './exchange.ts'
import { fillingOf } from './filling.ts'
import { authorizationServerOf, type Integration } from './integrations.ts'
import type { RefreshReason } from './refresh.ts'
import { signIn, signsIn } from './session.ts'
import type { SealedEntry } from './vault.ts'

/** The provider said, by a signal that is declared for it, that nothing newer can be had. */
export class CredentialDead extends Error {
  /** The provider's own word. */
  readonly code: string
  constructor(code: string) {
    super(`the provider ended the credential: ${code}`)
    this.name = 'CredentialDead'
    this.code = code
  }
}

export type Renewed = {
  /** Undefined: nothing newer was obtained. */
  credential: Credential | undefined
  /** Parameters that the answer told, held to their patterns. */
  told: Record<string, string>
  /** Set where something failed; what was obtained before it is kept all the same. */
  failure?: unknown
}

/** Longer than any answer worth waiting for; shorter than the lease, so that the holder gives up first. */
export const HTTP_TIMEOUT_MS = 75_000

/** Of several tokens those that end later than this stay, unless somebody asked. */
const DUE_MS = 30 * 60_000

export type Renew = ReturnType<typeof createRenewer>

export function createRenewer(options: {
  egress: Egress
  now: () => number
  log: (message: string, detail?: Record<string, unknown>) => void
}) {
  const { egress, now, log } = options

  type Given = {
    entry: SealedEntry
    integration: Integration
    reason: RefreshReason
  }

  return async function renew(
    given: Given & { credential: Credential; method: PlacedMethod },
  ): Promise<Renewed> {
    const { credential, method } = given
    const renewed: Renewed = { credential: undefined, told: {} }
    try {
      if (credential.kind === 'secret') await signInAgain(given, credential, method, renewed)
      else if (credential.kind === 'oauth2' && method.kind === 'oauth2')
        await renewTokens(given, credential, method, renewed)
    } catch (error) {
      renewed.failure =
        error instanceof OAuthRejection && method.kind === 'oauth2' && isDead(method, error)
          ? new CredentialDead(error.error)
          : error
    }
    return renewed
  }

  async function signInAgain(
    { entry, integration }: Given,
    credential: Credential & { kind: 'secret' },
    method: PlacedMethod,
    renewed: Renewed,
  ): Promise<void> {
    if (!signsIn(method)) return
    const { values } = credential
    const signedIn = await signIn({
      integration,
      method,
      parameters: entry.parameters,
      values,
      egress,
      timeout: HTTP_TIMEOUT_MS,
      now,
    })
    if (!signedIn) throw new CredentialDead('secret_refused')
    renewed.credential = { kind: 'secret', values, session: signedIn.session }
    take(renewed, entry, integration, signedIn.parameters)
  }

  async function renewTokens(
    given: Given,
    credential: Credential & { kind: 'oauth2' },
    method: OAuth2,
    renewed: Renewed,
  ): Promise<void> {
    const { entry, integration } = given
    const send = senderOf(given, method)
    const { tokens } = credential
    for (const [name, token] of Object.entries(tokens)) {
      if (Object.keys(tokens).length > 1 && !isWanted(token, given.reason)) continue
      const body = await send(token)
      if (!body) continue
      const own = method.extra_tokens?.[name] ? nestedIn(body, method.extra_tokens[name]) : undefined
      renewed.credential = {
        kind: 'oauth2',
        tokens: {
          ...(renewed.credential?.kind === 'oauth2' ? renewed.credential.tokens : tokens),
          [name]: readTokenSet(own ?? body, now(), method, token),
        },
      }
      take(renewed, entry, integration, pickTold(method.parameters_from, { token: body }))
    }
  }

  function isWanted({ expires_at }: TokenSet, reason: RefreshReason): boolean {
    const ends = expires_at !== undefined && expires_at - now() < DUE_MS
    return ends || reason === 'unauthorized' || reason === 'asked'
  }

  /** Undefined where this token cannot be renewed. */
  function senderOf({ entry, integration }: Given, method: OAuth2) {
    const { provider, client, routes } = integration
    if (!client) throw new OAuthRejection('invalid_client', 401)
    const { parameters } = entry
    const timeout = HTTP_TIMEOUT_MS
    const { exchange } = method.refresh
    if (exchange) {
      const common = { integration, method, parameters, request: exchange.renew, egress, timeout, now }
      return async (token: TokenSet) =>
        isExchangeable(token, now())
          ? exchangeAccessToken({ ...common, accessToken: token.access_token })
          : undefined
    }
    const filling = fillingOf(integration, parameters)
    const server = authorizationServerOf(provider, method, filling)
    const hosts = [...fillHosts(provider.hosts, filling), new URL(server.token_endpoint).host]
    const transport: Transport = (request) => egress.send({ ...request, hosts, routes, timeout })
    return async ({ refresh_token: refreshToken }: TokenSet): Promise<JsonObject | undefined> =>
      refreshToken === undefined
        ? undefined
        : ((await refreshTokens({ server, client, transport, refreshToken, now })) as JsonObject)
  }

  function take(
    renewed: Renewed,
    entry: SealedEntry,
    { provider }: Integration,
    raw: Record<string, string>,
  ): void {
    const { values, wrong } = readTold(provider, raw)
    if (wrong.length === 0) Object.assign(renewed.told, values)
    // The credential is good, and so is the place that was known before.
    else log('a renewal told a value that does not have the expected form', { connection: entry.id, wrong })
  }
}

function isDead(method: OAuth2, { error }: OAuthRejection): boolean {
  return (method.refresh.dead ?? ['invalid_grant']).includes(error)
}

/** A named token may be nested in a refresh answer as it is in the grant. */
function nestedIn(body: JsonObject, path: string): JsonObject | undefined {
  const nested = body[path]
  return nested && typeof nested === 'object' && !Array.isArray(nested) && 'access_token' in nested
    ? nested
    : undefined
}
