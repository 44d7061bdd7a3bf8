/**
 * People who leave at the provider: it tells that somebody removed the app (their connections become Connection
 * Invalid), or asks that their data be deleted. Both come from outside, signed by the app's secret, for people of every
 * organization of this installation.
 */
import { createHash, createHmac } from 'node:crypto'
import { HubError } from '../errors.ts'
import type { Audit } from '../identity/audit.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import type { Integration, Integrations } from '../vault/integrations.ts'
import { recordEvent, setStatus, tellChange } from '../vault/status.ts'
import type { StoredConnection } from './connections.ts'
import type { Disconnector } from './disconnect.ts'
import { readSignedRequest, type SignedRequest } from './signed-request.ts'

export type Departures = {
  /**
   * Notes whose data goes and answers at once; the work follows. The same request again is answered with the same
   * code and has no second effect.
   * @throws HubError `signature_refused`
   */
  requestDeletion(signedRequest: string): Promise<{ code: string }>
  /** @throws HubError `signature_refused` */
  deauthorize(signedRequest: string): Promise<void>
  /** What became of a request; undefined: no such code. Nothing in it tells of the person. */
  find(code: string): Promise<DeletionState | undefined>
  /** Takes up deletions that a stop or an outage interrupted. */
  sweep(): Promise<void>
  drain(): Promise<void>
}

export type DeletionState = { status: 'pending' | 'done'; receivedAt: Date; finishedAt: Date | null }

type Target = { organization: string; id: string }

const ACTOR = 'Data deletion request'
/** What is under way since less is not taken up again. */
const RESUME_MS = 60_000

