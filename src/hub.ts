/**
 * The composition root: configuration in, a running hub out. The one file that knows all modules; what must happen
 * across them is wired here, in sight.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { createAgentDesk } from './agents/desk.ts'
import { agents as agentRegistry } from './catalog/agent-registry.ts'
import type { Provider } from './catalog/define.ts'
import { createCatalog } from './catalog/catalog.ts'
import { providers } from './catalog/registry.ts'
import type { Config } from './config.ts'
import { createAttempts } from './connect/attempts.ts'
import { createClientCheck } from './connect/client-check.ts'
import { createCapabilities } from './connect/capabilities.ts'
import { createConnections } from './connect/connections.ts'
import { createDepartures } from './connect/departures.ts'
import { createDisconnector } from './connect/disconnect.ts'
import { createExistence } from './connect/existence.ts'
import { createFinisher } from './connect/finish.ts'
import { createInstallations } from './connect/installations.ts'
import { createInvocationVerifier } from './connect/invocation.ts'
import { createLeavers } from './connect/leavers.ts'
import { createLinks } from './connect/links.ts'
import { createVerify } from './connect/verification.ts'
import { createFollowers } from './connect/verified-access.ts'
import { createDoctor } from './doctor/doctor.ts'
import { createEgress, type Routes } from './egress/egress.ts'
import { createMailGate } from './egress/mail.ts'
import { cookieNames } from './http/auth.ts'
import { createRequestIds, dataHeaders } from './http/every-answer.ts'
import { createForward } from './http/forward.ts'
import { createMetrics } from './http/metrics.ts'
import { createPresenter, type SandboxValues } from './http/present.ts'
import { createProxyDirect } from './http/proxy-direct.ts'
import { createRequestNote } from './http/request-note.ts'
import { openPort } from './http/port.ts'
import { createApp } from './http/server.ts'
import { createReadTogether } from './http/together.ts'
import { createTokenInMemory } from './http/token-in-memory.ts'
import { createAccounts } from './identity/accounts.ts'
import { createAudit } from './identity/audit.ts'
import { createAuditLog } from './identity/audit-log.ts'
import { createIdentity, type Identity } from './identity/identity.ts'
import { openPolicies } from './identity/policies.ts'
import { type Jobs, startJobs } from './jobs/jobs.ts'
import { createLog, createRedactor } from './log.ts'
import type { Client } from './oauth/server.ts'
import { openBus } from './store/bus.ts'
import { checkDatabase, type Database, type DatabaseAddress, openDatabase } from './store/database.ts'
import { startEmbedded } from './store/embedded.ts'
import { migrate } from './store/migrate.ts'
import { createSync, type Sync } from './sync/sync.ts'
import { createAccess } from './vault/access.ts'
import { integrationEnvironment, openDeclared } from './vault/declared.ts'
import { createIntegrationSettings } from './vault/integrationSettings.ts'
import { createIntegrations } from './vault/integrations.ts'
import { checkKeyRing, loadKeyRing } from './vault/keyring.ts'
import { createMail, type Mail } from './vault/mail.ts'
import { createRefresher } from './vault/refresh.ts'
import { createRevoker } from './vault/revoke.ts'
import { createSecretChanges } from './vault/secretChanges.ts'
import { openSecrets } from './vault/secrets.ts'
import { openSettings } from './vault/settings.ts'
import { createVariables } from './vault/variables.ts'
import type { ConnectionKey } from './vault/status.ts'
import { createVault } from './vault/vault.ts'
import { VERSION } from './version.ts'

/** The sandbox as the hub sees it; product code never imports it, whoever starts the hub hands it in. */
export type SandboxModule = {
  createSandbox(options: {
    publicUrl: string
    now: () => number
    randomBytes: (count: number) => Buffer
    redirectUris: (providerId: string) => readonly string[]
    statePath: string
    catalog?: readonly Provider[]
  }): {
    handle(request: IncomingMessage, response: ServerResponse): void
    values: SandboxValues
    providers: readonly string[]
    client(providerId: string): Client
    variables(providerId: string): Readonly<Record<string, string>>
    mail(providerId: string, protocol: 'imap' | 'smtp'): string | undefined
    close(): Promise<void>
  }
}

