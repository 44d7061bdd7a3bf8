/**
 * What an account has beside its permission to be called: a plan, a product, a number of places. Asked after
 * connecting and whenever the connection is verified. A call that fails tells nothing, and never fails a connection.
 */
import type { Capability, Json, Provider } from '../catalog/define.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import type { Access } from '../vault/access.ts'
import { type ConnectionKey, tellChange } from '../vault/status.ts'

export type HeldCapability = { id: string; value: string; warning?: string }

type Answer = { status: number; body: Json | undefined }

export type Capabilities = {
  /** All of them; one that is not told keeps what was held. `verified` is the answer to the declared `verify`. */
  ask(
    connection: ConnectionKey,
    provider: Provider,
    verified: Answer,
    held: readonly HeldCapability[],
  ): Promise<HeldCapability[]>
  /** For a connection that was made just now: those that need a call of their own, behind the person's back. */
  askLater(connection: ConnectionKey, provider: Provider): void
  drain(): Promise<void>
}

export function createCapabilities(options: { database: Database; bus: Bus; access: Access }): Capabilities {
  const { database, bus, access } = options
  const { db } = database
  const underWay = new Set<Promise<void>>()

  async function askOne(
    connection: ConnectionKey,
    capability: Capability,
    verified: Answer | undefined,
  ): Promise<HeldCapability | undefined> {
    if (!capability.request) return verified && readOne(capability, verified)
    try {
      const { answer, body } = await access.call(connection, capability.request)
      return readOne(capability, { status: answer.status, body })
    } catch {
      return undefined
    }
  }

  async function askAll(
    connection: ConnectionKey,
    { capabilities = [] }: Provider,
    verified: Answer | undefined,
    held: readonly HeldCapability[],
  ): Promise<HeldCapability[]> {
    const found = await Promise.all(
      capabilities.map(
        async (capability) =>
          (await askOne(connection, capability, verified)) ?? held.find(({ id }) => id === capability.id),
      ),
    )
    return found.filter((one) => one !== undefined)
  }

  async function askNow(connection: ConnectionKey, provider: Provider): Promise<void> {
    const find = () =>
      db
        .selectFrom('connections')
        .select(['capabilities', 'account_id', 'provider', 'owner_id'])
        .where('organization_id', '=', connection.organization)
        .where('id', '=', connection.id)
        .where('disconnected_at', 'is', null)
        .executeTakeFirst()
    const row = await find()
    if (!row) return
    const found = await askAll(connection, provider, undefined, row.capabilities)
    await bus.transaction(db, async (trx) => {
      const written = await trx
        .updateTable('connections')
        .set({ capabilities: JSON.stringify(found) })
        .where('organization_id', '=', connection.organization)
        .where('id', '=', connection.id)
        // What was asked of one account says nothing of another that took its place.
        .where('account_id', '=', row.account_id)
        .executeTakeFirst()
      if (written.numUpdatedRows > 0n) await tellChange(trx, bus, connection, row)
    })
  }

  return {
    ask: askAll,
    askLater(connection, provider) {
      if (!provider.capabilities?.some(({ request }) => request)) return
      const asking = askNow(connection, provider)
        .catch(() => {})
        .finally(() => underWay.delete(asking))
      underWay.add(asking)
    },
    async drain() {
      await Promise.all(underWay)
    },
  }
}

/** Those that the answer to `verify` tells. */
export function readVerified({ capabilities = [] }: Provider, verified: Answer): HeldCapability[] {
  return capabilities.flatMap((capability) =>
    capability.request ? [] : (readOne(capability, verified) ?? []),
  )
}

function readOne(capability: Capability, answer: Answer): HeldCapability | undefined {
  try {
    const told = capability.read(answer)
    return told && { id: capability.id, ...told }
  } catch {
    // An answer of another shape than the declaration knows tells nothing.
    return undefined
  }
}
