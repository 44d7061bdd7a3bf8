/**
 * The catalog's providers played on a real socket: `https://HOST/PATH?q` is found at `{publicUrl}/HOST/PATH?q`.
 * Nothing leaves the machine, and nothing but the machine itself is answered.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from '../catalog/define.ts'
import { providers as registered } from '../catalog/registry.ts'
import { type Control, createControl, type RequestRecord } from './control.ts'
import { createControlPages } from './control-page.ts'
import { createFaults, sendFaulty } from './faults.ts'
import { openMailOffice } from './mail/office.ts'
import { createGeneric } from './generic.ts'
import { createForge, FORGE_KEYS } from './forge.ts'
import { type Asked, json, type Reply, readBody, send, text } from './messages.ts'
import { createPlayer, type Player, tooMany, unplayed } from './player.ts'
import type { CreateStandIn } from './stand-in.ts'
import { standIns } from './stand-ins.ts'
import { openStore } from './state.ts'
import { styles } from './styles.ts'
import { createTokens } from './tokens.ts'
import type { Site as JiraSite } from './worlds/jira.ts'

export type Sandbox = {
  /** `request.url` with the path prefix of `publicUrl`. */
  handle: (request: IncomingMessage, response: ServerResponse) => void
  /** Example values that work, by provider and field. Read anew each time: a revoked example is replaced. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** @throws Error for a provider that is not played or has no OAuth client */
  client: (providerId: string) => { client_id: string; client_secret: string }
  /** What was given out for the declaration's `env.extra`, by name. */
  variables: (providerId: string) => Readonly<Record<string, string>>
  /** Address of a played mailbox, for the gate of mail; undefined where there is none. */
  mail: (providerId: string, protocol: 'imap' | 'smtp') => string | undefined
  /** Ids of the providers that are played. */
  providers: readonly string[]
  control: Control
  close: () => Promise<void>
}

