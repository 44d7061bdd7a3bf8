/** Projects and what they select, wired. */
import type { Audit } from '../identity/audit.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import type { Access } from '../vault/access.ts'
import type { Integrations } from '../vault/integrations.ts'
import { createProjectImpact } from './impact.ts'
import { createProjects, type Projects } from './projects.ts'
import { createReading } from './reading.ts'
import { createResources, type Resources } from './resources.ts'
import { createSelections, type Selections } from './selections.ts'
import { createSyncDesk, type SyncDesk } from './settings.ts'

export type Sync = {
  projects: Projects
  resources: Resources
  selections: Selections
  desk: SyncDesk
  impact: ReturnType<typeof createProjectImpact>
  /** Goes on with readings that were interrupted or had to wait. */
  sweep(): Promise<void>
  /** Resolves when this process reads nothing. */
  settled(): Promise<void>
  drain(): Promise<void>
}

export function createSync(options: {
  database: Database
  bus: Bus
  access: Pick<Access, 'call'>
  audit: Pick<Audit, 'record'>
  integrations: Integrations
  now: () => number
  onError: (error: unknown) => void
  pageSize?: number | undefined
}): Sync {
  const { database, bus, audit, integrations, now } = options
  const { db } = database
  const projects = createProjects({ db, bus, audit, now })
  const reading = createReading(options)
  return {
    projects,
    resources: createResources({ db, projects, reading, integrations }),
    selections: createSelections({ ...options, projects }),
    desk: createSyncDesk({ db, bus, audit, projects, now }),
    impact: createProjectImpact({ db, integrations }),
    sweep: reading.sweep,
    settled: reading.settled,
    drain: reading.drain,
  }
}
