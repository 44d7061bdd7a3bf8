/** What a provider's ways to connect have in common, and where they differ. No I/O. */
import { HubError } from '../errors.ts'
import type { ApiRequest, AuthMethod, OAuth2, Provider, ReadAccount, VerifiedAccess } from './define.ts'

/** The call that proves a credential of this method, and who its answer says it is. */
export function identityOf(
  provider: Provider,
  method: AuthMethod,
): { verify: ApiRequest; account: ReadAccount } {
  const own = method.kind === 'browser_login' ? undefined : method
  return { verify: own?.verify ?? provider.verify, account: own?.account ?? provider.account }
}

export function isVerified(method: AuthMethod): method is VerifiedAccess {
  return method.kind === 'verified_access'
}

/** Whether the person is sent to the provider and comes back by a redirect, to the browser that began. */
export function comesBack(kind: string): boolean {
  return kind === 'oauth2' || kind === 'fragment'
}

/** Where calls of connections of this method go. */
export function baseUrlOf(provider: Provider, method: AuthMethod): string {
  return ('base_url' in method ? method.base_url : undefined) ?? provider.api.base_url
}

/** What the operator chose to ask for; nothing chosen: the recommended set. */
export type ScopeChoice = { scopeSet?: string; scopes?: readonly string[] }

/**
 * The scopes asked for, split by the token that carries them: the set that is named, else the operator's choice.
 * @throws HubError `invalid_request` when the named set is not declared
 */
export function pickScopes(
  provider: Provider,
  method: Pick<OAuth2, 'scope_params'>,
  choice: ScopeChoice,
  name?: string,
): { main: string[]; extra: Record<string, string[]>; all: string[] } {
  const sets = provider.scope_sets
  const named = (id: string) => (sets && Object.hasOwn(sets, id) ? sets[id as 'recommended'] : undefined)
  if (name !== undefined && name !== 'recommended' && !named(name)) {
    throw new HubError(
      'invalid_request',
      `${provider.name} has no scope set "${name}". It has: ${Object.keys(sets ?? {}).join(', ')}.`,
    )
  }
  const chosen = choice.scopes ?? named(choice.scopeSet ?? 'recommended')?.scopes ?? sets?.recommended.scopes
  const all = [...((name === undefined ? chosen : named(name)?.scopes) ?? [])]
  return byToken(provider, method, all)
}

/**
 * What a connection has and, beside it, exactly what is added: a request replaces the grant at most providers, so that
 * leaving out what is there would take it away.
 * @throws HubError `invalid_request` when one that is added is not declared
 */
export function widenScopes(
  provider: Provider,
  method: Pick<OAuth2, 'scope_params'>,
  had: { granted: readonly string[]; requested: readonly string[] },
  added: readonly string[],
): { main: string[]; extra: Record<string, string[]>; all: string[] } {
  const isDeclared = (scope: string) => Object.hasOwn(provider.scopes ?? {}, scope)
  const unknown = added.filter((scope) => !isDeclared(scope))
  if (added.length === 0 || unknown.length > 0)
    throw new HubError(
      'invalid_request',
      unknown.length > 0
        ? `${provider.name} declares no scope "${unknown.join('", "')}".`
        : 'Name at least one scope.',
      {
        errors: unknown.map((scope) => ({
          path: 'additional_scopes',
          message: `"${scope}" is not declared`,
        })),
      },
    )
  // What an operator added to the catalog's lists was asked for before; what nobody asked for is not begun here.
  const kept = had.granted.filter((scope) => isDeclared(scope) || had.requested.includes(scope))
  return byToken(provider, method, [...new Set([...kept, ...added])])
}

/** The scopes split by the token that carries them. */
function byToken(provider: Provider, { scope_params = {} }: Pick<OAuth2, 'scope_params'>, all: string[]) {
  const extra: Record<string, string[]> = {}
  for (const [token, parameter] of Object.entries(scope_params)) {
    extra[parameter] = all.filter((scope) => provider.scopes?.[scope]?.token === token)
  }
  const main = all.filter((scope) => !provider.scopes?.[scope]?.token)
  return { main, extra, all }
}
