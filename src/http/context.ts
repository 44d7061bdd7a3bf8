/** What routes are given: the wired modules, nothing global. */
import type { Logger } from 'pino'
import type { AgentDesk } from '../agents/desk.ts'
import type { Provider } from '../catalog/define.ts'
import type { Config } from '../config.ts'
import type { Attempts } from '../connect/attempts.ts'
import type { ClientCheck } from '../connect/client-check.ts'
import type { Connections } from '../connect/connections.ts'
import type { Existence } from '../connect/existence.ts'
import type { Departures } from '../connect/departures.ts'
import type { Disconnector } from '../connect/disconnect.ts'
import type { Installations } from '../connect/installations.ts'
import type { Links } from '../connect/links.ts'
import type { Doctor } from '../doctor/doctor.ts'
import type { Accounts } from '../identity/accounts.ts'
import type { Audit } from '../identity/audit.ts'
import type { AuditLog } from '../identity/audit-log.ts'
import type { Identity } from '../identity/identity.ts'
import type { Policies } from '../identity/policies.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import type { Sync } from '../sync/sync.ts'
import type { Access } from '../vault/access.ts'
import type { Declared } from '../vault/declared.ts'
import type { IntegrationSettingsDesk } from '../vault/integrationSettings.ts'
import type { Integrations } from '../vault/integrations.ts'
import type { SecretChanges } from '../vault/secretChanges.ts'
import type { Forward } from './forward.ts'
import type { Metrics } from './metrics.ts'
import type { Presenter } from './present.ts'
import type { ReadTogether } from './together.ts'

export type HttpContext = {
  config: Config
  version: string
  log: Logger
  now: () => number
  db: Db
  bus: Bus
  identity: Identity
  accounts: Accounts
  audit: Audit
  integrations: Integrations
  declared: Declared
  doctor: Doctor
  checkClient: (providerId: string) => Promise<ClientCheck>
  integrationSettings: IntegrationSettingsDesk
  secretChanges: SecretChanges
  access: Access
  attempts: Attempts
  connections: Connections
  disconnector: Disconnector
  departures: Departures
  installations: Installations
  links: Links
  agents: AgentDesk
  policies: Policies
  existence: Existence
  auditLog: AuditLog
  findProvider: (id: string) => Provider | undefined
  sync: Sync
  present: Presenter
  metrics: Metrics
  readTogether: ReadTogether
  forward: Forward
  /** Null without sandbox. */
  sandboxUrl: string | null
  /** Folder of the built dashboard; null: not built. */
  webRoot: string | null
  logoRoot: string
}
