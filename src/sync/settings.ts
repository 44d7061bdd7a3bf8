/** When a project's providers are synced, and the runs there were. */
import type { Selectable } from 'kysely'
import type { Audit } from '../identity/audit.ts'
import type { Principal } from '../identity/principal.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import type { Schema } from '../store/schema.ts'
import { type Origin, type Projects, tellProject } from './projects.ts'

export type SyncSettings = Pick<
  Selectable<Schema['sync_settings']>,
  'provider' | 'enabled' | 'schedule' | 'window_days'
> & {
  /** Null: nobody changed what every project begins with. */
  changed_at: Date | null
}

export type RunRow = Selectable<Schema['sync_runs']> & { started_by_name: string | null }

export type SettingsChange = {
  enabled?: boolean | undefined
  schedule?: SyncSettings['schedule'] | undefined
  window_days?: number | undefined
}

export type SyncDesk = {
  /** One for each of these providers. */
  settings(principal: Principal, project: string, providers: readonly string[]): Promise<SyncSettings[]>
  change(
    principal: Principal,
    project: string,
    provider: string,
    change: SettingsChange,
    from: Origin,
  ): Promise<SyncSettings>
  /** Newest first. */
  runs(
    principal: Principal,
    project: string,
    page: { limit: number; after: string | undefined; provider: string | undefined },
  ): Promise<RunRow[]>
}

/** What a project begins with. */
export const DEFAULTS = { enabled: true, schedule: 'hourly', window_days: 90 } as const

export function createSyncDesk(options: {
  db: Db
  bus: Bus
  audit: Pick<Audit, 'record'>
  projects: Projects
  now: () => number
}): SyncDesk {
  const { db, bus, audit, projects, now } = options

  return {
    async settings(principal, project, providers) {
      await projects.get(principal, project)
      const rows = await db
        .selectFrom('sync_settings')
        .select(['provider', 'enabled', 'schedule', 'window_days', 'changed_at'])
        .where('organization_id', '=', principal.organization)
        .where('project_id', '=', project)
        .execute()
      const named = [...new Set([...providers, ...rows.map(({ provider }) => provider)])]
      return named.map(
        (provider) =>
          rows.find((row) => row.provider === provider) ?? { provider, ...DEFAULTS, changed_at: null },
      )
    },
    async change(principal, project, provider, change, from) {
      await projects.getForChange(principal, project)
      const { organization } = principal
      const { enabled, schedule, window_days } = change
      const set = {
        ...(enabled !== undefined && { enabled }),
        ...(schedule !== undefined && { schedule }),
        ...(window_days !== undefined && { window_days }),
      }
      const by = { changed_by: principal.id, changed_at: new Date(now()) }
      const row = await bus.transaction(db, async (trx) => {
        const stored = await trx
          .insertInto('sync_settings')
          .values({
            organization_id: organization,
            project_id: project,
            provider,
            ...DEFAULTS,
            ...set,
            ...by,
          })
          .onConflict((conflict) =>
            conflict.columns(['organization_id', 'project_id', 'provider']).doUpdateSet({ ...set, ...by }),
          )
          .returning(['provider', 'enabled', 'schedule', 'window_days', 'changed_at'])
          .executeTakeFirstOrThrow()
        await tellProject(trx, bus, organization, project)
        return stored
      })
      await audit.record({
        organization,
        actor: principal.id,
        action: 'project.sync_settings_changed',
        target: project,
        ip: from.ip,
        detail: { provider, ...set },
      })
      return row
    },
    async runs(principal, project, { limit, after, provider }) {
      await projects.get(principal, project)
      return db
        .selectFrom('sync_runs as r')
        .leftJoin('people as p', 'p.id', 'r.started_by')
        .leftJoin('api_keys as k', (join) =>
          join.onRef('k.organization_id', '=', 'r.organization_id').onRef('k.id', '=', 'r.started_by'),
        )
        .selectAll('r')
        .select((eb) => eb.fn.coalesce('p.name', 'k.name').as('started_by_name'))
        .where('r.organization_id', '=', principal.organization)
        .where('r.project_id', '=', project)
        .$if(provider !== undefined, (query) => query.where('r.provider', '=', provider as string))
        .$if(after !== undefined, (query) => query.where('r.id', '<', after as string))
        .orderBy('r.id', 'desc')
        .limit(limit)
        .execute()
    },
  }
}
