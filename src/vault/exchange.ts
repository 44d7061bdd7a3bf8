/** Access tokens exchanged for ones that live longer, as a declaration says; its answer is read as a token answer. */
import type { ApiRequest, JsonObject, OAuth2 } from '../catalog/define.ts'
import { buildRequest, fillHosts } from '../catalog/fill.ts'
import { baseUrlOf } from '../catalog/methods.ts'
import type { Egress } from '../egress/egress.ts'
import { OAuthRejection } from '../oauth/server.ts'
import { exchangeToken } from '../oauth/token.ts'
import { authorizationFor } from './credential.ts'
import { fillingOf } from './filling.ts'
import { authorizationServerOf, type Integration } from './integrations.ts'

/**
 * @param request `upgrade` or `renew` of the declaration
 * @throws OAuthRejection, or HubError `upstream_*`
 */
export async function exchangeAccessToken(options: {
  integration: Integration
  method: OAuth2
  parameters: Readonly<Record<string, string>>
  request: ApiRequest
  accessToken: string
  egress: Egress
  timeout: number
  now: () => number
}): Promise<JsonObject> {
  const { integration, method, request, accessToken, egress, timeout, now } = options
  const { provider, client, routes } = integration
  if (!client) throw new OAuthRejection('invalid_client', 401)
  const filling = fillingOf(integration, options.parameters)
  const built = buildRequest(request, baseUrlOf(provider, method), filling, {
    client_id: client.client_id,
    client_secret: client.client_secret ?? '',
    access_token: accessToken,
  })
  const placed = request.authorization
    ? authorizationFor({ kind: 'oauth2', tokens: { main: { access_token: accessToken } } }, method, {
        clientId: client.client_id,
        placement: request.authorization,
      }).headers
    : {}
  const hosts = [...fillHosts(provider.hosts, filling), built.url.host]
  return (await exchangeToken({
    server: authorizationServerOf(provider, method, filling),
    client,
    transport: (call) => egress.send({ ...call, hosts, routes, timeout }),
    now,
    request: { ...built, headers: { 'user-agent': 'Trunkline', ...built.headers, ...placed } },
  })) as JsonObject
}
