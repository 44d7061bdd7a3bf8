/**
 * The sealed credentials: the only reader and writer of secrets. A row of `credentials` opens with the connection's
 * data key, which the master key wraps; disconnecting destroys both.
 */
import type { KeyObject } from 'node:crypto'
import { createSecretKey } from 'node:crypto'
import type { Insertable } from 'kysely'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import type { OwnerKind, Schema, StatusName } from '../store/schema.ts'
import { statement } from '../store/statement.ts'
import { type Credential, decodeCredential, encodeCredential, firstExpiry } from './credential.ts'
import type { KeyRing } from './keyring.ts'
import type { Mode } from './integrations.ts'
import { newKey, open, seal } from './seal.ts'
import type { ConnectionKey } from './status.ts'

/** A credential as it lies in the database, with what every use of it needs to know. */
export type SealedEntry = {
  organization: string
  id: string
  provider: string
  method: string
  mode: Mode
  clientId: string | null
  /** Id of the connection whose credential this one goes through. */
  lender: string | null
  owner: { kind: OwnerKind; id: string }
  parameters: Readonly<Record<string, string>>
  status: StatusName
  statusCause: string | null
  statusDetail: string
  version: number
  sealed: Buffer
  /** Unwrapped data key, held as a key object: it cannot be read out by accident. */
  key: KeyObject
  /** Milliseconds; undefined: unknown or never. */
  expiresAt: number | undefined
  nextAttemptAt: number | undefined
}

/** One connection, and who asks for it: what is not theirs is refused before anything of it is told. */
export type Asked = ConnectionKey & {
  /** @throws HubError where the owner's connections are not for whoever asks */
  admit?: (owner: SealedEntry['owner']) => void
}

/** A row that was read, and is opened once whoever asks was admitted. */
type Found = {
  owner: SealedEntry['owner']
  /** @throws HubError `connection_disconnected` */
  open: () => SealedEntry
}

export type Vault = {
  /** Seals and stores inside the caller's transaction; the version grows by one. */
  put(db: Db, connection: ConnectionKey, credential: Credential, now: number): Promise<void>
  /** The same for a connection that is new, and so holds nothing yet. */
  putFirst(db: Db, connection: ConnectionKey, credential: Credential, now: number): Promise<void>
  /**
   * From memory where nothing can have changed, else by one prepared query.
   * @throws HubError `not_found`, or `connection_disconnected`
   */
  find(connection: Asked): Promise<SealedEntry>
  /** From memory or not at all: no query, no promise. @throws what `admit` does */
  peek(connection: Asked): SealedEntry | undefined
  /** Past the memory. */
  load(connection: Asked): Promise<SealedEntry>
  /** For a query that reads more in the same go. @throws HubError `connection_disconnected` */
  fromRow(connection: ConnectionKey, row: SealedRow): SealedEntry
  open(entry: Pick<SealedEntry, 'organization' | 'id' | 'version' | 'sealed' | 'key'>): Credential
  /** The bytes of the next version, for the refresh engine's compare-and-swap. */
  sealNext(
    entry: Pick<SealedEntry, 'organization' | 'id' | 'version' | 'key'>,
    credential: Credential,
  ): Buffer
  /** Destroys credential and data key inside the caller's transaction. */
  destroy(db: Db, connection: ConnectionKey): Promise<void>
  /** Seals something that waits for a person (a verifier, a code, tokens to be confirmed). */
  sealPending(place: string, value: unknown): { key_id: string; sealed: Buffer }
  openPending<T>(place: string, row: { key_id: string; sealed: Buffer }): T
  close(): void
}

/** What a query has to select and join for `fromRow`; `c` is the row of `connections`. */
export const SEALED_COLUMNS = `c.provider, c.method, c.mode, c.client_id, c.lender_id, c.owner_kind, c.owner_id, c.parameters, c.status,
  c.status_cause, c.status_detail, c.disconnected_at, k.key_id, k.wrapped, v.version, v.sealed, v.expires_at, v.next_attempt_at`
