/**
 * The secrets of the installation: client secrets, signing secrets, hub-wide keys, by the names that declarations
 * give them. Each value is sealed by the master key for its name and version, and opened into memory, because every
 * call needs it. A client that was replaced stays, id and secret, for the connections that it made.
 */
import type { ClientNames } from '../catalog/variables.ts'
import { HubError } from '../errors.ts'
import type { Client } from '../oauth/server.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import { lock } from '../store/lock.ts'
import { newId } from '../store/ids.ts'
import { openMirror } from '../store/mirror.ts'
import type { KeyRing } from './keyring.ts'

export type SecretInfo = {
  name: string
  version: number
  setAt: Date
  setBy: string
  /** False: no loaded master key opens it. It counts as not set, until it is set again or the key is back. */
  readable: boolean
}

export type SecretChange = {
  name: string
  outcome: 'new' | 'replaced' | 'unchanged'
  /** Of the value that is in use after the change. */
  version: number
  /** The client id that was in use before, where the change is another client. */
  replacedClient?: string
}

export type Secrets = {
  /** The value in use, of the vault alone. */
  read(name: string): string | undefined
  /** Clients that were replaced and are still held. */
  formerClients(names: ClientNames): Client[]
  list(): SecretInfo[]
  /**
   * All of them or none.
   * @throws HubError `field_invalid` with one entry for every name that cannot be set so
   */
  set(values: Readonly<Record<string, string>>, how: SetOptions): Promise<SecretChange[]>
  /** Removes every version; @returns the names that were held */
  unset(names: readonly string[]): Promise<string[]>
  /** Forgets replaced clients whose connections are gone. */
  prune(): Promise<void>
  readonly revision: number
  close(): void
}

export type SetOptions = {
  /** Whom the list names. */
  by: string
  /** All pairs that the catalog knows: a client's id and its secret are replaced together. */
  clients: readonly ClientNames[]
  /** Says what would change, and changes nothing. */
  dryRun?: boolean
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/
const MAX_LENGTH = 20_000
/** Read by the hub at its start, from the environment alone; but for the secret of its own client for signing in. */
const CONFIGURATION = /^(TRUNKLINE_(?!OIDC_CLIENT_SECRET$)|NEXT_PUBLIC_)/
/** A replaced client without connections is kept this long, for flows that are still open. */
const KEEP_MS = 24 * 3_600_000

export const secretPlace = (name: string, version: number) => `secret|${name}|${version}`

type Row = {
  name: string
  version: number
  retired: string | null
  key_id: string
  sealed: Buffer
  set_at: Date
  set_by: string
}
type Opened = Row & { value: string | undefined }

export async function openSecrets(options: {
  database: Pick<Database, 'db'>
  bus: Bus
  ring: KeyRing
  now: () => number
  onError: (error: unknown) => void
  /** Told every value, so that logs can hide it. */
  onSecret?: (secret: string) => void
}): Promise<Secrets> {
  const { bus, ring, now, onError, onSecret = () => {} } = options
  const { db } = options.database

  function open(row: Row): Opened {
    try {
      const value = ring.open(row.key_id, row.sealed, secretPlace(row.name, row.version)).toString('utf8')
      onSecret(value)
      return { ...row, value }
    } catch {
      return { ...row, value: undefined }
    }
  }

  const mirror = await openMirror({
    bus,
    topic: 'secrets.changed',
    onError,
    async read() {
      const rows = (await db.selectFrom('secrets').selectAll().orderBy('name').execute()).map(open)
      for (const { name, value } of rows)
        if (value === undefined)
          onError(
            new HubError('vault_open_failed', `${name} was sealed with a master key that is not loaded.`),
          )
      return { rows, inUse: new Map(rows.filter(({ retired }) => !retired).map((row) => [row.name, row])) }
    },
  })

  /** One writer at a time over all replicas: a pair must be seen whole. */
  function change<Result>(run: (trx: Db, rows: Opened[]) => Promise<Result>): Promise<Result> {
    return bus.transaction(db, async (trx) => {
      await lock(trx, 'secrets')
      return run(trx, (await trx.selectFrom('secrets').selectAll().execute()).map(open))
    })
  }

  async function set(given: Readonly<Record<string, string>>, how: SetOptions): Promise<SecretChange[]> {
    const values = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value.trim()]))
    checkValues(values)
    for (const value of Object.values(values)) onSecret(value)
    const changes = await change(async (trx, rows) => {
      const plan = planChange(values, rows, how.clients)
      if (how.dryRun || plan.every(({ outcome }) => outcome === 'unchanged')) return plan
      const retired = newId('change', now())
      for (const step of plan) {
        const held = rows.filter(({ name }) => name === step.name)
        // Back at a client that was replaced before: one client is held once.
        const back = held.filter((row) => row.retired && row.value === values[step.name] && step.isClientId)
        for (const row of back) await trx.deleteFrom('secrets').where('retired', '=', row.retired).execute()
        if (step.outcome === 'unchanged') continue
        const old = trx.updateTable('secrets').where('name', '=', step.name).where('retired', 'is', null)
        if (step.keepOld) await old.set({ retired }).execute()
        else
          await trx.deleteFrom('secrets').where('name', '=', step.name).where('retired', 'is', null).execute()
        const sealed = ring.seal(
          Buffer.from(values[step.name] as string),
          secretPlace(step.name, step.version),
        )
        await trx
          .insertInto('secrets')
          .values({
            name: step.name,
            version: step.version,
            retired: null,
            key_id: sealed.keyId,
            sealed: sealed.sealed,
            set_at: new Date(now()),
            set_by: how.by,
          })
          .execute()
      }
      await bus.publish(trx, { topic: 'secrets.changed' })
      return plan
    })
    if (!how.dryRun) await mirror.refresh()
    return changes.map(({ name, outcome, version, replacedClient }) => ({
      name,
      outcome,
      version,
      ...(replacedClient === undefined ? {} : { replacedClient }),
    }))
  }

  return {
    read: (name) => mirror.content.inUse.get(name)?.value,
    formerClients({ client_id, client_secret }) {
      const { rows } = mirror.content
      return rows.flatMap((row) => {
        if (row.name !== client_id || !row.retired || row.value === undefined) return []
        if (!client_secret) return [{ client_id: row.value }]
        const secret = rows.find(
          (other) => other.retired === row.retired && other.name === client_secret,
        )?.value
        return secret === undefined ? [] : [{ client_id: row.value, client_secret: secret }]
      })
    },
    list: () =>
      [...mirror.content.inUse.values()].map(({ name, version, set_at, set_by, value }) => ({
        name,
        version,
        setAt: set_at,
        setBy: set_by,
        readable: value !== undefined,
      })),
    set,
    async unset(names) {
      const gone = await change(async (trx, rows) => {
        const held = rows.filter(({ name }) => names.includes(name))
        if (held.length === 0) return []
        // Half of a replaced client is of no use.
        const groups = held.flatMap(({ retired }) => retired ?? [])
        await trx
          .deleteFrom('secrets')
          .where((eb) =>
            eb.or([
              eb('name', 'in', [...names]),
              ...(groups.length > 0 ? [eb('retired', 'in', groups)] : []),
            ]),
          )
          .execute()
        await bus.publish(trx, { topic: 'secrets.changed' })
        return [...new Set(held.map(({ name }) => name))]
      })
      await mirror.refresh()
      return gone
    },
    async prune() {
      const oldEnough = newId('change', now() - KEEP_MS)
      const candidates = mirror.content.rows.filter(({ retired }) => retired !== null && retired < oldEnough)
      if (candidates.length === 0) return
      await change(async (trx, rows) => {
        const used = new Set(
          (
            await trx
              .selectFrom('connections')
              .select('client_id')
              .distinct()
              .where('client_id', 'is not', null)
              .where('disconnected_at', 'is', null)
              .execute()
          ).map(({ client_id }) => client_id),
        )
        const groups = Map.groupBy(
          rows.filter(({ retired }) => retired !== null && retired < oldEnough),
          ({ retired }) => retired as string,
        )
        const idle = [...groups].flatMap(([group, members]) =>
          // What does not open stays: it may be a client id that is used.
          members.some(({ value }) => value === undefined || used.has(value)) ? [] : [group],
        )
        if (idle.length === 0) return
        await trx.deleteFrom('secrets').where('retired', 'in', idle).execute()
        await bus.publish(trx, { topic: 'secrets.changed' })
      })
    },
    get revision() {
      return mirror.revision
    },
    close: () => mirror.close(),
  }
}

