/** What of the projects stops when a connection ends. */
import type { Principal } from '../identity/principal.ts'
import type { Db } from '../store/database.ts'
import type { Integrations } from '../vault/integrations.ts'
import { managesAll } from './projects.ts'
import { kindsOf, providerOf } from './sources.ts'

export type ImpactProject = {
  id: string
  name: string
  resources: { kind: string; label: string; count: number; names: string[] }[]
  has_history: boolean
}

/** Counts hold every project; those that the viewer may not see are not named. */
export type ProjectImpact = {
  items: { kind: 'projects' | 'resources' | 'syncs'; count: number; title: string; names: string[] }[]
  projects: ImpactProject[]
}

export type Ended = {
  organization_id: string
  provider: string
  mode: 'live' | 'sandbox'
  account_id: string
  owner_kind: 'person' | 'organization' | 'end_user'
}

/** Names beyond these are only counted: an answer stays readable. */
const NAMED = 200

export function createProjectImpact(options: {
  db: Db
  integrations: Integrations
}): (row: Ended, viewer: Principal | undefined) => Promise<ProjectImpact> {
  const { db, integrations } = options
  return async (row, viewer) => {
    // A person's own connection serves no project.
    const selected =
      row.owner_kind !== 'organization'
        ? []
        : await db
            .selectFrom('project_selections as s')
            .innerJoin('projects as p', (join) =>
              join.onRef('p.organization_id', '=', 's.organization_id').onRef('p.id', '=', 's.project_id'),
            )
            .leftJoin('project_members as m', (join) =>
              join
                .onRef('m.organization_id', '=', 's.organization_id')
                .onRef('m.project_id', '=', 's.project_id')
                .on('m.person_id', '=', viewer?.personId ?? ''),
            )
            .select(['p.id', 'p.name as project', 'm.role', 's.kind', 's.name'])
            .select((eb) =>
              eb
                .exists(
                  eb
                    .selectFrom('sync_runs as r')
                    .select('r.id')
                    .whereRef('r.organization_id', '=', 's.organization_id')
                    .whereRef('r.project_id', '=', 's.project_id')
                    .where('r.provider', '=', row.provider)
                    .where('r.mode', '=', row.mode)
                    .where('r.account_id', '=', row.account_id),
                )
                .as('has_history'),
            )
            .where('s.organization_id', '=', row.organization_id)
            .where('s.provider', '=', row.provider)
            .where('s.mode', '=', row.mode)
            .where('s.account_id', '=', row.account_id)
            .orderBy('p.name')
            .orderBy('p.id')
            .orderBy('s.kind')
            .orderBy('s.name')
            .execute()
    const seesAll = viewer !== undefined && managesAll(viewer)
    const kinds = kindsOf(providerOf(integrations, row.provider))
    const all = new Map<string, ImpactProject & { visible: boolean }>()
    for (const one of selected) {
      const project = all.get(one.id) ?? {
        id: one.id,
        name: one.project,
        resources: [],
        has_history: Boolean(one.has_history),
        visible: seesAll || one.role !== null,
      }
      all.set(one.id, project)
      const declared = kinds.find(({ id }) => id === one.kind)
      let group = project.resources.find(({ kind }) => kind === one.kind)
      if (!group) {
        group = { kind: one.kind, label: declared?.one ?? one.kind, count: 0, names: [] }
        project.resources.push(group)
      }
      group.count += 1
      // Read as a phrase: "1 repository", "2 repositories".
      if (group.count === 2) group.label = declared?.many ?? one.kind
      if (group.names.length < NAMED) group.names.push(one.name)
    }
    const every = [...all.values()]
    const visible = every.filter((project) => project.visible)
    const withHistory = every.filter(({ has_history }) => has_history)
    return {
      items: [
        {
          kind: 'projects',
          count: every.length,
          title: 'Projects that use it',
          names: visible.map(({ name }) => name),
        },
        {
          kind: 'resources',
          count: selected.length,
          title: 'Selected resources',
          names: visible.flatMap(({ resources }) => resources.flatMap(({ names }) => names)).slice(0, NAMED),
        },
        {
          kind: 'syncs',
          count: withHistory.length,
          title: 'Projects with sync history',
          names: withHistory.filter((project) => project.visible).map(({ name }) => name),
        },
      ],
      projects: visible.map(({ visible: _visible, ...project }) => project),
    }
  }
}
