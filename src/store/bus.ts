/**
 * Tells every replica what changed: PostgreSQL's LISTEN/NOTIFY on one channel. A message published inside a
 * transaction leaves when it commits, so nobody hears of what did not happen.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import type { Database, Db } from './database.ts'
import type { CommitBehind } from './driver.ts'
import type { OwnerKind } from './schema.ts'
import { statement } from './statement.ts'

export type BusMessage =
  | {
      topic: 'connection.changed' | 'connection.deleted' | 'resources.changed'
      organization: string
      id: string
      provider: string
      owner_kind: OwnerKind
      owner: string
    }
  | { topic: 'attempt.changed'; organization: string; id: string; provider: string; person: string | null }
  | { topic: 'api_key.changed'; organization: string; id: string }
  /** Something of the organization that pages show and nobody caches; `id` says which, null: any of them. */
  | { topic: 'organization.changed'; organization: string; what: OrganizationPart; id: string | null }
  | { topic: 'session.changed'; organization: string; id: string }
  /** Of the whole installation; whoever hears it reads the table again. */
  | { topic: InstallationTopic }

type Told = { from: string; messages: readonly BusMessage[] }
/** `payloads`: as they were sent, once they were. */
type Telling = { messages: BusMessage[]; payloads: readonly string[] | undefined }

export type OrganizationPart = 'people' | 'projects' | 'agents' | 'policies'
export type InstallationTopic = 'secrets.changed' | 'integrations.changed' | 'catalog.changed'

export type Bus = {
  /** Within a transaction of `transaction`, told when it commits; else at once. */
  publish(db: Db, message: BusMessage): Promise<void>
  /** Runs a transaction; this process hears of its messages before the caller goes on, the others in a moment. */
  transaction<Result>(db: Db, run: (trx: Db, commitBehind: CommitBehind) => Promise<Result>): Promise<Result>
  subscribe(handler: (message: BusMessage) => void): () => void
  /** Called when messages may have been missed: whoever caches must forget. */
  onGap(handler: () => void): () => void
  /** False while messages may be missed: whoever caches must not trust what it holds. */
  readonly listening: boolean
  close(): Promise<void>
}

const CHANNEL = 'trunkline'
const NOTIFY = statement<{ payload: string }>()((db, { payload }) =>
  db.selectNoFrom(sql`pg_notify(${CHANNEL}, ${payload})`.as('told')),
)
/** What PostgreSQL takes in one notification. */
const PAYLOAD_BYTES = 8000
const RETRY_MS = 500
const CONNECT_MS = 10_000
/** A dead peer on a silent connection is noticed by asking it now and then: it has until the next question to answer. */
const PING_MS = 5_000

export async function openBus(
  database: Database,
  log: (message: string) => void,
  { pingMs = PING_MS }: { pingMs?: number } = {},
): Promise<Bus> {
  const sender = randomUUID()
  /** What transactions that are still open will tell. */
  const open = new WeakMap<Db, Telling>()
  /** What was published by transactions of which nobody knows whether they were committed. */
  const undecided = new Set<string>()

  /** As few as their size allows: each wakes every replica. */
  function payloadsOf(messages: readonly BusMessage[]): string[] {
    if (messages.length === 0) return []
    const payload = JSON.stringify({ from: sender, messages } satisfies Told)
    if (messages.length === 1 || Buffer.byteLength(payload) < PAYLOAD_BYTES) return [payload]
    const half = Math.ceil(messages.length / 2)
    return [...payloadsOf(messages.slice(0, half)), ...payloadsOf(messages.slice(half))]
  }

  async function send(db: Db, payloads: readonly string[]): Promise<void> {
    await Promise.all(payloads.map((payload) => NOTIFY.all(db, { payload })))
  }

  const handlers = new Set<(message: BusMessage) => void>()
  const gapHandlers = new Set<() => void>()
  let client: pg.Client | undefined
  let listening = false
  let closed = false
  let retry: NodeJS.Timeout | undefined

  function deliver(message: BusMessage): void {
    for (const handler of handlers) handler(message)
  }

  function lose(lost: pg.Client, reason: string): void {
    if (closed || client !== lost) return
    client = undefined
    listening = false
    log(`change notifications interrupted: ${reason}`)
    for (const handler of gapHandlers) handler()
    lost.end().catch(() => {})
    scheduleRetry()
  }

  function scheduleRetry(): void {
    retry = setTimeout(() => {
      connect().catch(() => scheduleRetry())
    }, RETRY_MS)
  }

  async function connect(): Promise<void> {
    const next = new pg.Client({
      ...database.address,
      application_name: 'trunkline-bus',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
    })
    next.on('error', (error) => lose(next, error.message))
    next.on('end', () => lose(next, 'connection closed'))
    next.on('notification', ({ payload }) => {
      if (!payload) return
      const { from, messages } = JSON.parse(payload) as Told
      if (from !== sender || undecided.delete(payload)) for (const message of messages) deliver(message)
    })
    try {
      await next.connect()
      await next.query(`listen ${CHANNEL}`)
    } catch (error) {
      next.end().catch(() => {})
      throw error
    }
    if (closed) return void next.end()
    client = next
    // What was published between the loss and now was missed.
    undecided.clear()
    for (const handler of gapHandlers) handler()
    listening = true
  }

  await connect()
  let unanswered: pg.Client | undefined
  const ping = setInterval(() => {
    const asked = client
    if (!asked) return
    if (unanswered === asked) {
      // It may be this process that was away, with the answer waiting to be read: that comes before a judgement.
      setImmediate(() => unanswered === asked && lose(asked, 'no answer'))
      return
    }
    unanswered = asked
    asked
      .query('select 1')
      .then(() => {
        if (unanswered === asked) unanswered = undefined
      })
      .catch((error: Error) => lose(asked, error.message))
  }, pingMs)
  ping.unref()

  return {
    async publish(db, message) {
      const telling = open.get(db)
      if (telling?.payloads) throw new Error('the transaction is over')
      if (telling) return void telling.messages.push(message)
      await send(db, payloadsOf([message]))
      deliver(message)
    },
    async transaction(db, run) {
      const telling: Telling = { messages: [], payloads: undefined }
      const { messages } = telling
      const result = await database.transact(
        db,
        async (trx, commitBehind) => {
          open.set(trx, telling)
          const tell = () => send(trx, (telling.payloads = payloadsOf(messages)))
          const given = await run(trx, (statements) =>
            commitBehind(Promise.all([statements, tell()])).then(([first]) => first),
          )
          if (!telling.payloads && messages.length > 0) await commitBehind(tell())
          return given
        },
        () => {
          // Now, if it was committed before the connection broke; and with the others, if it is only now.
          for (const payload of telling.payloads ?? []) undecided.add(payload)
          for (const message of messages) deliver(message)
        },
      )
      for (const message of messages) deliver(message)
      return result
    },
    subscribe(handler) {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    onGap(handler) {
      gapHandlers.add(handler)
      return () => gapHandlers.delete(handler)
    },
    get listening() {
      return listening
    },
    async close() {
      closed = true
      clearTimeout(retry)
      clearInterval(ping)
      await client?.end()
    },
  }
}
