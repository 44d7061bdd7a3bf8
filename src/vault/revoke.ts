/** Ending a grant at the provider. Tells what happened item by item, and never claims more than it knows. */
import { matches } from '../catalog/answers.ts'
import type { RevocationRequest } from '../catalog/define.ts'
import { buildRequest, fill, fillHosts, parseJson } from '../catalog/fill.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { baseUrlOf } from '../catalog/methods.ts'
import { OAuthRejection, type Transport } from '../oauth/server.ts'
import { revokeToken } from '../oauth/token.ts'
import { authorizationFor, type Credential, type Placed, proveToken } from './credential.ts'
import { fillingOf, headersOf } from './filling.ts'
import {
  authorizationServerOf,
  credentialMethod,
  type Integration,
  type Integrations,
} from './integrations.ts'
import type { SealedEntry, Vault } from './vault.ts'

export type RevocationItem = {
  item: string
  outcome: 'done' | 'failed' | 'skipped' | 'by_hand'
  detail: string
}

/** Live connections that hang on the same grant; `sameAccount`: one of them is of the very same account. */
export type Siblings = { count: number; sameAccount: boolean }

/** Whether, and why (not), disconnecting reaches the provider. Shown before and acted on after. */
export function planRevocation(
  integration: Integration,
  method: string,
  siblings: Siblings,
): { revokes: boolean; reason: string; request: 'full' | 'narrow' | 'none' } {
  const { name, revocation } = integration.provider
  if (!revocation)
    return {
      revokes: false,
      request: 'none',
      reason: `${name} offers no call that ends access. Its own page does, see below.`,
    }
  const covered = revocation.methods ?? ['oauth2', 'fragment', 'browser_login']
  if (!covered.includes(method as never))
    return {
      revokes: false,
      request: 'none',
      reason:
        'A secret that was typed in belongs to whoever made it: end it at the provider if nobody else uses it.',
    }
  if (siblings.count > 0 && revocation.kills === 'grant') {
    if (revocation.narrow && !(revocation.narrow_kills === 'account' && siblings.sameAccount))
      return {
        revokes: true,
        request: 'narrow',
        reason: `Only this connection's token is revoked: ${countOf(siblings)} shares the grant.`,
      }
    return {
      revokes: false,
      request: 'none',
      reason: `${countOf(siblings)} shares the grant at ${name} and would die with it, so nothing is revoked there.`,
    }
  }
  const lingers = revocation.lingers
    ? ` Access tokens it had already given out end within ${Math.ceil(revocation.lingers / 60)} minutes.`
    : ''
  const effect = (revocation.effect ? ` ${revocation.effect}` : '') + lingers
  if (revocation.undocumented)
    return {
      revokes: true,
      request: 'full',
      reason: `Revocation is tried, but ${name} does not promise that it works: ${revocation.undocumented}`,
    }
  return {
    revokes: true,
    request: 'full',
    reason:
      revocation.kills === 'grant'
        ? `The whole grant is revoked at ${name}.${effect}`
        : `The token is revoked at ${name}.${effect}`,
  }
}

const countOf = ({ count }: Siblings) =>
  count === 1 ? 'Another connection' : `Each of ${count} other connections`

