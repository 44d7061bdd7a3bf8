/**
 * Apps installed at a provider, whose platform calls the hub: installing connects the organization, each call brings
 * a fresh credential, uninstalling disconnects. Calls may come twice, late or out of order.
 */
import { randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { sql } from 'kysely'
import type { InstalledApp, Invocation, JsonObject } from '../catalog/define.ts'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { Credential } from '../vault/credential.ts'
import type { Integration, Integrations } from '../vault/integrations.ts'
import { CONNECTED, setStatus, tellChange } from '../vault/status.ts'
import type { Vault } from '../vault/vault.ts'
import { type AttemptRow, explainFailure, failed, type Grant, insertAttempt, moveAttempt } from './attempt.ts'
import type { StoredConnection } from './connections.ts'
import type { Disconnector } from './disconnect.ts'
import type { Finisher } from './finish.ts'
import type { VerifyInvocation } from './invocation.ts'

export type Installations = {
  /**
   * One call of the platform.
   * @returns what became of it, for the log
   * @throws HubError `not_found`, `not_configured`, `unauthenticated`
   */
  receive(call: {
    provider: string
    headers: Readonly<Record<string, string | string[] | undefined>>
    body: JsonObject
  }): Promise<'ignored' | 'unassigned' | 'connected' | 'renewed' | 'kept' | 'disconnected'>
  /** Those that nobody could be assigned to, newest call first. */
  unassigned(): Promise<UnassignedRow[]>
  /**
   * Says whose it is; the connection is made with the app's next call that brings a token.
   * @throws HubError `not_found`, `conflict` where it is somebody's already
   */
  assign(place: Place, organization: string): Promise<void>
  /** @throws HubError `not_found` */
  ignore(place: Place, ignored: boolean): Promise<void>
}

export type UnassignedRow = Place & {
  parameters: Record<string, string>
  installed_at: Date
  seen_at: Date
  ignored_at: Date | null
}

/** Assumed where the app's token does not say when it ends. */
const TOKEN_LIFETIME_MS = 3_600_000

export type Place = { provider: string; mode: 'live' | 'sandbox'; installation: string }

export function createInstallations(options: {
  database: Database
  bus: Bus
  vault: Vault
  integrations: Integrations
  finisher: Finisher
  disconnector: Disconnector
  verify: VerifyInvocation
  now: () => number
}): Installations {
  const { database, bus, vault, integrations, finisher, disconnector, verify, now } = options
  const { db } = database
  /** Calls about one installation take their turn. */
  const turns = new Map<string, Promise<unknown>>()

  /** The real platform where the operator's app is named, else the sandbox's. */
  function resolve(providerId: string): { integration: Integration; method: InstalledApp; audience: string } {
    const integration = integrations.resolve(providerId)
    const method = integration.provider.auth.find(({ kind }) => kind === 'installed_app') as
      | InstalledApp
      | undefined
    if (!method) throw new HubError('not_found', `No app of ${integration.provider.name} calls this hub.`)
    const { variable, sandbox } = method.invocation.audience
    const live = integrations.resolve(providerId, 'live')
    const id = live.extra[variable]
    if (id) return { integration: live, method, audience: id }
    if (integration.mode === 'sandbox') return { integration, method, audience: sandbox }
    throw new HubError(
      'not_configured',
      `Set ${variable} to the id of your app at ${integration.provider.name}.`,
    )
  }

  async function inTurn<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = turns.get(key) ?? Promise.resolve()
    const turn = before.then(run, run)
    turns.set(key, turn)
    try {
      return await turn
    } finally {
      if (turns.get(key) === turn) turns.delete(key)
    }
  }

  const receive: Installations['receive'] = async ({ provider, headers, body }) => {
    const { integration, method, audience } = resolve(provider)
    const claims = await verify({
      integration,
      method,
      audience,
      authorization: text(headers['authorization']),
    })
    const invocation = method.read({ claims, body })
    if (!invocation) return 'ignored'
    const mode = integration.mode === 'sandbox' ? ('sandbox' as const) : ('live' as const)
    const place: Place = { provider, mode, installation: invocation.installation }
    const token = text(headers[method.token_header])
    return inTurn(`${provider} ${mode} ${invocation.installation}`, () =>
      invocation.event === 'uninstalled' ? uninstall(place) : keep(place, invocation, token),
    )
  }

  async function keep(place: Place, invocation: Invocation, token: string | undefined) {
    const known = await find(place)
    if (known?.ignored_at && !known.organization_id) return 'ignored'
    if (known && !sameValues(known.parameters, invocation.parameters)) {
      throw new HubError('unauthenticated', 'This installation belongs to another site.')
    }
    const organization = known?.organization_id ?? (await soleOrganization())
    const seen = new Date(now())
    await db
      .insertInto('app_installations')
      .values({
        ...place,
        organization_id: organization,
        connection_id: null,
        parameters: JSON.stringify(invocation.parameters),
        installed_at: seen,
        seen_at: seen,
        uninstalled_at: null,
      })
      .onConflict((conflict) =>
        conflict.columns(['provider', 'mode', 'installation']).doUpdateSet({
          // Somebody may have assigned it since it was read.
          organization_id: sql`coalesce(app_installations.organization_id, excluded.organization_id)`,
          seen_at: seen,
          uninstalled_at: null,
        }),
      )
      .execute()
    if (!organization) return 'unassigned'
    // An installed app speaks before it has a token; the first scheduled call then brings one.
    if (!token) return 'kept'
    const credential = readToken(token, now())
    const connectionId = known?.connection_id ?? null
    const row = connectionId ? await findConnection(organization, connectionId) : undefined
    if (row && !row.disconnected_at) return renew(row, credential)
    // Disconnected here while the app stays installed: only installing it again brings the connection back.
    if (row && invocation.event === 'alive') return 'kept'
    return connect(place, organization, invocation, credential)
  }

  async function connect(place: Place, organization: string, invocation: Invocation, credential: Credential) {
    const grant: Grant = {
      credential,
      token: undefined,
      parameters: { ...invocation.parameters },
      tenants: null,
    }
    const row = await insertAttempt(db, vault, now(), {
      organization_id: organization,
      id: newId('att', now()),
      // Nobody's browser: what no cookie can hash to.
      binding_hash: randomBytes(32),
      person_id: null,
      connect_session_id: null,
      provider: place.provider,
      method: 'installed_app',
      mode: place.mode,
      owner_kind: 'organization',
      owner_id: organization,
      connection_id: null,
      redirect_uri: null,
      requested_scopes: [],
      parameters: invocation.parameters,
      pending: { step: 'grant', grant },
    })
    let finished: AttemptRow | undefined
    try {
      finished = await finisher.finish(row, grant, 'pending')
    } catch (error) {
      const { name } = integrations.resolve(place.provider, place.mode).provider
      await moveAttempt(db, bus, row, 'pending', failed(explainFailure(error, name), now()))
      throw error
    }
    const connection_id = finished?.connection_id ?? null
    await db
      .updateTable('app_installations')
      .set({ connection_id })
      .where('provider', '=', place.provider)
      .where('mode', '=', place.mode)
      .where('installation', '=', place.installation)
      .execute()
    return 'connected' as const
  }

  /** A token that ends no later than the one that is held changes nothing: the call came twice, or late. */
  async function renew(row: StoredConnection, credential: Credential) {
    const connection = { organization: row.organization_id, id: row.id }
    const held = await vault.load(connection)
    const isNewer = (expiryOf(credential) ?? 0) > (held.expiresAt ?? 0)
    // What is refused cannot get worse: any token of the platform is then worth a try.
    if (!isNewer && row.status !== 'connection_invalid') return 'kept' as const
    await bus.transaction(db, async (trx) => {
      await vault.put(trx, connection, credential, now())
      const changed =
        row.status === 'connection_invalid' && (await setStatus(trx, bus, now(), connection, CONNECTED))
      if (!changed) await tellChange(trx, bus, connection, row)
    })
    return 'renewed' as const
  }

  async function uninstall(place: Place) {
    const known = await find(place)
    await db
      .updateTable('app_installations')
      .set({ uninstalled_at: new Date(now()), seen_at: new Date(now()) })
      .where('provider', '=', place.provider)
      .where('mode', '=', place.mode)
      .where('installation', '=', place.installation)
      .execute()
    if (!known?.organization_id || !known.connection_id) return 'kept' as const
    const row = await findConnection(known.organization_id, known.connection_id)
    if (!row || row.disconnected_at) return 'kept' as const
    await disconnector.disconnect(row, { force: false, actor: place.provider })
    return 'disconnected' as const
  }

  function find({ provider, mode, installation }: Place) {
    return db
      .selectFrom('app_installations')
      .selectAll()
      .where('provider', '=', provider)
      .where('mode', '=', mode)
      .where('installation', '=', installation)
      .executeTakeFirst()
  }

  function findConnection(organization: string, id: string): Promise<StoredConnection | undefined> {
    return db
      .selectFrom('connections')
      .selectAll()
      .where('organization_id', '=', organization)
      .where('id', '=', id)
      .executeTakeFirst()
  }

  /** The one there is; with several, nothing of a call says whose the installation is, and the hub does not guess. */
  async function soleOrganization(): Promise<string | null> {
    const found = await db.selectFrom('organizations').select('id').limit(2).execute()
    return found.length === 1 ? (found[0]?.id ?? null) : null
  }

  function update({ provider, mode, installation }: Place) {
    return db
      .updateTable('app_installations')
      .where('provider', '=', provider)
      .where('mode', '=', mode)
      .where('installation', '=', installation)
  }

  const unknown = (place: Place) =>
    new HubError('not_found', `There is no installation "${place.installation}" without an organization.`)

  return {
    receive,
    unassigned() {
      return db
        .selectFrom('app_installations')
        .select(['provider', 'mode', 'installation', 'parameters', 'installed_at', 'seen_at', 'ignored_at'])
        .where('organization_id', 'is', null)
        .where('uninstalled_at', 'is', null)
        .orderBy('seen_at', 'desc')
        .limit(200)
        .execute()
    },
    async assign(place, organization) {
      const known = await db
        .selectFrom('organizations')
        .select('id')
        .where('id', '=', organization)
        .executeTakeFirst()
      if (!known) throw new HubError('not_found', `There is no organization "${organization}".`)
      const assigned = await update(place)
        .set({ organization_id: organization, ignored_at: null })
        .where('organization_id', 'is', null)
        .executeTakeFirst()
      if (assigned.numUpdatedRows > 0n) return
      if (await find(place))
        throw new HubError('conflict', 'This installation belongs to an organization already.')
      throw unknown(place)
    },
    async ignore(place, ignored) {
      const changed = await update(place)
        .set({ ignored_at: ignored ? new Date(now()) : null })
        .where('organization_id', 'is', null)
        .executeTakeFirst()
      if (changed.numUpdatedRows === 0n) throw unknown(place)
    },
  }
}

/** The token came along with a call that is proved; only its end is read from it. */
function readToken(token: string, now: number): Credential {
  let end: number | undefined
  try {
    const { exp } = decodeJwt(token)
    if (exp !== undefined) end = exp * 1000
  } catch {
    // Not a JWT: usable all the same.
  }
  return {
    kind: 'oauth2',
    tokens: { main: { access_token: token, expires_at: end ?? now + TOKEN_LIFETIME_MS } },
  }
}

function expiryOf(credential: Credential): number | undefined {
  return credential.kind === 'oauth2' ? credential.tokens.main.expires_at : undefined
}

/** Whether what both say is the same; not every call says everything. */
function sameValues(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).every((name) => b[name] === undefined || a[name] === b[name])
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