/** @throws HubError `field_invalid`; no message repeats a value */
function checkValues(values: Readonly<Record<string, string>>): void {
  const errors = Object.entries(values).flatMap(([name, value]) => {
    const message = !NAME.test(name)
      ? 'is not the name of a variable: letters, digits and _ only'
      : CONFIGURATION.test(name)
        ? 'configures the hub itself and is read from the environment alone'
        : value === ''
          ? 'is empty. To remove it, unset it'
          : value.length > MAX_LENGTH || value.includes('\0')
            ? `must be text of at most ${MAX_LENGTH} characters`
            : undefined
    return message ? [{ path: name, message }] : []
  })
  refuse(errors)
}

function refuse(errors: { path: string; message: string }[]): void {
  if (errors.length === 0) return
  const detail = errors.map(({ path, message }) => `${path} ${message}.`).join(' ')
  throw new HubError('field_invalid', detail, { errors })
}

type Step = SecretChange & {
  isClientId: boolean
  /** The value that is replaced stays with the client it belongs to. */
  keepOld: boolean
}

/** @throws HubError `field_invalid` where a client id would be left with the secret of another client */
function planChange(
  values: Readonly<Record<string, string>>,
  rows: readonly Opened[],
  clients: readonly ClientNames[],
): Step[] {
  const inUse = (name: string) => rows.find((row) => row.name === name && !row.retired)
  const differs = (name: string) => {
    const held = inUse(name)
    return held !== undefined && values[name] !== undefined && held.value !== values[name]
  }
  const pairs = clients.filter(({ client_id }) => differs(client_id))
  refuse(
    pairs.flatMap(({ client_id, client_secret }) =>
      client_secret && inUse(client_secret) && values[client_secret] === undefined
        ? [
            {
              path: client_secret,
              message: `must be given together with a new ${client_id}: it belongs to the client`,
            },
          ]
        : [],
    ),
  )
  return Object.keys(values).map((name) => {
    const held = inUse(name)
    const isClientId = clients.some(({ client_id }) => client_id === name)
    const replaced = pairs.filter(
      ({ client_id, client_secret }) => client_id === name || client_secret === name,
    )
    // A secret that is the same text for another client is still that client's, with a version of its own.
    const changed = replaced.length > 0 || held?.value !== values[name]
    const top = Math.max(0, ...rows.filter((row) => row.name === name).map(({ version }) => version))
    const keepOld = replaced.some(({ client_id, client_secret }) => {
      const id = inUse(client_id)?.value
      return id !== undefined && (client_secret === undefined || inUse(client_secret)?.value !== undefined)
    })
    return {
      name,
      outcome: held === undefined ? 'new' : changed ? 'replaced' : 'unchanged',
      version: held && !changed ? held.version : top + 1,
      isClientId,
      keepOld: held !== undefined && keepOld,
      ...(isClientId && replaced.length > 0 && held?.value !== undefined
        ? { replacedClient: held.value }
        : {}),
    }
  })
}
