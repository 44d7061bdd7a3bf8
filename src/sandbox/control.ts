/** The knobs: what is granted, what was asked, and the trouble to make. For the control page, the API and tests. */
import { ACCOUNT_PARAMETER } from './consent.ts'
import type { Fault, Faults } from './faults.ts'
import type { Forge } from './forge.ts'
import type { Asked, Reply } from './messages.ts'
import type { Player } from './player.ts'
import type { Store } from './state.ts'
import type { Tokens } from './tokens.ts'

/** One request as it is remembered: no query, no header, no body, so no secret. */
export type RequestRecord = {
  at: string
  provider: string
  kind: 'page' | 'token' | 'api'
  method: string
  host: string
  path: string
  status: number
  grant_type?: string
  fault?: string
}

export type GrantRecord = {
  account: string
  label: string
  scopes: string[]
  /** `static`: a key or password that no flow issued. */
  kind: 'oauth' | 'static'
  live_tokens: number
  since: string
}

export type ProviderRecord = {
  id: string
  name: string
  client_id: string | null
  accounts: { id: string; name: string; email: string; detail: string | null }[]
  grants: GrantRecord[]
  /** `rotation` is null where the provider has no such switch. */
  settings: { rotation: boolean | null; lifetime: number | null | 'default' }
  faults: { kind: string; left: number; on: string }[]
}

export type Control = {
  /** The next calls of the provider go wrong. */
  fault: (provider: string, fault: Fault) => void
  clearFaults: (provider?: string) => void
  /**
   * Ends grants as the person would at the provider: of all accounts unless one is named, keys and passwords that no
   * flow issued included unless `kind` says otherwise. Returns how many tokens ended.
   */
  revoke: (provider: string, account?: string, kind?: GrantRecord['kind']) => number
  /** Access tokens end now; refresh tokens stay. Returns how many ended. */
  expire: (provider: string) => number
  /**
   * `rotation`: Slack's switch. `lifetime`: seconds of new access tokens, null for no end, undefined for the usual.
   * `crowd`: how many repositories, channels, projects it has beside its hand-made ones.
   */
  settings: (
    provider: string,
    change: { rotation?: boolean; lifetime?: number | null | undefined; crowd?: number },
  ) => void
  /** How many requests the provider got, or got at one path; since the start, or since the last reset. */
  requests: (provider: string, path?: string) => number
  /** The last requests, newest first. */
  recent: (provider?: string) => RequestRecord[]
  providers: () => ProviderRecord[]
  accounts: (provider: string) => { id: string; name: string; email: string }[]
  /**
   * Plays the person on the consent page without a browser. Returns where the browser is sent.
   * @throws Error when the page would show a problem instead
   */
  decide: (
    authorizationUrl: string,
    decision?: { account?: string; scopes?: readonly string[]; picked?: readonly string[]; deny?: boolean },
  ) => string
  /** The platform on which a hub's app is installed. */
  forge: Forge
  /** Back to the beginning: grants, data, settings, faults and counts go; clients and example keys stay. */
  reset: () => void
}

const KEPT_REQUESTS = 500
/** Paths hold ids: beyond this many the counts by path stop growing, never the memory. */
const COUNTED_PATHS = 10_000

export function createControl(options: {
  players: () => ReadonlyMap<string, Player>
  tokens: Tokens
  store: Store
  faults: Faults
  now: () => number
  ask: (asked: Asked) => Reply
  forge: Forge
  reset: () => void
}): Control & { note: (record: RequestRecord) => void } {
  const { players, tokens, store, faults } = options
  const recent: RequestRecord[] = []
  const counts = new Map<string, number>()

  function find(id: string): Player {
    const player = players().get(id)
    if (!player) throw new Error(`the sandbox does not play "${id}"`)
    return player
  }

  function listGrants(player: Player): GrantRecord[] {
    const found = new Map<string, GrantRecord & { scopeSet: Set<string> }>()
    for (const token of tokens.list(player.provider.id)) {
      if (!tokens.isLive(token)) continue
      const kind = token.use === 'static' ? 'static' : 'oauth'
      const key = `${kind}:${token.client}:${token.account}`
      const account = player.accounts().find(({ id }) => id === token.account)
      const grant = found.get(key) ?? {
        account: token.account,
        label: account ? [account.name, account.detail].filter(Boolean).join(', ') : token.account,
        scopes: [],
        scopeSet: new Set<string>(),
        kind,
        live_tokens: 0,
        since: new Date(token.issuedAt).toISOString(),
      }
      for (const scope of token.scopes) grant.scopeSet.add(scope)
      grant.live_tokens++
      found.set(key, grant)
    }
    return [...found.values()].map(({ scopeSet, ...grant }) => ({ ...grant, scopes: [...scopeSet] }))
  }

  function bump(key: string): void {
    if (counts.has(key) || counts.size < COUNTED_PATHS) counts.set(key, (counts.get(key) ?? 0) + 1)
  }

  return {
    fault(provider, fault) {
      find(provider)
      faults.add(provider, fault)
    },
    clearFaults: (provider) => faults.clear(provider),
    revoke(provider, account, kind) {
      find(provider)
      return tokens.endProvider(provider, account, kind)
    },
    expire(provider) {
      find(provider)
      return tokens.expireAccess(provider)
    },
    settings(provider, change) {
      find(provider)
      const { rotation, lifetime, ...rest } = { ...store.state.settings[provider], ...change }
      store.state.settings[provider] = {
        ...rest,
        ...(rotation !== undefined && { rotation }),
        ...(lifetime !== undefined && { lifetime }),
      }
      store.changed()
    },
    requests: (provider, path) => counts.get(path === undefined ? provider : `${provider} ${path}`) ?? 0,
    recent: (provider) => recent.filter((record) => provider === undefined || record.provider === provider),
    providers: () =>
      [...players().values()].map((player) => {
        const { id, name } = player.provider
        const settings = store.state.settings[id] ?? {}
        return {
          id,
          name,
          client_id: player.standIn.oauth ? player.client.client_id : null,
          accounts: player.accounts().map(({ detail = null, ...account }) => ({ ...account, detail })),
          grants: listGrants(player),
          settings: {
            rotation: player.standIn.rotationSwitch ? (settings.rotation ?? false) : null,
            lifetime: settings.lifetime === undefined ? 'default' : settings.lifetime,
          },
          faults: faults.list(id).map(({ kind, left, on }) => ({ kind, left, on })),
        }
      }),
    accounts: (provider) =>
      find(provider)
        .accounts()
        .map(({ id, name, email }) => ({ id, name, email })),
    decide(authorizationUrl, { account, scopes = [], picked = [], deny = false } = {}) {
      const url = new URL(authorizationUrl)
      url.searchParams.delete(ACCOUNT_PARAMETER)
      const form = new URLSearchParams({ decision: deny ? 'deny' : 'allow', ...(account && { account }) })
      for (const scope of scopes) form.append('scope', scope)
      for (const value of picked) form.append('picked', value)
      const reply = options.ask({
        method: 'POST',
        host: url.host,
        path: url.pathname,
        query: url.searchParams,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(form.toString()),
      })
      const location = reply.headers?.['location']
      if (typeof location !== 'string')
        throw new Error(`the consent page answered ${reply.status} instead of a redirect`)
      return location
    },
    forge: options.forge,
    reset() {
      recent.length = 0
      counts.clear()
      options.reset()
    },
    note(record) {
      recent.unshift(record)
      recent.length = Math.min(recent.length, KEPT_REQUESTS)
      bump(record.provider)
      bump(`${record.provider} ${record.path}`)
    },
  }
}
