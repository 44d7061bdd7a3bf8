/** Providers that operators declare while the hub runs: stored as they were given, compiled on every replica. */
import { compileProvider, type DeclaredProvider } from '../catalog/custom.ts'
import type { DeclarationContext } from '../catalog/custom-rules.ts'
import type { Provider } from '../catalog/define.ts'
import { variablesOf } from '../catalog/variables.ts'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import type { OwnerKind } from '../store/schema.ts'
import { openMirror } from '../store/mirror.ts'
import { recordEvent } from './status.ts'
import type { Environment } from './variables.ts'

export type DeclaredEntry = {
  id: string
  declaration: unknown
  setAt: Date
  setBy: string
  /** What a newer version of the hub refuses about it; empty: it is in use. */
  problems: { path: string; message: string }[]
}

export type Declared = {
  /** For the catalog. */
  readonly content: readonly Provider[]
  readonly revision: number
  list(): DeclaredEntry[]
  find(id: string): DeclaredEntry | undefined
  /** @throws HubError `field_invalid` with one entry for everything that is wrong */
  check(declaration: unknown): { declaration: DeclaredProvider; provider: Provider }
  /** @returns whether it is new */
  put(declaration: unknown, by: string): Promise<{ id: string; isNew: boolean }>
  /**
   * @param force ends its connections on the hub's side; without it they keep it from being removed
   * @throws HubError `not_found`, or `conflict` while connections live
   */
  remove(id: string, how: { by: string; force: boolean }): Promise<{ ended: number }>
  close(): void
}

/** In the environment alone, a name of this form may be read by what administrators declare. */
const OPEN_TO_DECLARATIONS = /^CUSTOM_/

/**
 * The environment as integrations may see it: what shipped providers read, and names meant for declarations. An
 * administrator of the dashboard must not be able to have another variable of the machine sent somewhere.
 */
export function integrationEnvironment(env: Environment, shipped: readonly Provider[]): Environment {
  const names = new Set(shipped.flatMap((provider) => variablesOf(provider).map(({ name }) => name)))
  return new Proxy(env, {
    get: (target, name) =>
      typeof name === 'string' && (names.has(name) || OPEN_TO_DECLARATIONS.test(name))
        ? target[name]
        : undefined,
  })
}

export function declarationContext(
  shipped: readonly Provider[],
  allowPrivateHosts: readonly string[],
): DeclarationContext {
  return {
    takenIds: new Set(shipped.map(({ id }) => id)),
    takenVariables: new Set(shipped.flatMap((provider) => variablesOf(provider).map(({ name }) => name))),
    allowPrivateHosts,
  }
}

export async function openDeclared(options: {
  database: Pick<Database, 'db'>
  bus: Bus
  shipped: readonly Provider[]
  allowPrivateHosts: readonly string[]
  now: () => number
  onError: (error: unknown) => void
}): Promise<Declared> {
  const { bus, shipped, allowPrivateHosts, now, onError } = options
  const { db } = options.database
  const context = declarationContext(shipped, allowPrivateHosts)
  const check = (declaration: unknown) => compileProvider(declaration, context)

  const mirror = await openMirror({
    bus,
    topic: 'catalog.changed',
    onError,
    async read() {
      const rows = await db.selectFrom('declared_providers').selectAll().orderBy('id').execute()
      const providers: Provider[] = []
      const entries = rows.map(({ id, declaration, set_at, set_by }): DeclaredEntry => {
        const entry = { id, declaration, setAt: set_at, setBy: set_by, problems: [] }
        try {
          providers.push(check(declaration).provider)
          return entry
        } catch (error) {
          // One that no longer passes is left out, and told by doctor; the others go on.
          onError(error)
          const problems = error instanceof HubError ? (error.extras.errors ?? []) : []
          return {
            ...entry,
            problems: problems.length > 0 ? problems : [{ path: id, message: 'cannot be read' }],
          }
        }
      })
      return { providers, entries }
    },
  })

  const find = (id: string) => mirror.content.entries.find((entry) => entry.id === id)

  return {
    get content() {
      return mirror.content.providers
    },
    get revision() {
      return mirror.revision
    },
    list: () => mirror.content.entries,
    find,
    check,
    async put(given, by) {
      const { declaration } = check(given)
      const isNew = await bus.transaction(db, async (trx) => {
        const known = await trx
          .selectFrom('declared_providers')
          .select('id')
          .where('id', '=', declaration.id)
          .executeTakeFirst()
        // As it was given: what is filled in where something is left out may change from version to version.
        const row = { declaration: JSON.stringify(given), set_at: new Date(now()), set_by: by }
        await trx
          .insertInto('declared_providers')
          .values({ id: declaration.id, ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute()
        await bus.publish(trx, { topic: 'catalog.changed' })
        return known === undefined
      })
      await mirror.refresh()
      return { id: declaration.id, isNew }
    },
    async remove(id, { by, force }) {
      if (!find(id)) throw new HubError('not_found', `No provider "${id}" was declared here.`)
      const ended = await bus.transaction(db, async (trx) => {
        const living = await trx
          .selectFrom('connections')
          .select(['organization_id', 'id', 'owner_kind', 'owner_id'])
          .where('provider', '=', id)
          .where('disconnected_at', 'is', null)
          .execute()
        if (living.length > 0 && !force) {
          throw new HubError(
            'conflict',
            `${living.length === 1 ? '1 connection uses' : `${living.length} connections use`} "${id}". Disconnect them first, which also ends the access at the provider; or remove it by force, which ends only the hub's side.`,
          )
        }
        for (const connection of living) await end(trx, id, connection, by)
        await trx.deleteFrom('declared_providers').where('id', '=', id).execute()
        await trx.deleteFrom('integration_settings').where('provider', '=', id).execute()
        await bus.publish(trx, { topic: 'integrations.changed' })
        await bus.publish(trx, { topic: 'catalog.changed' })
        return living.length
      })
      await mirror.refresh()
      return { ended }
    },
    close: () => mirror.close(),
  }

  async function end(
    trx: Db,
    provider: string,
    row: { organization_id: string; id: string; owner_kind: OwnerKind; owner_id: string },
    by: string,
  ): Promise<void> {
    const at = new Date(now())
    for (const table of ['credentials', 'data_keys'] as const)
      await trx
        .deleteFrom(table)
        .where('organization_id', '=', row.organization_id)
        .where('connection_id', '=', row.id)
        .execute()
    await trx
      .updateTable('connections')
      .set({
        disconnected_at: at,
        status: 'not_configured',
        status_cause: 'provider_removed',
        status_detail: 'The provider was removed from this hub. Access at the provider was not ended.',
        status_since: at,
        is_default: false,
      })
      .where('organization_id', '=', row.organization_id)
      .where('id', '=', row.id)
      .execute()
    await recordEvent(trx, now(), {
      connection: { organization: row.organization_id, id: row.id },
      kind: 'disconnected',
      title: 'Disconnected: the provider was removed from this hub.',
      actor: by,
      detail: { forced: true },
    })
    await bus.publish(trx, {
      topic: 'connection.deleted',
      organization: row.organization_id,
      id: row.id,
      provider,
      owner_kind: row.owner_kind,
      owner: row.owner_id,
    })
  }
}