export const SEALED_JOINS = `left join credentials v on v.organization_id = c.organization_id and v.connection_id = c.id
  left join data_keys k on k.organization_id = c.organization_id and k.connection_id = c.id`

const FIND = {
  name: 'vault-find',
  text: `select ${SEALED_COLUMNS} from connections c ${SEALED_JOINS} where c.organization_id = $1 and c.id = $2`,
}

/** No lease, no trouble. */
const AT_REST = {
  lease_owner: null,
  lease_until: null,
  in_flight: false,
  failures: 0,
  trouble_code: null,
  trouble_detail: null,
  trouble_since: null,
  next_attempt_at: null,
}

const INSERT = statement<
  Omit<Insertable<Schema['credentials']>, 'fence'> & Insertable<Schema['data_keys']>
>()((db, values) =>
  db
    .with('key', (also) =>
      also.insertInto('data_keys').values({
        organization_id: values.organization_id,
        connection_id: values.connection_id,
        key_id: values.key_id,
        wrapped: values.wrapped,
      }),
    )
    .insertInto('credentials')
    .values({
      organization_id: values.organization_id,
      connection_id: values.connection_id,
      version: values.version,
      sealed: values.sealed,
      expires_at: values.expires_at,
      refresh_at: values.refresh_at,
      refreshed_at: values.refreshed_at,
      ...AT_REST,
    }),
)

