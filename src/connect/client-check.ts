/**
 * Whether an authorization server knows the hub's OAuth client: a token request with a code that nobody issued. A
 * server that looks at the client first (RFC 6749 section 3.2.1) answers `invalid_client` to a wrong secret and
 * `invalid_grant` to the code of a right one. It is evidence, not proof: some look at the code first.
 */
import { randomBytes } from 'node:crypto'
import type { OAuth2 } from '../catalog/define.ts'
import { bracesOf, fillHosts } from '../catalog/fill.ts'
import { readDefaults } from '../catalog/parameters.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { judgeCallback, newState } from '../oauth/authorize.ts'
import { OAuthRejection, type Transport } from '../oauth/server.ts'
import { exchangeCode } from '../oauth/token.ts'
import { fillingOf } from '../vault/filling.ts'
import { authorizationServerOf, type Integrations } from '../vault/integrations.ts'

export type ClientCheck = {
  outcome: 'accepted' | 'refused' | 'unclear' | 'not_possible'
  /** What the server answered, by its code. */
  code: string | null
  detail: string
}

const TIMEOUT_MS = 15_000

/** Words about the code: the client was let through. */
const ACCEPTED = ['invalid_grant', 'bad_verification_code', 'invalid_code', 'invalid_auth_code']
/** Words about the client. */
const REFUSED = [
  'invalid_client',
  'invalid_client_id',
  'bad_client_id',
  'unauthorized_client',
  'incorrect_client_credentials',
  'bad_client_secret',
]

export function createClientCheck(options: {
  integrations: Integrations
  egress: Egress
  now: () => number
}) {
  const { integrations, egress, now } = options

  return async function checkClient(providerId: string): Promise<ClientCheck> {
    const integration = integrations.resolve(providerId, 'live')
    const { provider, client, routes, redirectUri } = integration
    const { name } = provider
    const impossible = (detail: string): ClientCheck => ({ outcome: 'not_possible', code: null, detail })
    const method = provider.auth.find((candidate): candidate is OAuth2 => candidate.kind === 'oauth2')
    if (!method || !redirectUri)
      return impossible(`${name} has no token endpoint to ask. Connecting an account is the test.`)
    if (!client)
      throw new HubError(
        'not_configured',
        `${name} has no OAuth client here yet. Set its id and secret first.`,
      )
    const filling = { ...readDefaults(provider), ...fillingOf(integration, {}) }
    const open = bracesOf(method.token_endpoint).filter((brace) => filling[brace] === undefined)
    if (open.length > 0)
      return impossible(
        `${name}'s token endpoint depends on what each person types. Connecting an account is the test.`,
      )
    if (method.client_check?.off) return impossible(method.client_check.off)

    const server = {
      ...authorizationServerOf(provider, method, {
        // Only its token endpoint is asked.
        ...Object.fromEntries(bracesOf(method.authorization_endpoint).map((brace) => [brace, 'x'])),
        ...filling,
      }),
    }
    const hosts = [...fillHosts(provider.hosts, filling), new URL(server.token_endpoint).host]
    const transport: Transport = (request) => egress.send({ ...request, hosts, routes, timeout: TIMEOUT_MS })
    const state = newState()
    // Looks like nothing that any server issues.
    const query = new URLSearchParams({
      code: `trunkline-client-check-${randomBytes(8).toString('hex')}`,
      state,
    })
    if (server.authorization_response_iss_parameter_supported) query.set('iss', server.issuer)
    const callback = judgeCallback({ server, client, parameters: query, expectedState: state })
    try {
      await exchangeCode({
        server,
        client,
        transport,
        now,
        callback,
        redirectUri,
        codeVerifier: server.pkce ? randomBytes(32).toString('base64url') : undefined,
      })
      return {
        outcome: 'unclear',
        code: null,
        detail: `${name} gave a token for a code that was made up. Nothing can be told from that.`,
      }
    } catch (error) {
      return judge(error, name, method)
    }
  }
}

function judge(error: unknown, name: string, method: OAuth2): ClientCheck {
  if (error instanceof OAuthRejection) {
    const code = error.error
    const { accepted = [], refused = [] } = method.client_check ?? {}
    if (accepted.includes(code) || (ACCEPTED.includes(code) && !refused.includes(code)))
      return {
        outcome: 'accepted',
        code,
        detail: `${name} refused the made-up code ("${code}") and not the client, as it does when id and secret fit.`,
      }
    if (refused.includes(code) || REFUSED.includes(code))
      return {
        outcome: 'refused',
        code,
        detail: `${name} refuses the client ("${code}"). Check that id and secret are of the same app, whole, and not expired.`,
      }
    if (code === 'redirect_uri_mismatch')
      return {
        outcome: 'refused',
        code,
        detail: `${name} knows the client and not the redirect URI ("${code}"). Register it exactly as shown.`,
      }
    return {
      outcome: 'unclear',
      code,
      detail: `${name} answered "${code}", which tells nothing about the client. Connecting an account is the test.`,
    }
  }
  if (error instanceof HubError)
    return {
      outcome: 'unclear',
      code: error.code,
      detail: `${error.detail} Nothing can be told about the client.`,
    }
  throw error
}
