/** From what a browser brought back to a grant: judged first, then the code is spent, or the token read. */
import { type FragmentToken, type JsonObject, type OAuth2, readText } from '../catalog/define.ts'
import { fillHosts } from '../catalog/fill.ts'
import { pickTold, readTold } from '../catalog/parameters.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { judgeCallback, type VerifiedCallback } from '../oauth/authorize.ts'
import { OAuthRejection, type Transport } from '../oauth/server.ts'
import { exchangeCode } from '../oauth/token.ts'
import { readGrant } from '../vault/credential.ts'
import { exchangeAccessToken } from '../vault/exchange.ts'
import { fillingOf } from '../vault/filling.ts'
import {
  authorizationServerOf,
  findMethod,
  type Integration,
  type Integrations,
} from '../vault/integrations.ts'
import type { AttemptRow, Grant } from './attempt.ts'
import { checkCallbackSignature } from './callback-signature.ts'

/** The exchange must end before the code does, and before the person loses patience. */
const EXCHANGE_TIMEOUT_MS = 30_000

export type Redeemer = ReturnType<typeof createRedeemer>

export function createRedeemer(options: { egress: Egress; integrations: Integrations; now: () => number }) {
  const { egress, integrations, now } = options

  /** Before the callback is parked or judged: a completing call may come later than a timestamp allows. */
  function checkSignature(row: AttemptRow, query: URLSearchParams): void {
    const { integration, method } = redirectMethod(row)
    if (!method.callback_signature) return
    checkCallbackSignature({
      provider: integration.provider,
      declared: method.callback_signature,
      secret: integration.client?.client_secret ?? '',
      query,
      parameters: row.parameters,
      now: now(),
    })
  }

  function judge(row: AttemptRow, parameters: URLSearchParams, state: string): VerifiedCallback {
    const { integration, method } = redirectMethod(row)
    const server = authorizationServerOf(integration.provider, method, fillingOf(integration, row.parameters))
    return judgeCallback({
      server,
      client: integration.client as NonNullable<Integration['client']>,
      parameters,
      expectedState: state,
    })
  }

  function redirectMethod(row: AttemptRow): { integration: Integration; method: OAuth2 } {
    const integration = integrations.resolve(row.provider, row.mode)
    const method = findMethod(integration.provider, row.method)
    if (method.kind !== 'oauth2')
      throw new HubError(
        'callback_refused',
        `${integration.provider.name}'s answer is not one that was asked for.`,
      )
    if (!integration.client)
      throw new HubError(
        'not_configured',
        `${integration.provider.name} has lost its OAuth client since this attempt began.`,
      )
    return { integration, method }
  }

  async function exchange(
    row: AttemptRow,
    verified: VerifiedCallback,
    query: URLSearchParams,
    codeVerifier: string | null,
  ): Promise<Grant> {
    const { integration, method } = redirectMethod(row)
    const { provider, client, routes, redirectUri } = integration
    // Where the code is spent may depend on what came with it (the data centre of the account).
    const beside = readTold(provider, pickTold(method.parameters_from, { query }))
    if (beside.wrong.length > 0)
      throw new HubError(
        'callback_refused',
        `${provider.name} came back with a value for "${beside.wrong.join('", "')}" that is none of its own. Nothing was exchanged.`,
      )
    const parameters = { ...row.parameters, ...beside.values }
    const filling = fillingOf(integration, parameters)
    const server = authorizationServerOf(provider, method, filling)
    const hosts = [...fillHosts(provider.hosts, filling), new URL(server.token_endpoint).host]
    const transport: Transport = (request) =>
      egress.send({ ...request, hosts, routes, timeout: EXCHANGE_TIMEOUT_MS })
    const granted = (await exchangeCode({
      server,
      client: client as NonNullable<typeof client>,
      transport,
      callback: verified,
      redirectUri: row.redirect_uri ?? (redirectUri as string),
      codeVerifier: codeVerifier ?? undefined,
      now,
    })) as JsonObject
    const token = await upgrade(integration, method, parameters, granted)
    const told = readTold(provider, pickTold(method.parameters_from, { token }))
    if (told.wrong.length > 0)
      throw new HubError(
        'upstream_invalid_answer',
        `${provider.name} told a value for "${told.wrong.join('", "')}" that does not have the expected form.`,
      )
    return {
      credential: readGrant(token, now(), method),
      token,
      parameters: { ...parameters, ...told.values },
      tenants: null,
    }
  }

  /** Swaps the short-lived token of a fresh grant for one that lasts, where the provider has both. */
  async function upgrade(
    integration: Integration,
    method: OAuth2,
    parameters: Record<string, string>,
    granted: JsonObject,
  ): Promise<JsonObject> {
    const { upgrade: request, endless } = method.refresh.exchange ?? {}
    if (!request || (endless === 'kept' && granted.expires_in === undefined)) return granted
    const lasting = await exchangeAccessToken({
      integration,
      method,
      parameters,
      request,
      accessToken: readText(granted, 'access_token') ?? '',
      egress,
      timeout: EXCHANGE_TIMEOUT_MS,
      now,
    })
    // What else the first answer said (whose account it is) holds for both; its lifetime does not.
    const { expires_in: _short, ...kept } = granted
    return { ...kept, ...lasting }
  }

  /** The grant that a fragment holds: the shape of RFC 6749 section 4.2.2, by the provider's names. */
  function readFragment(row: AttemptRow, fragment: string): Grant {
    const { provider } = integrations.resolve(row.provider, row.mode)
    const method = fragmentMethod(row)
    const told = new URLSearchParams(fragment)
    const tokens = method ? told.getAll(method.token_parameter) : []
    if (!method || tokens.length > 1)
      throw new HubError('callback_refused', `${provider.name}'s answer is not one that was asked for.`)
    if (told.has(method.error_parameter)) throw new OAuthRejection('access_denied', 400)
    const [token = ''] = tokens
    if (!/^[\x21-\x7e]{8,4096}$/.test(token))
      throw new HubError('callback_refused', `${provider.name} came back without a token.`)
    return {
      credential: { kind: 'oauth2', tokens: { main: { access_token: token } } },
      token: undefined,
      parameters: { ...row.parameters },
      tenants: null,
    }
  }

  function fragmentMethod(row: AttemptRow): FragmentToken | undefined {
    const method = findMethod(integrations.resolve(row.provider, row.mode).provider, row.method)
    return method.kind === 'fragment' ? method : undefined
  }

  return { checkSignature, judge, exchange, readFragment }
}