export type HubOptions = {
  config: Config
  sandbox?: SandboxModule
  catalog?: readonly Provider[]
  now?: () => number
  /** Endpoint overrides: provider id -> host -> base URL. */
  overrides?: Readonly<Record<string, Routes>>
  untrusted?: readonly string[]
  /** Without the scheduled jobs: a test runs their work by hand. */
  schedules?: boolean
  onLogLine?: (line: string) => void
  leaseMs?: number
  /** How long calls under way may take to end when the hub stops, in milliseconds. */
  stopMs?: number
  /** Items of every page of a resource list, in place of the declared number. */
  resourcePageSize?: number
}

export type Hub = {
  port: number
  url: string
  log: Logger
  identity: Identity
  database: Database
  /** Mailboxes of connections, signed in. */
  mail: Pick<Mail, 'open' | 'check'>
  /** Work that the schedules do, for whoever does not want to wait. */
  sweep(): Promise<void>
  /** Waits for what is under way behind anybody's back: questions after connecting, verifications, deletions. */
  settle(): Promise<void>
  /** Reading of resources: a test waits for it. */
  sync: Pick<Sync, 'settled' | 'sweep'>
  /** Whether nobody has ever signed in. */
  isNew(): Promise<boolean>
  /** An address that signs the first administrator in, once. */
  createSignInUrl(email?: string): Promise<string>
  close(): Promise<void>
}

const SANDBOX_PATH = '/sandbox'
const isSandbox = (url = '') => url === SANDBOX_PATH || url.startsWith(`${SANDBOX_PATH}/`)
/** Calls under way may take this long to end when the hub stops: half of what `docker stop` waits before it kills. */
const STOP_MS = 5_000