export function createVault(options: {
  database: Database
  bus: Bus
  ring: KeyRing
  cacheSize: number
  /** Told every secret that is sealed, so that logs can hide it. */
  onSecret?: (secret: string) => void
}): Vault {
  const { database, bus, ring, cacheSize, onSecret = () => {} } = options
  const cache = new Map<string, SealedEntry>()
  /** Reads under way; one that a change overtook is not kept. */
  const loading = new Map<string, Promise<Found>>()
  /** Calls that arrive in one turn of the event loop open a credential once; nothing in the clear outlives the turn. */
  const opened = new Map<object, Credential>()
  const forget = () => opened.clear()
  const placeOf = ({ organization, id }: ConnectionKey) => `${organization} ${id}`

  const unsubscribe = bus.subscribe((message) => {
    if (message.topic !== 'connection.changed' && message.topic !== 'connection.deleted') return
    cache.delete(message.id)
    loading.delete(placeOf(message))
  })
  const unsubscribeGap = bus.onGap(() => {
    cache.clear()
    loading.clear()
  })

  async function read({ organization, id }: ConnectionKey): Promise<Found> {
    const { rows } = await database.pool.query<SealedRow>({ ...FIND, values: [organization, id] })
    const row = rows[0]
    if (!row) throw new HubError('not_found', `There is no connection "${id}".`)
    let entry: SealedEntry | undefined
    return {
      owner: { kind: row.owner_kind, id: row.owner_id },
      open: () => (entry ??= fromRow({ organization, id }, row)),
    }
  }

  async function load(connection: Asked): Promise<SealedEntry> {
    return admitted(connection, await read(connection))
  }

  /** In this order: that a connection was disconnected is told to nobody whose it was not. */
  function admitted({ admit }: Asked, { owner, open: openRow }: Found): SealedEntry {
    admit?.(owner)
    return openRow()
  }

  function fromRow({ organization, id }: ConnectionKey, row: SealedRow): SealedEntry {
    if (row.disconnected_at || !row.sealed || !row.wrapped) {
      throw new HubError(
        'connection_disconnected',
        'This connection was disconnected. Connect the account again.',
      )
    }
    return {
      organization,
      id,
      provider: row.provider,
      method: row.method,
      mode: row.mode,
      clientId: row.client_id,
      lender: row.lender_id,
      owner: { kind: row.owner_kind, id: row.owner_id },
      parameters: row.parameters,
      status: row.status,
      statusCause: row.status_cause,
      statusDetail: row.status_detail,
      version: row.version,
      sealed: row.sealed,
      key: createSecretKey(ring.open(row.key_id, row.wrapped, keyPlace(organization, id))),
      expiresAt: row.expires_at?.getTime(),
      nextAttemptAt: row.next_attempt_at?.getTime(),
    }
  }

  async function find(connection: Asked): Promise<SealedEntry> {
    if (cacheSize === 0 || !bus.listening) return load(connection)
    const { id } = connection
    const known = cache.get(id)
    // An id belongs to one organization for good; the comparison keeps a foreign caller out all the same.
    if (known) {
      if (known.organization !== connection.organization)
        throw new HubError('not_found', `There is no connection "${id}".`)
      connection.admit?.(known.owner)
      return known
    }
    const place = placeOf(connection)
    const underWay = loading.get(place)
    if (underWay) return admitted(connection, await underWay)
    const started = read(connection)
    loading.set(place, started)
    try {
      const entry = admitted(connection, await started)
      if (loading.get(place) === started) {
        if (cache.size >= cacheSize) cache.delete(cache.keys().next().value as string)
        cache.set(id, entry)
      }
      return entry
    } finally {
      if (loading.get(place) === started) loading.delete(place)
    }
  }

  async function write(
    db: Db,
    { organization, id }: ConnectionKey,
    credential: Credential,
    { version, isFirst }: { version: number; isFirst: boolean },
    now: number,
  ): Promise<void> {
    for (const secret of secretsOf(credential)) onSecret(secret)
    // A new data key with every new grant: what was sealed before is shut for good.
    const key = newKey()
    const { keyId, sealed: wrapped } = ring.seal(key.export(), keyPlace(organization, id))
    const row = {
      version,
      sealed: seal(key, encodeCredential(credential), credentialPlace(organization, id, version)),
      ...freshColumns(credential, now),
    }
    const place = { organization_id: organization, connection_id: id }
    if (isFirst) {
      await INSERT.all(db, { ...place, key_id: keyId, wrapped, ...row })
      return
    }
    await Promise.all([
      db
        .insertInto('data_keys')
        .values({ ...place, key_id: keyId, wrapped })
        .onConflict((conflict) =>
          conflict.columns(['organization_id', 'connection_id']).doUpdateSet({ key_id: keyId, wrapped }),
        )
        .execute(),
      db
        .insertInto('credentials')
        .values({ ...place, ...row })
        .onConflict((conflict) =>
          conflict.columns(['organization_id', 'connection_id']).doUpdateSet((update) => ({
            ...row,
            // A refresh that is under way for the old grant may no longer write.
            fence: update('credentials.fence', '+', 1),
          })),
        )
        .execute(),
    ])
  }

  return {
    find,
    load,
    fromRow,
    peek({ organization, id, admit }) {
      const known = bus.listening ? cache.get(id) : undefined
      if (known?.organization !== organization) return undefined
      admit?.(known.owner)
      return known
    },
    async put(db, connection, credential, now) {
      const held = await db
        .selectFrom('credentials')
        .select('version')
        .where('organization_id', '=', connection.organization)
        .where('connection_id', '=', connection.id)
        .forUpdate()
        .executeTakeFirst()
      await write(db, connection, credential, { version: (held?.version ?? 0) + 1, isFirst: false }, now)
    },
    putFirst: (db, connection, credential, now) =>
      write(db, connection, credential, { version: 1, isFirst: true }, now),
    open(entry) {
      const known = opened.get(entry)
      if (known) return known
      const plaintext = open(
        entry.key,
        entry.sealed,
        credentialPlace(entry.organization, entry.id, entry.version),
      )
      const credential = decodeCredential(plaintext)
      if (opened.size === 0) setImmediate(forget)
      opened.set(entry, credential)
      return credential
    },
    sealNext(entry, credential) {
      for (const secret of secretsOf(credential)) onSecret(secret)
      return seal(
        entry.key,
        encodeCredential(credential),
        credentialPlace(entry.organization, entry.id, entry.version + 1),
      )
    },
    async destroy(db, { organization, id }) {
      await db
        .deleteFrom('credentials')
        .where('organization_id', '=', organization)
        .where('connection_id', '=', id)
        .execute()
      await db
        .deleteFrom('data_keys')
        .where('organization_id', '=', organization)
        .where('connection_id', '=', id)
        .execute()
    },
    sealPending(place, value) {
      const { keyId, sealed } = ring.seal(Buffer.from(JSON.stringify(value)), place)
      return { key_id: keyId, sealed }
    },
    openPending<T>(place: string, row: { key_id: string; sealed: Buffer }): T {
      return JSON.parse(ring.open(row.key_id, row.sealed, place).toString('utf8')) as T
    },
    close() {
      unsubscribe()
      unsubscribeGap()
      cache.clear()
    },
  }
}

