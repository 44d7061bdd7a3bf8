/** What the operator set for an integration of this installation, beside its secrets. */
import type { Provider } from '../catalog/define.ts'
import type { Values } from '../catalog/fill.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import { lock } from '../store/lock.ts'
import { openMirror } from '../store/mirror.ts'

/** As it is stored; every part that is missing is as the declaration says. */
export type StoredSettings = {
  scopeSet?: string
  scopes?: readonly string[]
  /** As typed and normalised. */
  parameters?: Values
  /** Host -> base URL. */
  endpoints?: Values
}

export type SettingsRow = { settings: StoredSettings; setAt: Date; setBy: string }

export type Settings = {
  of(providerId: string): StoredSettings
  row(providerId: string): SettingsRow | undefined
  /**
   * Reads, decides and writes in one go, so that two administrators do not undo each other's work. What `decide`
   * throws is thrown, and nothing is written then.
   */
  change(providerId: string, by: string, decide: (stored: StoredSettings) => StoredSettings): Promise<void>
  readonly revision: number
  close(): void
}

export type HeldSettings = Pick<Settings, 'of' | 'revision'>

const NOTHING: StoredSettings = {}

export async function openSettings(options: {
  database: Pick<Database, 'db'>
  bus: Bus
  now: () => number
  onError: (error: unknown) => void
}): Promise<Settings> {
  const { bus, now, onError } = options
  const { db } = options.database
  const mirror = await openMirror({
    bus,
    topic: 'integrations.changed',
    onError,
    async read() {
      const rows = await db.selectFrom('integration_settings').selectAll().execute()
      return new Map(
        rows.map(({ provider, settings, set_at, set_by }) => [
          provider,
          { settings: settings as StoredSettings, setAt: set_at, setBy: set_by } satisfies SettingsRow,
        ]),
      )
    },
  })
  return {
    of: (providerId) => mirror.content.get(providerId)?.settings ?? NOTHING,
    row: (providerId) => mirror.content.get(providerId),
    async change(providerId, by, decide) {
      await bus.transaction(db, async (trx) => {
        await lock(trx, `settings ${providerId}`)
        const row = await trx
          .selectFrom('integration_settings')
          .select('settings')
          .where('provider', '=', providerId)
          .executeTakeFirst()
        const settings = decide(row?.settings ?? NOTHING)
        if (Object.keys(settings).length === 0)
          await trx.deleteFrom('integration_settings').where('provider', '=', providerId).execute()
        else {
          const row = { settings: JSON.stringify(settings), set_at: new Date(now()), set_by: by }
          await trx
            .insertInto('integration_settings')
            .values({ provider: providerId, ...row })
            .onConflict((conflict) => conflict.column('provider').doUpdateSet(row))
            .execute()
        }
        await bus.publish(trx, { topic: 'integrations.changed' })
      })
      await mirror.refresh()
    },
    get revision() {
      return mirror.revision
    },
    close: () => mirror.close(),
  }
}

/**
 * Parameters that the operator sets, and their defaults. A stored value whose form a newer declaration no longer
 * accepts stays: whoever uses it is told, where the default would send people to another server.
 */
export function operatorParameters(provider: Provider, stored: Values): Record<string, string> {
  return Object.fromEntries(
    (provider.parameters ?? []).flatMap((parameter) => {
      const value = parameter.asked === 'operator' ? stored[parameter.name] || parameter.default : undefined
      return value === undefined ? [] : [[parameter.name, value]]
    }),
  )
}