export function createDepartures(options: {
  database: Database
  bus: Bus
  integrations: Integrations
  disconnector: Disconnector
  audit: Audit
  now: () => number
  onError: (error: unknown) => void
}): Departures {
  const { database, bus, integrations, disconnector, audit, now, onError } = options
  const { db } = database
  const underWay = new Set<Promise<void>>()

  /** The request, and the integrations whose app made it. */
  function read(text: string): { request: SignedRequest; apps: Integration[] } {
    const apps = integrations
      .list()
      .filter(({ provider, client }) => provider.departures === 'signed_request' && client?.client_secret)
    const secretOf = ({ client }: Integration) => client?.client_secret ?? ''
    const request = readSignedRequest(text, [...new Set(apps.map(secretOf))], now())
    return { request, apps: apps.filter((app) => request.secrets.includes(secretOf(app))) }
  }

  /**
   * Known by its hash, and made from the request, so that a repeated one meets the first. Only who holds the app
   * secret could make another.
   */
  function codeOf(kind: string, { payload, secrets }: SignedRequest): { code: string; hash: Buffer } {
    const code = createHmac('sha256', secrets[0] as string)
      .update(`${kind} code|${payload}`)
      .digest('hex')
      .slice(0, 40)
    return { code, hash: hashCode(code) }
  }

  /** Connections made with the person's grant, by the person's id as the account's or the grant's. */
  function findConnections(trx: Database['db'], { userId }: SignedRequest, apps: readonly Integration[]) {
    const families = [...new Set(apps.map(({ provider }) => provider.family))]
    const modes = [...new Set(apps.map(({ mode }) => (mode === 'sandbox' ? mode : ('live' as const))))]
    return trx
      .selectFrom('connections')
      .selectAll()
      .where('family', 'in', families)
      .where('mode', 'in', modes)
      .where((eb) => eb.or([eb('grant_id', '=', userId), eb('account_id', '=', userId)]))
      .execute()
  }

  /** False where the same request was noted before. */
  async function note(
    trx: Database['db'],
    hash: Buffer,
    kind: 'deletion' | 'deauthorization',
    targets: readonly Target[],
  ): Promise<boolean> {
    const done = kind === 'deauthorization' || targets.length === 0
    const noted = await trx
      .insertInto('data_deletions')
      .values({
        code_hash: hash,
        kind,
        status: done ? 'done' : 'pending',
        targets: JSON.stringify(kind === 'deletion' ? targets : []),
        received_at: new Date(now()),
        finished_at: done ? new Date(now()) : null,
      })
      .onConflict((conflict) => conflict.column('code_hash').doNothing())
      .executeTakeFirst()
    return (noted.numInsertedOrUpdatedRows ?? 0n) > 0n
  }

  async function work(hash: Buffer, targets: readonly Target[]): Promise<void> {
    for (const target of targets) await erase(target)
    await db
      .updateTable('data_deletions')
      .set({ status: 'done', targets: '[]', finished_at: new Date(now()) })
      .where('code_hash', '=', hash)
      .where('status', '=', 'pending')
      .execute()
  }

  function begin(hash: Buffer, targets: readonly Target[]): void {
    // Left pending where it fails: the sweep takes it up again.
    const run: Promise<void> = work(hash, targets)
      .catch(onError)
      .finally(() => underWay.delete(run))
    underWay.add(run)
  }

  /** Disconnects, then takes everything out of the row and its history that tells whose it was. */
  async function erase(target: Target): Promise<void> {
    const row = await db
      .selectFrom('connections')
      .selectAll()
      .where('organization_id', '=', target.organization)
      .where('id', '=', target.id)
      .executeTakeFirst()
    if (!row) return
    if (!row.disconnected_at) await disconnect(row)
    await bus.transaction(db, async (trx) => {
      await trx
        .updateTable('connections')
        .set({
          account_id: `erased ${row.id}`,
          grant_id: `erased ${row.id}`,
          account_label: 'Erased account',
          account_email: null,
          label: null,
          parameters: '{}',
          capabilities: '[]',
        })
        .where('organization_id', '=', row.organization_id)
        .where('id', '=', row.id)
        .execute()
      await trx
        .deleteFrom('connection_events')
        .where('organization_id', '=', row.organization_id)
        .where('connection_id', '=', row.id)
        .execute()
      await trx
        .deleteFrom('oauth_states')
        .where('organization_id', '=', row.organization_id)
        .where('connection_id', '=', row.id)
        .execute()
      await recordEvent(trx, now(), {
        connection: target,
        kind: 'erased',
        title: 'The person asked the provider for deletion: credential, account and history were erased.',
        actor: ACTOR,
      })
      await tellChange(trx, bus, target, row)
    })
    await audit.record({
      organization: row.organization_id,
      actor: ACTOR,
      action: 'connection.erased',
      target: row.id,
      detail: { provider: row.provider },
    })
  }

  async function disconnect(row: StoredConnection): Promise<void> {
    try {
      await disconnector.disconnect(row, { force: false, actor: ACTOR })
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'connection_disconnected') throw error
    }
  }

  return {
    async requestDeletion(text) {
      const { request, apps } = read(text)
      const { code, hash } = codeOf('deletion', request)
      const targets = await db.transaction().execute(async (trx) => {
        const found = await findConnections(trx, request, apps)
        const mine = found.map(({ organization_id, id }) => ({ organization: organization_id, id }))
        return (await note(trx, hash, 'deletion', mine)) ? mine : []
      })
      if (targets.length > 0) begin(hash, targets)
      return { code }
    },
    async deauthorize(text) {
      const { request, apps } = read(text)
      const { hash } = codeOf('deauthorization', request)
      await bus.transaction(db, async (trx) => {
        if (!(await note(trx, hash, 'deauthorization', []))) return
        for (const row of await findConnections(trx, request, apps)) {
          if (row.disconnected_at) continue
          const { name } = apps.find(({ provider }) => provider.id === row.provider)?.provider ?? {
            name: row.provider,
          }
          await setStatus(
            trx,
            bus,
            now(),
            { organization: row.organization_id, id: row.id },
            {
              status: 'connection_invalid',
              cause: 'app_removed',
              detail: `The person removed this app at ${name}, which ended its access. Reconnect the account.`,
            },
          )
        }
      })
    },
    async find(code) {
      const row = await db
        .selectFrom('data_deletions')
        .select(['status', 'received_at', 'finished_at'])
        .where('code_hash', '=', hashCode(code))
        .where('kind', '=', 'deletion')
        .executeTakeFirst()
      return row && { status: row.status, receivedAt: row.received_at, finishedAt: row.finished_at }
    },
    async sweep() {
      const open = await db
        .selectFrom('data_deletions')
        .select(['code_hash', 'targets'])
        .where('status', '=', 'pending')
        .where('received_at', '<', new Date(now() - RESUME_MS))
        .limit(100)
        .execute()
      for (const { code_hash, targets } of open) await work(code_hash, targets).catch(onError)
    },
    async drain() {
      await Promise.allSettled(underWay)
    },
  }
}

function hashCode(code: string): Buffer {
  return createHash('sha256').update(code).digest()
}
