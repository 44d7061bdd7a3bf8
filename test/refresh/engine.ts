/** The refresh engine of one replica, without HTTP around it: its own pool, its own notifications, its own memory. */
import type { Provider } from '../../src/catalog/define.ts'
import { createEgress } from '../../src/egress/egress.ts'
import { openBus } from '../../src/store/bus.ts'
import { type DatabaseAddress, openDatabase } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import { createAccess } from '../../src/vault/access.ts'
import type { Credential } from '../../src/vault/credential.ts'
import { createIntegrations } from '../../src/vault/integrations.ts'
import { createKeyRing } from '../../src/vault/keyring.ts'
import { createRefresher } from '../../src/vault/refresh.ts'
import type { ConnectionKey } from '../../src/vault/status.ts'
import { createVault } from '../../src/vault/vault.ts'
import { TEST_MASTER_KEY } from '../setup/testHub.ts'
import { AS_HOST, CLIENT_ENV, declareProvider } from './declaration.ts'

export const ORGANIZATION = 'org_test'

export type Engine = Awaited<ReturnType<typeof startEngine>>

export async function startEngine(options: {
  address: DatabaseAddress
  authorizationServer: string
  now?: () => number
  leaseMs?: number
  catalog?: readonly Provider[]
  env?: Record<string, string>
  /** How long one call waits for its answer; undefined: as long as the hub does. */
  patience?: () => number | undefined
  /** Base64; the first seals. */
  masterKeys?: readonly [string, ...string[]]
}) {
  const {
    address,
    authorizationServer,
    now = Date.now,
    leaseMs,
    catalog = [declareProvider()],
    env = CLIENT_ENV,
    patience = () => undefined,
    masterKeys = [TEST_MASTER_KEY],
  } = options
  const logs: { message: string; detail: Record<string, unknown> | undefined }[] = []
  const outcomes: string[] = []
  const database = openDatabase(address, () => {})
  const bus = await openBus(database, (message) => logs.push({ message, detail: undefined }))
  const vault = createVault({
    database,
    bus,
    ring: createKeyRing(masterKeys.map((key) => Buffer.from(key, 'base64')) as [Buffer, ...Buffer[]]),
    cacheSize: 10_000,
  })
  const integrations = createIntegrations({
    catalog,
    config: { publicUrl: 'http://127.0.0.1:4400', env, liveProviders: [] },
    overrides: Object.fromEntries(catalog.map(({ id }) => [id, { [AS_HOST]: authorizationServer }])),
  })
  const gate = createEgress({ allowPrivateHosts: [] })
  const egress: typeof gate = {
    ...gate,
    send(call) {
      const timeout = patience()
      return gate.send(timeout === undefined ? call : { ...call, timeout })
    },
  }
  const refresher = createRefresher({
    database,
    bus,
    vault,
    integrations,
    egress,
    now,
    log: (message, detail) => void logs.push({ message, detail }),
    onAttempt: (outcome) => void outcomes.push(outcome),
    ...(leaseMs ? { leaseMs } : {}),
  })
  const access = createAccess({ vault, refresher, integrations, egress, now, onRefused: () => {} })
  return {
    database,
    db: database.db,
    bus,
    vault,
    refresher,
    access,
    logs,
    outcomes,
    token: async (connection: ConnectionKey) => (await access.accessToken(connection)).access_token,
    async row(connection: ConnectionKey) {
      const { rows } = await database.pool.query(
        'select c.status, c.status_cause, v.* from connections c left join credentials v on v.organization_id = c.organization_id and v.connection_id = c.id where c.id = $1',
        [connection.id],
      )
      return rows[0]
    },
    async timeline(
      connection: ConnectionKey,
    ): Promise<{ kind: string; title: string; detail: Record<string, unknown> }[]> {
      const { rows } = await database.pool.query(
        'select kind, title, detail from connection_events where connection_id = $1 order by id',
        [connection.id],
      )
      return rows
    },
    async close() {
      await refresher.drain()
      vault.close()
      await egress.close()
      await bus.close()
      await database.close()
    },
  }
}

/** Stores connections as a finished flow would; grant `g3` starts with the refresh token `g3~0`. */
export async function seedConnections(
  engine: Pick<Engine, 'db' | 'vault'>,
  options: {
    count?: number
    expiresAt: number
    now?: number
    provider?: string
    grant?: (index: number) => string
    organization?: string
  },
): Promise<ConnectionKey[]> {
  const {
    count = 1,
    expiresAt,
    now = Date.now(),
    provider = 'strict',
    grant = (index) => `g${index}`,
    organization = ORGANIZATION,
  } = options
  const { db, vault } = engine
  const at = new Date(now)
  await db
    .insertInto('organizations')
    .values({ id: organization, name: 'Test', created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const keys: ConnectionKey[] = []
  for (let index = 0; index < count; index++) {
    const connection = { organization, id: newId('con', now) }
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('connections')
        .values({
          organization_id: organization,
          id: connection.id,
          provider,
          family: provider,
          method: 'oauth2',
          mode: 'live',
          client_id: 'hub-under-test',
          owner_kind: 'organization',
          owner_id: organization,
          account_id: grant(index),
          grant_id: grant(index),
          account_label: grant(index),
          account_email: null,
          label: null,
          is_default: false,
          parameters: '{}',
          requested_scopes: [],
          granted_scopes: [],
          status: 'connected',
          status_cause: null,
          status_detail: '',
          status_since: at,
          created_at: at,
        })
        .execute()
      await vault.put(trx, connection, credentialOf(grant(index), expiresAt), now)
    })
    keys.push(connection)
  }
  return keys
}

export function credentialOf(grant: string, expiresAt: number, generation = 0): Credential {
  return {
    kind: 'oauth2',
    tokens: {
      main: {
        access_token: `access-${grant}~${generation}`,
        refresh_token: `${grant}~${generation}`,
        expires_at: expiresAt,
      },
    },
  }
}