export function createSandbox(options: {
  /** Where `handle` is reached from outside, path prefix included, without a slash at the end. */
  publicUrl: string
  /** Milliseconds since 1970. */
  now: () => number
  randomBytes: (n: number) => Buffer
  /** Registered redirect URIs of the provider's client, compared exactly. */
  redirectUris: (providerId: string) => readonly string[]
  /** What is played; absent: the whole catalog. */
  catalog?: readonly Provider[]
  /** Stand-ins of further providers, by id. */
  standIns?: Readonly<Record<string, CreateStandIn>>
  /** JSON file that keeps grants and data across restarts; absent: in memory. */
  statePath?: string
}): Sandbox {
  const publicUrl = options.publicUrl.replace(/\/$/, '')
  const prefix = new URL(publicUrl).pathname.replace(/\/$/, '')
  const { now, randomBytes, redirectUris, catalog = registered } = options
  const store = openStore({ path: options.statePath, randomBytes })
  const tokens = createTokens({ store, now })
  const faults = createFaults()
  const open = new Set<ServerResponse>()
  let players = createPlayers()

  function createPlayers(): ReadonlyMap<string, Player> {
    const found = new Map<string, Player>()
    for (const provider of catalog) {
      const { id } = provider
      const create = options.standIns?.[id] ?? standIns[id] ?? createGeneric
      found.set(
        id,
        createPlayer({
          provider,
          create,
          store,
          tokens,
          publicUrl,
          now,
          randomBytes,
          redirectUris,
          houseOf: (other) => found.get(other)?.house ?? other,
        }),
      )
    }
    return found
  }

  const forge = createForge({
    hubUrl: publicUrl.slice(0, publicUrl.length - prefix.length),
    sites: () =>
      ((store.state.data['jira'] as { sites: JiraSite[] } | undefined)?.sites ?? []).map(
        ({ cloudId, slug, name, users }) => ({
          cloudId,
          slug,
          name,
          user: users[0]?.id ?? '',
        }),
      ),
    store,
    tokens,
    now,
  })
  const control = createControl({
    players: () => players,
    tokens,
    store,
    faults,
    now,
    ask: (asked) => route(asked).act(),
    forge,
    reset() {
      store.clear()
      faults.clear()
      players = createPlayers()
      store.changed()
    },
  })
  const office = openMailOffice((id) => players.get(id)?.standIn.mail)
  const pages = createControlPages({ publicUrl, control })

  type Routed = {
    kind: 'page' | 'token' | 'api' | 'own'
    player?: Player
    act: (fault?: Parameters<NonNullable<ReturnType<Player['match']>>['act']>[0]) => Reply
  }

  function route(asked: Asked): Routed {
    if (asked.host === FORGE_KEYS.host && asked.path === FORGE_KEYS.path)
      return { kind: 'own', act: forge.keys }
    const owners = [...players.values()].filter((player) => player.owns(asked.host))
    const candidates = owners.length < 2 ? owners : rank(owners, asked)
    for (const player of candidates) {
      const match = player.match(asked)
      if (match) return { player, ...match }
    }
    const [player] = candidates
    if (player) return { player, kind: 'api', act: () => unplayed(player, asked) }
    const message = `The sandbox plays no service at ${asked.host}. See ${publicUrl}/ for those it does.`
    return { kind: 'own', act: () => json(404, { error: 'sandbox_unknown_host', message }) }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLoopback(request.socket.remoteAddress)) {
      return send(response, text(403, 'The sandbox answers this machine only.\n'))
    }
    const target = request.url ?? '/'
    const local = target.startsWith(prefix) ? target.slice(prefix.length) : target
    const url = parseUrl(local)
    const body = await readBody(request)
    if (!url) return send(response, text(400, 'The address cannot be read.\n'))
    if (!body) return send(response, text(413, 'The body is too large for the sandbox.\n'))
    const method = request.method ?? 'GET'
    if (url.pathname === '/_assets/sandbox.css') {
      return send(response, {
        status: 200,
        headers: { 'content-type': 'text/css; charset=utf-8' },
        body: styles,
      })
    }
    const [, host = '', path = '/'] = /^\/([^/]*)(\/.*)?$/s.exec(url.pathname) ?? []
    const asked: Asked = {
      method,
      host: host.toLowerCase(),
      path,
      query: url.searchParams,
      headers: request.headers,
      body,
    }
    if (host === '' || host === '_control') return send(response, await pages.answer(asked))
    const routed = route(asked)
    const { player } = routed
    const fault =
      player && (routed.kind === 'api' || routed.kind === 'token')
        ? faults.take(player.provider.id, routed.kind)
        : undefined
    const note = (status: number) => {
      if (player) control.note(record(asked, player, routed.kind, status, fault?.kind))
    }
    if (fault && player) {
      const sent = await sendFaulty({
        response,
        fault,
        act: () => routed.act(fault.kind),
        rateLimited: (retryAfter) => tooMany(player, retryAfter),
      })
      return note(sent)
    }
    const reply = routed.act()
    send(
      response,
      method === 'HEAD' ? { status: reply.status, ...(reply.headers && { headers: reply.headers }) } : reply,
    )
    note(reply.status)
  }

  function record(
    asked: Asked,
    player: Player,
    kind: Routed['kind'],
    status: number,
    fault: string | undefined,
  ): RequestRecord {
    const grantType =
      kind === 'token' ? /grant_type"?[=:]\s*"?(\w+)/.exec(asked.body.toString('latin1'))?.[1] : undefined
    return {
      at: new Date(now()).toISOString(),
      provider: player.provider.id,
      kind: kind === 'own' ? 'api' : kind,
      method: asked.method,
      host: asked.host,
      path: redactPath(asked.path),
      status,
      ...(grantType && { grant_type: grantType }),
      ...(fault && { fault }),
    }
  }

  return {
    handle(request, response) {
      open.add(response)
      response.once('close', () => open.delete(response))
      answer(request, response).catch((error: unknown) => {
        if (response.headersSent) return response.destroy()
        const message = error instanceof Error ? error.message : 'unknown'
        send(response, json(500, { error: 'sandbox_failed', message }))
      })
    },
    get values() {
      return Object.fromEntries([...players].map(([id, player]) => [id, player.standIn.values?.() ?? {}]))
    },
    client(providerId) {
      const player = players.get(providerId)
      if (!player?.standIn.oauth) throw new Error(`the sandbox has no OAuth client for "${providerId}"`)
      return player.client
    },
    variables: (providerId) => players.get(providerId)?.standIn.variables?.() ?? {},
    providers: [...players.keys()],
    control,
    mail: office.locate,
    async close() {
      office.close()
      // A request that a fault never answers would keep the server open.
      for (const response of open) response.destroy()
      store.flush()
    },
  }
}

/** Entries that share a host, the likeliest first. */
function rank(owners: readonly Player[], asked: Asked): Player[] {
  return owners
    .map((player) => ({ player, claim: player.claims(asked) }))
    .sort((a, b) => b.claim - a.claim)
    .map(({ player }) => player)
}

function parseUrl(local: string): URL | undefined {
  return URL.canParse(local, 'http://sandbox') ? new URL(local, 'http://sandbox') : undefined
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address)
}

/** Telegram's tokens and one-time log-in addresses are part of a path. */
function redactPath(path: string): string {
  return path.replace(/\/bot\d+:[\w-]+/, '/bot[redacted]').replace(/[\w-]{40,}/g, '[redacted]')
}
