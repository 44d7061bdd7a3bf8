/** Codes, tokens and grants of the played authorization servers. Only hashes of secrets are kept. */
import { createHash } from 'node:crypto'
import type { Store } from './state.ts'

export type Grant = {
  provider: string
  client: string
  account: string
  scopes: string[]
  /** What was picked beside the account: sites, pages. */
  picked: string[]
  /** Parameters of the host that granted it: a subdomain. */
  place: Record<string, string>
}

export type CodeRecord = Grant & {
  redirectUri: string
  challenge?: string
  /** Whether refresh tokens come with the grant. */
  offline: boolean
  expiresAt: number
  /** Set once exchanged: a second use ends this family (RFC 6749 section 4.1.2). */
  family?: string
}

export type TokenRecord = Grant & {
  /** `static`: an API key, a bot token or a password that no flow issued. */
  use: 'access' | 'refresh' | 'static'
  /** `main`, or the name of an extra token (Slack's `user`). */
  name: string
  /** All tokens that descend from one authorization. */
  family: string
  issuedAt: number
  expiresAt: number | null
  ended?: { at: number; why: 'revoked' | 'rotated' | 'reused' }
  /** Signed in for with a secret that no flow issued: it may do what its account may do. */
  session?: true
  /** Not exchanged yet for a token that lasts. */
  short?: true
  /** Facts a stand-in keeps with the token. */
  facts?: Record<string, string>
}

/** Ended tokens are kept this long, so that reuse is still recognised. */
const KEEP_MS = 30 * 24 * 3600 * 1000
const SWEEP_EVERY = 500

export type Tokens = ReturnType<typeof createTokens>

export function createTokens({ store, now }: { store: Store; now: () => number }) {
  const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url')
  let puts = 0

  const grantKey = (grant: { client: string; account: string }) =>
    JSON.stringify([grant.client, grant.account])
  const isLive = (token: TokenRecord) => !token.ended && (token.expiresAt === null || token.expiresAt > now())

  function sweep(): void {
    const { tokens, codes } = store.state
    const old = now() - KEEP_MS
    for (const [key, token] of tokens) {
      if (token.use === 'static') continue
      if (
        (token.ended?.at ?? Number.POSITIVE_INFINITY) < old ||
        (token.expiresAt ?? Number.POSITIVE_INFINITY) < old
      ) {
        tokens.delete(key)
      }
    }
    for (const [key, code] of codes) if (code.expiresAt < now() - 3_600_000) codes.delete(key)
  }

  function end(token: TokenRecord, why: 'revoked' | 'rotated' | 'reused'): void {
    if (token.ended && token.ended.why !== 'rotated') return
    token.ended = { at: now(), why }
    store.changed()
  }

  function endWhere(matches: (token: TokenRecord) => boolean, why: 'revoked' | 'reused'): number {
    let count = 0
    for (const token of store.state.tokens.values()) {
      if (!matches(token) || (token.ended && token.ended.why !== 'rotated')) continue
      end(token, why)
      count++
    }
    return count
  }

  return {
    putCode(code: string, record: CodeRecord): void {
      store.state.codes.set(hash(code), record)
      store.changed()
    },
    findCode(code: string): CodeRecord | undefined {
      return store.state.codes.get(hash(code))
    },
    put(secret: string, record: TokenRecord): void {
      if (++puts % SWEEP_EVERY === 0) sweep()
      store.state.tokens.set(hash(secret), record)
      store.changed()
    },
    find(secret: string): TokenRecord | undefined {
      return store.state.tokens.get(hash(secret))
    },
    end,
    endFamily: (family: string, why: 'revoked' | 'reused') =>
      endWhere((token) => token.family === family, why),
    /** Ends the previous access tokens of one name: what Zendesk does on a refresh. */
    endAccess: (family: string, name: string) =>
      endWhere(
        (token) => token.family === family && token.name === name && token.use === 'access',
        'revoked',
      ),
    /** Everything an account granted to a client. */
    endGrant: (grant: { client: string; account: string }) =>
      endWhere((token) => token.client === grant.client && token.account === grant.account, 'revoked'),
    /** As the person would: what an account granted to a client ends as a whole, whichever entry asked for it. */
    endProvider(provider: string, account?: string, kind?: 'oauth' | 'static'): number {
      const grants = new Set<string>()
      for (const token of store.state.tokens.values()) {
        if (token.provider !== provider || (account !== undefined && token.account !== account)) continue
        if (kind === undefined || (token.use === 'static') === (kind === 'static'))
          grants.add(grantKey(token))
      }
      return endWhere((token) => grants.has(grantKey(token)), 'revoked')
    },
    expireAccess(provider: string): number {
      let count = 0
      for (const token of store.state.tokens.values()) {
        if (token.provider !== provider || token.use !== 'access' || token.ended) continue
        if (token.expiresAt !== null && token.expiresAt <= now()) continue
        token.expiresAt = now()
        count++
      }
      store.changed()
      return count
    },
    list: (provider: string): TokenRecord[] =>
      [...store.state.tokens.values()].filter((token) => token.provider === provider),
    /** Live tokens of what an account granted to a client, whichever entry asked for it. */
    listGrant: (grant: { client: string; account: string }): TokenRecord[] =>
      [...store.state.tokens.values()].filter(
        (token) => grantKey(token) === grantKey(grant) && isLive(token),
      ),
    isLive,
  }
}