export function createRevoker(options: {
  vault: Vault
  integrations: Integrations
  egress: Egress
  now: () => number
}) {
  const { vault, integrations, egress, now } = options

  async function revokeWith(
    entry: SealedEntry,
    integration: Integration,
    credential: Credential,
    request: RevocationRequest,
    each: boolean,
  ): Promise<void> {
    const { client, provider, routes } = integration
    const method = credentialMethod(provider, entry.method)
    const authorize = ({ authorization }: RevocationRequest, token: string): Placed => {
      const { client_id = '', client_secret = '' } = client ?? {}
      switch (authorization) {
        case 'client': {
          const pair = Buffer.from(`${client_id}:${client_secret}`).toString('base64')
          return { headers: { authorization: `Basic ${pair}` }, pathPrefix: '' }
        }
        case 'client_secret':
          return { headers: { authorization: `Bearer ${client_secret}` }, pathPrefix: '' }
        case 'token':
          return authorizationFor(credential, method, {
            token,
            clientId: entry.clientId,
            clientSecret: client_id === entry.clientId ? client_secret : undefined,
          })
        case 'none':
          return { headers: {}, pathPrefix: '' }
      }
    }
    const filling = fillingOf(integration, entry.parameters)
    const names = credential.kind === 'oauth2' && each ? Object.keys(credential.tokens) : ['main']
    for (const name of names) {
      const set = credential.kind === 'oauth2' ? credential.tokens[name] : undefined
      const secrets = {
        client_id: client?.client_id ?? '',
        client_secret: client?.client_secret ?? '',
        access_token: set?.access_token ?? '',
        refresh_token: set?.refresh_token ?? '',
        token: set?.refresh_token ?? set?.access_token ?? '',
      }
      const built = buildRequest(request, baseUrlOf(provider, method), filling, secrets)
      const placed = authorize(request, name)
      const { headers, pathPrefix } = placed
      const url = pathPrefix
        ? new URL(built.url.origin + pathPrefix + built.url.pathname + built.url.search)
        : built.url
      const answer = await egress.send({
        ...built,
        url: proveToken(url, placed),
        headers: { ...headersOf(integration, filling), ...built.headers, ...headers },
        hosts: fillHosts(provider.hosts, filling),
        routes,
        timeout: 20_000,
      })
      const gone = matches(request.gone, answer, parseJson(answer.body))
      if (!gone && (answer.status < 200 || answer.status >= 300))
        throw new HubError('upstream_error', `${provider.name} answered ${answer.status}.`)
    }
  }

  return async function revoke(entry: SealedEntry, siblings: Siblings): Promise<RevocationItem> {
    const integration = integrations.resolve(entry.provider, entry.mode, entry.clientId)
    const { provider, client, routes } = integration
    const { revocation, name } = provider
    const plan = planRevocation(integration, entry.method, siblings)
    const item = `Access at ${name}`
    if (plan.request === 'none' || !revocation)
      return { item, outcome: siblings.count > 0 && revocation ? 'skipped' : 'by_hand', detail: plan.reason }
    try {
      const credential = vault.open(entry)
      const request = plan.request === 'narrow' ? revocation.narrow : revocation.request
      if (request) await revokeWith(entry, integration, credential, request, revocation.each_token === true)
      else if (revocation.revocation_endpoint && client && credential.kind === 'oauth2') {
        const method = credentialMethod(provider, entry.method)
        if (method.kind !== 'oauth2')
          throw new Error(`${provider.id} revokes by RFC 7009 without being OAuth`)
        const filling = fillingOf(integration, entry.parameters)
        const revocation_endpoint = fill(revocation.revocation_endpoint, filling)
        const server = { ...authorizationServerOf(provider, method, filling), revocation_endpoint }
        const hosts = [...fillHosts(provider.hosts, filling), new URL(revocation_endpoint).host]
        const transport: Transport = (call) => egress.send({ ...call, hosts, routes, timeout: 20_000 })
        const sets = revocation.each_token ? Object.values(credential.tokens) : [credential.tokens.main]
        for (const set of sets)
          await revokeToken({ server, client, transport, now, token: set.refresh_token ?? set.access_token })
      }
      if (revocation.undocumented)
        return {
          item,
          outcome: 'by_hand',
          detail: `Revocation was asked for, but ${name} does not promise that it works. Check its page below.`,
        }
      return { item, outcome: 'done', detail: plan.reason }
    } catch (error) {
      // "I do not know this token" means that it is gone already.
      if (error instanceof OAuthRejection && error.error === 'invalid_token')
        return { item, outcome: 'done', detail: `${name} had ended the access already.` }
      if (revocation.undocumented)
        return {
          item,
          outcome: 'by_hand',
          detail: `${plan.reason} It was tried and refused: use ${name}'s own page, see below.`,
        }
      const why =
        error instanceof HubError
          ? error.detail
          : error instanceof OAuthRejection
            ? `${name} answered "${error.error}".`
            : 'The hub failed.'
      return { item, outcome: 'failed', detail: `${why} End the access on ${name}'s own page, see below.` }
    }
  }
}

export type Revoke = ReturnType<typeof createRevoker>
