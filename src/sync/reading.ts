/**
 * Reads the lists of a connection in the background, page by page. A page and the place to go on from are committed
 * together, so that a hub that stops, or a provider that asks to wait, costs no page twice: whichever replica is next
 * goes on from there. One holder at a time, by a lease.
 */
import { sql } from 'kysely'
import { readText } from '../catalog/define.ts'
import { fill } from '../catalog/fill.ts'
import type { Membership, ResourceKind } from '../catalog/resource-kinds.ts'
import { lacking, readItems, readResource } from '../catalog/resources.ts'
import { HubError, PROBLEMS } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import type { Access } from '../vault/access.ts'
import { fillingOf } from '../vault/filling.ts'
import type { Integrations } from '../vault/integrations.ts'
import {
  deleteResources,
  dropEnded,
  dropUnseen,
  keepResources,
  type ReadingKey,
  renameSelected,
} from './kept.ts'
import { createPageReader, type Progress, type Turn } from './page.ts'
import { findKind, providerOf, selectSources, type SourceConnection } from './sources.ts'

export type Reading = {
  /** Begins to read where nothing was read, or what was read is old, or it is asked for; else does nothing. */
  refresh(connection: SourceConnection, kind: ResourceKind, options?: { force?: boolean }): Promise<void>
  /** Asks the provider itself for what matches, and keeps it. Trouble is nobody's concern: the lists go on. */
  search(connection: SourceConnection, kind: ResourceKind, query: string): Promise<void>
  /** Goes on with what was interrupted or had to wait, and clears what belongs to nobody. */
  sweep(): Promise<void>
  /** Resolves when nothing is being read by this process. */
  settled(): Promise<void>
  drain(): Promise<void>
}

/** What was read is good for this long; opening a picker after that reads anew. */
export const FRESH_MS = 10 * 60_000
/** Longer than a call may take, so that a holder that lives is not overtaken. */
const LEASE_MS = 180_000
/** More than a person scrolls through; what lies beyond is found by the provider's own search. */
const LIMIT = 20_000
const TRIES = 4
/** Pages come faster than anybody reads; this often is told how far it is. */
const TELL_MS = 700
const LONGEST_WAIT_MS = 15 * 60_000