/** @throws HubError with what to do, when something that the hub needs is missing or taken */
export async function startHub(options: HubOptions): Promise<Hub> {
  const now = options.now ?? Date.now
  const redactor = createRedactor([
    options.config.masterKey,
    ...options.config.previousMasterKeys,
    options.config.bootstrapApiKey,
    options.config.databaseUrl,
    options.config.mail?.smtpUrl,
    decodeURIComponent(URL.parse(options.config.mail?.smtpUrl ?? '')?.password ?? ''),
    ...secretsOf(options.config.env),
  ])
  const log = createLog(options.config.logLevel, redactor, options.onLogLine)
  const onError = (error: unknown) => log.error({ err: error }, 'background work failed')
  const closers: (() => unknown)[] = []
  const close = once(async () => {
    for (const closer of closers.reverse()) await Promise.resolve(closer()).catch(onError)
  })

  try {
    // The port first: the commonest mistake is a second start, and it should be told before anything is touched.
    const { server, serve, drain, shut } = await openPort(options.config)
    closers.push(shut)
    const { port } = server.address() as AddressInfo
    // Port 0 asks the system for one; the public URL then follows it.
    const config: Config = {
      ...options.config,
      port,
      publicUrl: options.config.publicUrl.replace(/:0$/, `:${port}`),
    }

    const address = await databaseAddress(config, log, closers)
    const database = openDatabase(address, (error) =>
      log.warn({ err: error }, 'an idle database connection was lost'),
    )
    closers.push(() => database.close())
    const { db } = database
    await checkDatabase(db)
    const applied = await migrate(db)
    if (applied.length > 0) log.info({ migrations: applied }, 'database schema is up to date')

    const ring = await loadKeyRing(config, db)
    await checkKeyRing(db, ring)
    const bus = await openBus(database, (message) => log.warn(message))
    closers.push(() => bus.close())

    const secrets = await openSecrets({ database, bus, ring, now, onError, onSecret: redactor.keep })
    closers.push(() => secrets.close())
    const settings = await openSettings({ database, bus, now, onError })
    closers.push(() => settings.close())
    const overrides = { ...config.endpointOverrides, ...options.overrides }
    const shipped = options.catalog ?? providers
    const declared = await openDeclared({
      database,
      bus,
      shipped,
      allowPrivateHosts: config.allowPrivateHosts,
      now,
      onError,
    })
    closers.push(() => declared.close())
    const catalog = createCatalog(shipped, declared)
    const env = integrationEnvironment(config.env, shipped)

    // Sandbox and integrations: each needs to know a little of the other.
    const sandboxUrl = `${config.publicUrl}${SANDBOX_PATH}`
    const sandbox = options.sandbox?.createSandbox({
      publicUrl: sandboxUrl,
      now,
      randomBytes,
      redirectUris: (id) => (catalog.find(id) ? [integrations.resolve(id, 'sandbox').redirectUri ?? ''] : []),
      statePath: join(config.dataDir, 'sandbox.json'),
      catalog: shipped,
    })
    if (sandbox) closers.push(() => sandbox.close())
    const integrations = createIntegrations({
      catalog,
      config: { ...config, env },
      secrets,
      settings,
      sandbox: sandbox
        ? {
            baseUrl: sandboxUrl,
            plays: (id) => sandbox.providers.includes(id),
            client: (id) => sandbox.client(id),
            variables: (id) => sandbox.variables(id),
            mail: (id, protocol) => sandbox.mail(id, protocol),
          }
        : undefined,
      overrides,
      ...(options.untrusted ? { untrusted: options.untrusted } : {}),
    })

    const egress = createEgress({ allowPrivateHosts: config.allowPrivateHosts })
    closers.push(() => egress.close())
    const vault = createVault({
      database,
      bus,
      ring,
      cacheSize: config.tokenCacheSize,
      onSecret: redactor.learn,
    })
    closers.push(() => vault.close())
    const metrics = createMetrics(() =>
      db
        .selectFrom('connections')
        .select((eb) => ['status' as const, eb.fn.countAll<string>().as('count')])
        .where('disconnected_at', 'is', null)
        .groupBy('status')
        .execute(),
    )
    const refresher = createRefresher({
      database,
      bus,
      vault,
      integrations,
      egress,
      now,
      log: (message, detail) => log.warn(detail ?? {}, message),
      onAttempt: metrics.refresh,
      ...(options.leaseMs ? { leaseMs: options.leaseMs } : {}),
    })
    closers.push(() => refresher.drain())

    const identity = createIdentity({ db, bus, now, cache: config.tokenCacheSize > 0, onError })
    closers.push(() => identity.close())
    const audit = createAudit({ db, now, onError })
    closers.push(() => audit.close())

    // A refusal met while calling leads to a verification, once at a time per connection.
    const verifying = new Map<string, Promise<void>>()
    const verifyLater = (connection: ConnectionKey) => {
      if (verifying.has(connection.id)) return
      const run = verify(connection, null)
        .then(() => {}, onError)
        .finally(() => verifying.delete(connection.id))
      verifying.set(connection.id, run)
    }
    const access = createAccess({
      vault,
      refresher,
      integrations,
      egress,
      now,
      onRefused: (connection) => verifyLater(connection),
    })
    const mailGate = createMailGate({ allowPrivateHosts: config.allowPrivateHosts })
    const mail = createMail({
      vault,
      integrations,
      gate: mailGate,
      onRefused: (connection) => verifyLater(connection),
    })
    const capabilities = createCapabilities({ database, bus, access, mail })
    const policies = await openPolicies({ db, bus, now, onError })
    closers.push(() => policies.close())
    const verify = createVerify({ database, bus, access, integrations, capabilities, now })
    const connections = createConnections({ database, bus, integrations, verify, policies, now })
    const finisher = createFinisher({
      database,
      bus,
      vault,
      access,
      integrations,
      capabilities,
      now,
      onConnected: (row, { id, isNew }) =>
        audit.note({
          organization: row.organization_id,
          actor: row.person_id ?? row.owner_id,
          action: isNew ? 'connection.connected' : 'connection.reconnected',
          target: id,
          detail: { provider: row.provider, attempt: row.id },
        }),
    })
    const attempts = createAttempts({
      database,
      bus,
      vault,
      egress,
      integrations,
      finisher,
      policies,
      now,
      onRefused: (row, reason) =>
        audit.record({
          organization: row.organization_id,
          actor: row.person_id ?? row.owner_id,
          action: 'connect.refused',
          target: row.id,
          detail: { provider: row.provider, reason },
        }),
    })
    closers.push(() => attempts.drain())
    const links = createLinks({ db, config, identity, integrations, policies, now })
    const followers = createFollowers({ db, bus, integrations, verify: verifyLater, onError })
    closers.push(() => followers.close())
    const agents = createAgentDesk({
      database,
      bus,
      agents: agentRegistry,
      findProvider: catalog.find,
      policyOf: policies.of,
      now,
      cache: config.tokenCacheSize > 0,
    })
    closers.push(() => agents.close())
    const sync = createSync({
      database,
      bus,
      access,
      audit,
      integrations,
      now,
      onError,
      pageSize: options.resourcePageSize,
    })
    closers.push(() => sync.drain())
    const disconnector = createDisconnector({
      database,
      bus,
      vault,
      integrations,
      revoke: createRevoker({ vault, integrations, egress, now }),
      sources: [followers.impact, sync.impact, agents.impact],
      now,
    })

    const installations = createInstallations({
      database,
      bus,
      vault,
      integrations,
      finisher,
      disconnector,
      verify: createInvocationVerifier({ egress, now }),
      now,
    })

    const departures = createDepartures({
      database,
      bus,
      integrations,
      disconnector,
      audit,
      now,
      onError,
    })
    const settle = async () => {
      do {
        await Promise.all([...verifying.values(), departures.drain()])
        // A verification asks further questions, and one that is refused leads to a verification.
        await capabilities.drain()
      } while (verifying.size > 0)
    }
    closers.push(settle)

    const leavers = createLeavers({ database, bus, vault, disconnector, now, onError })
    const accounts = createAccounts({
      db,
      bus,
      sessions: identity.sessions,
      egress,
      mailGate,
      config,
      // The environment wins, as for every secret.
      clientSecret: () => config.singleSignOn?.clientSecret ?? secrets.read('TRUNKLINE_OIDC_CLIENT_SECRET'),
      home: identity.ensureOrganization,
      onDeparted: leavers.leave,
      onRefused: ({ organization, person, how, ip }) =>
        audit.note({
          organization,
          actor: person,
          action: 'session.refused',
          target: person,
          ip,
          detail: { how },
        }),
      onError,
      now,
    })
    closers.push(() => accounts.drain())

    if (config.bootstrapApiKey) await identity.ensureBootstrapKey(config.bootstrapApiKey)
    await identity.ensureOrganization()

    const variables = createVariables(env, secrets)
    const integrationSettings = createIntegrationSettings({
      db,
      catalog,
      integrations,
      settings,
      variables,
      overrides,
    })
    const secretChanges = createSecretChanges({ db, catalog, secrets, env })
    const doctor = createDoctor({
      config,
      version: VERSION,
      db,
      egress,
      catalog,
      declared,
      integrationSettings,
      secretChanges,
      keyId: ring.currentId,
      now,
      isRunning: true,
    })

    const roots = assetRoots()
    const cookies = cookieNames(config.publicUrl)
    const forward = createForward({ access, audit })
    const app = await createApp(
      {
        config,
        version: VERSION,
        log,
        now,
        db,
        bus,
        identity,
        accounts,
        audit,
        integrations,
        declared,
        integrationSettings,
        secretChanges,
        doctor,
        checkClient: createClientCheck({ integrations, egress, now }),
        access,
        attempts,
        connections,
        disconnector,
        departures,
        installations,
        links,
        agents,
        policies,
        existence: createExistence({ database, disconnector, now }),
        auditLog: createAuditLog({ db, now, providerName: (id) => catalog.find(id)?.name }),
        findProvider: catalog.find,
        sync,
        metrics,
        forward,
        readTogether: createReadTogether({ pool: database.pool, identity, vault }),
        present: createPresenter({
          integrations,
          policies,
          hasLogo: (id) => existsSync(join(roots.logos, `${id}.svg`)),
          sandboxValues: sandbox?.values ?? {},
          variables,
          integrationSettings,
          publicUrl: config.publicUrl,
          now,
        }),
        sandboxUrl: sandbox ? sandboxUrl : null,
        webRoot: roots.web,
        logoRoot: roots.logos,
      },
      server,
      cookies,
    )
    // The two calls that programs make most are answered before the framework, where they need nothing of it.
    const direct = {
      identity,
      headers: dataHeaders(cookies.secure),
      nextRequestId: createRequestIds(),
      trustedHops: config.trustedHops,
    }
    const tokenInMemory = createTokenInMemory({ ...direct, access, audit, metrics })
    const note = createRequestNote({ log, metrics })
    const proxyDirect = createProxyDirect({ ...direct, forward, note, log })
    serve((request, response) => {
      if (tokenInMemory(request, response) || proxyDirect(request, response)) return
      if (sandbox && isSandbox(request.url)) return sandbox.handle(request, response)
      app.routing(request, response)
    })

    const sweep = async () => {
      await Promise.all([
        refresher.sweep(),
        attempts.sweep(),
        links.sweep(),
        departures.sweep(),
        sync.sweep(),
        accounts.sweep(),
      ])
    }
    if (options.schedules !== false) {
      // Not awaited: the hub can serve before its schedules stand.
      const starting: Promise<Jobs | undefined> = startJobs({
        database,
        onError: (error, job) => log.error({ err: error, job }, 'a scheduled job failed'),
        schedules: [
          {
            name: 'refresh',
            cron: '* * * * *',
            run: async () => {
              while ((await refresher.sweep()) > 0);
            },
          },
          { name: 'resources', cron: '* * * * *', run: () => sync.sweep() },
          {
            name: 'tidy',
            cron: '*/5 * * * *',
            run: () =>
              Promise.all([
                attempts.sweep(),
                links.sweep(),
                secrets.prune(),
                departures.sweep(),
                accounts.sweep(),
              ]),
          },
        ],
      }).catch((error: unknown) => {
        onError(error)
        return undefined
      })
      closers.push(async () => (await starting)?.stop())
    }
    // First of all that is closed: what is under way still needs everything else.
    closers.push(async () => {
      const drained = drain({
        withinMs: options.stopMs ?? STOP_MS,
        // Calls under way go to the providers played here.
        except: (url) => sandbox !== undefined && isSandbox(url),
        keepListening: sandbox !== undefined,
      })
      // Open streams end with it.
      await app.close()
      await drained
    })

    log.info(
      { url: config.publicUrl, sandbox: sandbox !== undefined, providers: integrations.list().length },
      'hub is ready',
    )
    return {
      port,
      url: config.publicUrl,
      log,
      identity,
      database,
      mail,
      sweep,
      settle,
      sync,
      isNew: async () =>
        (await db.selectFrom('sessions').select('hash').limit(1).executeTakeFirst()) === undefined,
      createSignInUrl: async (email) =>
        `${config.publicUrl}/sign-in#token=${await identity.createSignInLink(email)}`,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function databaseAddress(
  config: Config,
  log: Logger,
  closers: (() => unknown)[],
): Promise<DatabaseAddress> {
  if (config.databaseUrl) return { connectionString: config.databaseUrl }
  const embedded = await startEmbedded({
    dataDir: config.dataDir,
    log: (line, level = 'debug') => log[level]({ postgres: line }, 'database'),
  })
  closers.push(() => embedded.stop())
  return embedded.connection
}

/** Values of variables that hold secrets, by the convention of their names. */
function secretsOf(env: Config['env']): (string | undefined)[] {
  return Object.entries(env).flatMap(([name, value]) =>
    /(SECRET|TOKEN|KEY|PASSWORD)$/.test(name) ? [value] : [],
  )
}

/** From sources the build lies in dist/; from the build, beside this file. */
function assetRoots(): { web: string | null; logos: string } {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const web = [join(here, 'web'), join(here, '..', 'dist', 'web')].find(
    (folder) => existsSync(join(folder, 'index.html')) && existsSync(join(folder, 'assets')),
  )
  return { web: web ?? null, logos: join(here, 'catalog', 'logos') }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
