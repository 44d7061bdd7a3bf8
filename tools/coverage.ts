/**
 * What the suites over the catalog prove of each provider, as a table: one cell a column, in the declaration's words.
 * The suites run tests for each cell; `test/contract/contract.test.ts` ends by asking whether each of a life was proved.
 */
import type { AuthMethod, Provider } from '../src/catalog/define.ts'

export const COLUMNS = ['Connect', 'Refresh', 'Expiry', 'Revoke', 'Siblings', 'Errors', 'Webhooks'] as const
export type Column = (typeof COLUMNS)[number]
export type Coverage = Readonly<Record<Column, string>>

const CONNECT: Readonly<Record<AuthMethod['kind'], string>> = {
  oauth2: 'OAuth 2.0',
  api_key: 'API key',
  bot_token: 'bot token',
  basic: 'password',
  browser_login: 'log-in page',
  fragment: 'fragment',
  installed_app: 'installed app',
  verified_access: 'verified',
}

export function coverageOf(provider: Provider): Coverage {
  const lives = provider.auth.map(renewalOf)
  return {
    Connect: provider.auth.map(({ kind }) => CONNECT[kind]).join(', '),
    Refresh: distinct(lives.map(({ refresh }) => refresh)),
    Expiry: distinct(lives.map(({ expiry }) => expiry)),
    Revoke: revokeOf(provider),
    Siblings: siblingsOf(provider),
    Errors: errorsOf(provider),
    Webhooks: (provider.webhooks?.mode ?? 'undeclared').replaceAll('_', ' '),
  }
}

/** Not every provider says when a token ends. */
const BY_TIME_OR_REFUSAL = 'before the end, or when refused'

/** Whether a credential of this method is made anew, and when. */
export function renewalOf(method: AuthMethod): { refresh: string; expiry: string } {
  if ('session' in method && method.session) return { refresh: 'signs in again', expiry: 'when called' }
  if (method.kind === 'installed_app') return { refresh: 'brought along', expiry: 'told when it ends' }
  if (method.kind === 'verified_access') return { refresh: 'the lender’s', expiry: 'the lender’s' }
  if (method.kind !== 'oauth2') return { refresh: 'none needed', expiry: 'does not end' }
  switch (method.refresh.rotates) {
    case 'always':
      return { refresh: 'rotates', expiry: BY_TIME_OR_REFUSAL }
    case 'sometimes':
      return { refresh: 'may rotate', expiry: BY_TIME_OR_REFUSAL }
    case 'never':
      return { refresh: 'same token', expiry: BY_TIME_OR_REFUSAL }
    case 'exchange':
      return { refresh: 'exchanged', expiry: 'before the end' }
    case 'none':
      return { refresh: 'none needed', expiry: 'does not end' }
  }
}

function revokeOf({ revocation }: Provider): string {
  if (!revocation) return 'by hand'
  return revocation.undocumented ? 'tried' : revocation.kills
}

function siblingsOf({ auth, revocation }: Provider): string {
  if (!auth.some(({ kind }) => kind === 'oauth2')) return 'own secret'
  if (!revocation) return 'untouched'
  return revocation.kills === 'grant' ? 'grant kept' : 'own token'
}

function errorsOf({ api: { errors = {} } }: Provider): string {
  const shapes = Object.values(errors).flat().length
  return shapes === 0 ? 'HTTP' : `HTTP and ${shapes} more`
}

function distinct(words: readonly string[]): string {
  return [...new Set(words)].join(', ')
}
