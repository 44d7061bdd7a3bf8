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
  const extra: Record<string, string[]> = {}
  for (const [token, parameter] of Object.entries(method.scope_params ?? {})) {
    extra[parameter] = all.filter((scope) => provider.scopes?.[scope]?.token === token)
  }
  const main = all.filter((scope) => !provider.scopes?.[scope]?.token)
  return { main, extra, all }
}