function secretsOf(credential: Credential): string[] {
  if (credential.kind === 'secret') {
    const { values, session } = credential
    return [...Object.values(values), ...(session ? [session.access_token] : [])]
  }
  if (credential.kind === 'borrowed') return []
  return Object.values(credential.tokens).flatMap(({ access_token, refresh_token }) =>
    refresh_token ? [access_token, refresh_token] : [access_token],
  )
}

export type SealedRow = {
  provider: string
  method: string
  mode: Mode
  client_id: string | null
  lender_id: string | null
  owner_kind: OwnerKind
  owner_id: string
  parameters: Record<string, string>
  status: StatusName
  status_cause: string | null
  status_detail: string
  disconnected_at: Date | null
  key_id: string
  wrapped: Buffer | null
  version: number
  sealed: Buffer | null
  expires_at: Date | null
  next_attempt_at: Date | null
}

export const credentialPlace = (organization: string, id: string, version: number) =>
  `credential|${organization}|${id}|${version}`
export const keyPlace = (organization: string, id: string) => `data key|${organization}|${id}`

/** What the row of a credential says that was just written. */
export function freshColumns(credential: Credential, now: number) {
  const expiry = firstExpiry(credential)
  return {
    expires_at: expiry === undefined ? null : new Date(expiry),
    refresh_at: refreshTime(credential, now),
    refreshed_at: new Date(now),
    ...AT_REST,
  }
}

/** Refresh this share of a token's life before it ends, and not all at once: the lead varies by a third. */
const LEAD_SHARE = 0.2
const LEAD_MIN_MS = 60_000
const LEAD_MAX_MS = 20 * 60_000
/** A connection that nothing can renew is warned about this long before its end: two weekends lie in it. */
export const ENDING_MS = 10 * 24 * 3_600_000

/** When the scheduled job takes the credential; null where it does not end. */
export function refreshTime(credential: Credential, now: number): Date | null {
  const expiry = firstExpiry(credential)
  // A session that ended is made anew when somebody needs it.
  if (expiry === undefined || credential.kind !== 'oauth2') return null
  const sets = Object.values(credential.tokens)
  const due = sets.flatMap(({ renewal }) => renewal?.at ?? [])
  if (due.length > 0) return new Date(Math.min(expiry, ...due))
  // Without a refresh token the job has two things to do: warn of the end, and tell it when it comes.
  if (!sets.some(({ refresh_token }) => refresh_token))
    return new Date(expiry - ENDING_MS > now ? expiry - ENDING_MS : expiry)
  const lead = Math.min(LEAD_MAX_MS, Math.max(LEAD_MIN_MS, (expiry - now) * LEAD_SHARE))
  const spread = lead * (0.67 + Math.random() * 0.66)
  return new Date(Math.max(now + (expiry - now) / 2, expiry - spread))
}