export function createReading(options: {
  database: Database
  bus: Bus
  access: Pick<Access, 'call'>
  integrations: Integrations
  now: () => number
  onError: (error: unknown) => void
  /** Of every page, in place of the declared one: for tests of paging. */
  pageSize?: number | undefined
}): Reading {
  const { database, bus, access, integrations, now, onError, pageSize } = options
  const { db } = database
  const readPage = createPageReader({ access, integrations, pageSize })
  const running = new Set<Promise<void>>()
  let closing = false

  const keyOf = (connection: SourceConnection, kind: ResourceKind): ReadingKey => ({
    organization: connection.organization_id,
    connection: connection.id,
    kind: kind.id,
  })

  function whereKey(trx: Db, key: ReadingKey) {
    return trx
      .updateTable('resource_readings')
      .where('organization_id', '=', key.organization)
      .where('connection_id', '=', key.connection)
      .where('kind', '=', key.kind)
  }

  const tell = (trx: Db, { organization_id, id, provider }: SourceConnection) =>
    bus.publish(trx, {
      topic: 'resources.changed',
      organization: organization_id,
      id,
      provider,
      owner_kind: 'organization',
      owner: organization_id,
    })

  /** @returns the number of the reading, where this call is the one to do it */
  async function begin(
    connection: SourceConnection,
    kind: ResourceKind,
    force: boolean,
  ): Promise<number | undefined> {
    const key = keyOf(connection, kind)
    const at = new Date(now())
    return bus.transaction(db, async (trx) => {
      const before = await trx
        .selectFrom('resource_readings')
        .selectAll()
        .where('organization_id', '=', key.organization)
        .where('connection_id', '=', key.connection)
        .where('kind', '=', key.kind)
        .forUpdate()
        .executeTakeFirst()
      const same = before?.account_id === connection.account_id
      if (before && same) {
        if (before.state === 'reading' && before.lease_until && before.lease_until > at) return undefined
        if (before.state === 'waiting' && before.resume_at && before.resume_at > at) return undefined
        const ended = before.state === 'failed' ? before.started_at : before.read_at
        const isFresh = ended !== null && ended.getTime() + FRESH_MS > now()
        if (!force && isFresh && (before.state === 'done' || before.state === 'failed')) return undefined
      }
      // Another account's names are not this one's.
      if (before && !same) await deleteResources(trx, key)
      const reading = (before?.reading ?? 0) + 1
      const values = {
        account_id: connection.account_id,
        state: 'reading' as const,
        reading,
        progress: JSON.stringify({ list: 0 } satisfies Progress),
        found: 0,
        tries: 0,
        truncated: false,
        skipped: '[]',
        problem_code: null,
        problem_detail: null,
        started_at: at,
        lease_until: new Date(now() + LEASE_MS),
        resume_at: null,
        ...(same ? {} : { read_at: null }),
      }
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('resource_readings')
        .values({
          organization_id: key.organization,
          connection_id: key.connection,
          kind: key.kind,
          ...values,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['organization_id', 'connection_id', 'kind'])
            .doUpdateSet(values)
            .where('resource_readings.reading', '<', reading),
        )
        .executeTakeFirst()
      if (!numInsertedOrUpdatedRows) return undefined
      await tell(trx, connection)
      return reading
    })
  }

  function start(connection: SourceConnection, kind: ResourceKind, reading: number, from: Progress): void {
    const run = read(connection, kind, reading, from)
      .catch(onError)
      .finally(() => running.delete(run))
    running.add(run)
  }

  async function read(
    connection: SourceConnection,
    kind: ResourceKind,
    reading: number,
    from: Progress,
  ): Promise<void> {
    const integration = integrations.resolve(connection.provider, connection.mode)
    const filling = fillingOf(integration, connection.parameters)
    const key = keyOf(connection, kind)
    let progress: Progress | undefined = from
    let told = 0
    if (kind.membership && from.list === 0) await keepBotName(connection, key, reading, kind.membership)
    while (progress) {
      if (closing) return release(key, reading)
      const current: Progress = progress
      let turn: Turn
      try {
        turn = await readPage(connection, kind, current, filling)
      } catch (error) {
        return pause(connection, key, reading, error)
      }
      const isOver = turn.progress === undefined
      const isTime = isOver || now() - told >= TELL_MS
      if (isTime) told = now()
      const kept: 'lost' | 'full' | 'kept' = await bus.transaction(db, async (trx) => {
        await keepResources(trx, key, turn.found, { reading, at: new Date(now()) })
        const { rows } = await sql<{ found: number }>`
          update resource_readings set
            progress = ${JSON.stringify(turn.progress ?? { list: kind.lists.length })}::jsonb,
            found = found + ${turn.found.length}, tries = 0,
            skipped = skipped || ${JSON.stringify(turn.skipped ? [turn.skipped] : [])}::jsonb,
            lease_until = ${new Date(now() + LEASE_MS)}
          where organization_id = ${key.organization} and connection_id = ${key.connection}
            and kind = ${key.kind} and reading = ${reading} and state = 'reading'
          returning found`.execute(trx)
        if (!rows[0]) return 'lost'
        if (isTime) await tell(trx, connection)
        return rows[0].found >= LIMIT ? 'full' : 'kept'
      })
      // Somebody else reads on, or the connection is gone.
      if (kept === 'lost') return
      if (kept === 'full') return finish(connection, key, reading, { truncated: true })
      progress = turn.progress
    }
    await finish(connection, key, reading, { truncated: false })
  }

  /** What is not there any more goes, except what a project selected: that is marked. */
  async function finish(
    connection: SourceConnection,
    key: ReadingKey,
    reading: number,
    { truncated }: { truncated: boolean },
  ): Promise<void> {
    const at = new Date(now())
    await bus.transaction(db, async (trx) => {
      const ended = await whereKey(trx, key)
        .set({ state: 'done', truncated, read_at: at, lease_until: null, resume_at: null })
        .where('reading', '=', reading)
        .where('state', '=', 'reading')
        .returning(['skipped'])
        .executeTakeFirst()
      if (!ended) return
      const isWhole = !truncated && ended.skipped.length === 0
      if (isWhole) await dropUnseen(trx, key, connection, { reading, at })
      const renamed = await renameSelected(trx, key, connection)
      for (const id of renamed)
        await bus.publish(trx, {
          topic: 'organization.changed',
          organization: key.organization,
          what: 'projects',
          id,
        })
      await tell(trx, connection)
    })
  }

  async function fail(
    connection: SourceConnection,
    key: ReadingKey,
    reading: number,
    error: unknown,
  ): Promise<void> {
    if (!(error instanceof HubError)) onError(error)
    await bus.transaction(db, async (trx) => {
      await whereKey(trx, key)
        .set({
          state: 'failed',
          lease_until: null,
          resume_at: null,
          problem_code: error instanceof HubError ? error.code : 'internal_error',
          problem_detail:
            error instanceof HubError
              ? error.detail
              : 'Something went wrong here. The log of the hub says what.',
        })
        .where('reading', '=', reading)
        .execute()
      await tell(trx, connection)
    })
  }

  /** Waits where that may help, and gives up where it has not; the next turn goes on from the same page. */
  async function pause(
    connection: SourceConnection,
    key: ReadingKey,
    reading: number,
    error: unknown,
  ): Promise<void> {
    const trouble = await whereKey(db, key)
      .set((eb) => ({ tries: eb('tries', '+', 1) }))
      .where('reading', '=', reading)
      .where('state', '=', 'reading')
      .returning('tries')
      .executeTakeFirst()
    if (!trouble) return
    const wait = waitOf(error, trouble.tries)
    if (wait === undefined || !(error instanceof HubError)) return fail(connection, key, reading, error)
    await bus.transaction(db, async (trx) => {
      await whereKey(trx, key)
        .set({
          state: 'waiting',
          lease_until: null,
          resume_at: new Date(now() + wait),
          problem_code: error.code,
          problem_detail: error.detail,
        })
        .where('reading', '=', reading)
        .where('state', '=', 'reading')
        .execute()
      await tell(trx, connection)
    })
  }

  /** Whoever comes next may go on at once. */
  async function release(key: ReadingKey, reading: number): Promise<void> {
    await whereKey(db, key).set({ lease_until: null }).where('reading', '=', reading).execute()
  }

  /** Under which name the account is invited; without it the command has a placeholder. */
  async function keepBotName(
    connection: SourceConnection,
    key: ReadingKey,
    reading: number,
    { bot }: Membership,
  ): Promise<void> {
    try {
      const { verdict, body } = await access.call(
        { organization: connection.organization_id, id: connection.id },
        bot.request,
      )
      const name = verdict === 'ok' ? readText(body, bot.at) : undefined
      if (name)
        await whereKey(db, key)
          .set({ bot: name.slice(0, 100) })
          .where('reading', '=', reading)
          .execute()
    } catch (error) {
      if (!(error instanceof HubError)) onError(error)
    }
  }

  return {
    async refresh(connection, kind, { force = false } = {}) {
      const resumed = force ? undefined : await resume(connection, kind)
      if (resumed) return
      const reading = await begin(connection, kind, force)
      if (reading !== undefined && !closing) start(connection, kind, reading, { list: 0 })
    },
    async search(connection, kind, query) {
      const { search } = kind
      const provider = providerOf(integrations, connection.provider)
      if (!search || !provider) return
      if (connection.granted_scopes.length > 0 && lacking(search.needs, connection.granted_scopes).length > 0)
        return
      try {
        const { verdict, answer, body } = await access.call(
          { organization: connection.organization_id, id: connection.id },
          search.request,
          { values: { query } },
        )
        const items =
          verdict === 'ok' ? readItems(search, { body, text: answer.body.toString('utf8') }) : undefined
        const filling = fillingOf(
          integrations.resolve(connection.provider, connection.mode),
          connection.parameters,
        )
        const found = (items ?? []).flatMap((item) => readResource(search, item, filling) ?? [])
        const key = keyOf(connection, kind)
        const current = await db
          .selectFrom('resource_readings')
          .select('reading')
          .where('organization_id', '=', key.organization)
          .where('connection_id', '=', key.connection)
          .where('kind', '=', key.kind)
          .executeTakeFirst()
        if (current) await keepResources(db, key, found, { reading: current.reading, at: new Date(now()) })
      } catch (error) {
        if (!(error instanceof HubError)) onError(error)
      }
    },
    async sweep() {
      const at = new Date(now())
      await dropEnded(db)
      const open = await db
        .selectFrom('resource_readings')
        .select(['organization_id', 'connection_id', 'kind'])
        .where((eb) =>
          eb.or([
            eb.and([eb('state', '=', 'waiting'), eb('resume_at', '<=', at)]),
            eb.and([
              eb('state', '=', 'reading'),
              eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', at)]),
            ]),
          ]),
        )
        .limit(50)
        .execute()
      for (const { organization_id, connection_id, kind } of open) {
        const connection = await selectSources(db, organization_id)
          .where('id', '=', connection_id)
          .executeTakeFirst()
        const provider = connection && providerOf(integrations, connection.provider)
        if (connection && provider?.resources?.some(({ id }) => id === kind))
          await resume(connection, findKind(provider, kind, connection))
      }
    },
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
    async drain() {
      closing = true
      await Promise.all(running)
    },
  }

  /** @returns whether a reading that stood still was taken up */
  async function resume(connection: SourceConnection, kind: ResourceKind): Promise<boolean> {
    const key = keyOf(connection, kind)
    const at = new Date(now())
    const taken = await whereKey(db, key)
      .set({ state: 'reading', lease_until: new Date(now() + LEASE_MS), resume_at: null })
      .where('account_id', '=', connection.account_id)
      .where((eb) =>
        eb.or([
          eb.and([eb('state', '=', 'waiting'), eb('resume_at', '<=', at)]),
          eb.and([
            eb('state', '=', 'reading'),
            eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', at)]),
          ]),
        ]),
      )
      .returning(['reading', 'progress'])
      .executeTakeFirst()
    if (!taken || closing) return false
    start(connection, kind, taken.reading, taken.progress as Progress)
    return true
  }
}

/** Milliseconds to wait before the page is asked for again; undefined: there is no use in it. */
function waitOf(error: unknown, tries: number): number | undefined {
  if (!(error instanceof HubError)) return undefined
  // However often: whoever asks to wait will answer.
  if (error.code === 'upstream_rate_limited')
    return Math.min(LONGEST_WAIT_MS, Math.max(1, error.extras.retryAfter ?? 30) * 1000)
  if (PROBLEMS[error.code].retry !== 'later' || tries >= TRIES) return undefined
  return 5000 * 2 ** tries
}

/** What a person types to invite the account. */
export function inviteCommand({ invite, bot }: Membership, name: string | null): string {
  return fill(invite.command, { bot: name ?? bot.otherwise })
}
