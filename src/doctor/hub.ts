/** The hub itself: its address, its clock, its master key, its database. */
import { readFileSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { type Config, isLoopbackName } from '../config.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import type { Finding } from './finding.ts'

const REACH_TIMEOUT_MS = 5_000
/** Beyond this, tokens seem older or younger than they are, and signed messages are refused. */
const SKEW_WARNING_MS = 5_000
const SKEW_ERROR_MS = 60_000
/** The Date header has whole seconds, and the way there takes time. */
const SKEW_OF_HEADER_MS = 10_000
const FREE_SPACE_BYTES = 1024 ** 3

export function examineAddress(config: Config): Finding[] {
  const { publicUrl } = config
  const url = new URL(publicUrl)
  const isLocal = isLoopbackName(url.hostname)
  const isSet = Boolean(config.env['TRUNKLINE_PUBLIC_URL'] || config.env['NEXT_PUBLIC_APP_URL'])
  const findings: Finding[] = [
    {
      code: 'public_url',
      severity: 'ok',
      area: 'hub',
      what: isSet
        ? `People and providers reach the hub at ${publicUrl}.`
        : `TRUNKLINE_PUBLIC_URL is not set: redirect URIs and links begin with ${publicUrl}.`,
    },
  ]
  if (isLocal)
    findings.push({
      code: 'public_url_http',
      severity: 'note',
      area: 'hub',
      what: `${publicUrl} is an address of this machine alone.`,
      why: 'Other people cannot connect accounts, and no provider can deliver events.',
      remedy:
        'For more than trying things: give the hub an https address, by a reverse proxy or a tunnel, and set TRUNKLINE_PUBLIC_URL to it.',
    })
  if (!isLoopbackName(config.host) && config.host !== '::1' && isLocal)
    findings.push({
      code: 'listens_widely',
      severity: 'warning',
      area: 'hub',
      what: `The hub listens on ${config.host}, and its public URL is ${publicUrl}.`,
      why: 'Whoever reaches the machine reaches the hub without https, and cookies are meant for another address.',
      remedy: 'Set TRUNKLINE_HOST=127.0.0.1, or put https in front and set TRUNKLINE_PUBLIC_URL.',
    })
  const looksProductive = !isLocal || config.databaseUrl !== undefined
  if (config.sandbox && looksProductive)
    findings.push({
      code: 'sandbox_on',
      severity: 'warning',
      area: 'hub',
      what: `The sandbox is on, and this looks like production (${isLocal ? 'an external database' : publicUrl}).`,
      why: 'Providers without a client are played: people connect accounts that do not exist.',
      remedy: 'Take TRUNKLINE_SANDBOX away, or start with --no-sandbox.',
    })
  return findings
}

/** The one call that the doctor makes: to the hub's own public address. */
export async function examineReach(options: {
  config: Config
  egress: Egress
  version: string
  now: () => number
  /** Whether the hub is known to run. */
  isRunning: boolean
}): Promise<Finding[]> {
  const { config, egress, version, now, isRunning } = options
  const { publicUrl } = config
  const url = new URL('/health', publicUrl)
  const unreachable = (what: string): Finding[] => [
    {
      code: 'public_url_unreachable',
      severity: isRunning ? 'error' : 'warning',
      area: 'hub',
      what,
      why: 'Nobody can sign in or come back from a provider where the public URL leads elsewhere.',
      remedy: isRunning
        ? 'Check the reverse proxy, the certificate and the name; from this machine: curl ' + url.href
        : 'Start the hub and run this again.',
    },
  ]
  let answer: Awaited<ReturnType<Egress['send']>>
  const before = now()
  try {
    answer = await egress.send({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      hosts: [url.host],
      // The operator named this address: it may well be private.
      routes: { [url.host]: url.origin },
      timeout: REACH_TIMEOUT_MS,
      maxBytes: 64 * 1024,
    })
  } catch (error) {
    return unreachable(`${publicUrl} does not answer${error instanceof HubError ? `: ${error.detail}` : '.'}`)
  }
  const told = readHealth(answer.body)
  if (answer.status !== 200 || told === undefined)
    return [
      {
        code: 'public_url_foreign',
        severity: 'error',
        area: 'hub',
        what: `${publicUrl} answers, and it is not this hub (status ${answer.status}).`,
        why: 'People would sign in, and providers would send codes, to something else.',
        remedy: 'Point TRUNKLINE_PUBLIC_URL, or the reverse proxy behind it, at the hub.',
      },
    ]
  const findings: Finding[] = [
    {
      code: 'public_url',
      severity: 'ok',
      area: 'hub',
      what: `The hub answers at its public URL${told === version ? '' : `, with version ${told} (this is ${version})`}.`,
    },
  ]
  const date = Date.parse(String(answer.headers['date'] ?? ''))
  const off = Number.isNaN(date) ? 0 : date - (before + now()) / 2
  if (Math.abs(off) > SKEW_OF_HEADER_MS) findings.push(skew(`The clock behind ${publicUrl}`, off))
  return findings
}

function readHealth(body: Buffer): string | undefined {
  try {
    const told = JSON.parse(body.toString('utf8')) as { status?: unknown; version?: unknown }
    return told.status === 'ok' && typeof told.version === 'string' ? told.version : undefined
  } catch {
    return undefined
  }
}

function skew(whose: string, off: number): Finding {
  return {
    code: 'clock',
    severity: Math.abs(off) > SKEW_ERROR_MS ? 'error' : 'warning',
    area: 'hub',
    what: `${whose} is ${Math.round(Math.abs(off) / 1000)} s ${off > 0 ? 'ahead of' : 'behind'} this machine's.`,
    why: 'Tokens are refreshed too late or too early, and signed messages count as too old.',
    remedy: 'Set the clocks by NTP (timedatectl set-ntp true).',
  }
}

export async function examineDatabase(options: {
  config: Config
  db: Db
  now: () => number
}): Promise<Finding[]> {
  const { config, db, now } = options
  const before = now()
  const { rows } = await sql<{
    now: Date
    version: string
    size: string
  }>`select clock_timestamp() as now, current_setting('server_version') as version, pg_size_pretty(pg_database_size(current_database())) as size`.execute(
    db,
  )
  const after = now()
  const row = rows[0]
  if (!row) return []
  const { rows: migrations } = await sql<{
    name: string
  }>`select name from kysely_migration order by name`.execute(db)
  const findings: Finding[] = [
    {
      code: 'database',
      severity: 'ok',
      area: 'database',
      what: `${config.databaseUrl ? 'The external' : `The embedded (${config.dataDir})`} PostgreSQL ${row.version.split(' ')[0]} answers in ${Math.max(0, after - before)} ms; ${row.size}, schema ${migrations.at(-1)?.name ?? 'empty'}.`,
    },
  ]
  const off = row.now.getTime() - (before + after) / 2
  if (Math.abs(off) > SKEW_WARNING_MS) findings.push(skew("The database's clock", off))
  if (!config.databaseUrl) findings.push(...examineDisk(config.dataDir))
  return findings
}

function examineDisk(dataDir: string): Finding[] {
  try {
    const { bavail, bsize } = statfsSync(dataDir)
    const free = bavail * bsize
    if (free >= FREE_SPACE_BYTES) return []
    return [
      {
        code: 'disk_space',
        severity: 'warning',
        area: 'database',
        what: `${Math.round(free / 1024 ** 2)} MB are left on the disk of ${dataDir}.`,
        why: 'PostgreSQL stops when its disk is full, and refreshed tokens cannot be stored.',
        remedy: 'Make room, or move the folder and set TRUNKLINE_DATA_DIR.',
      },
    ]
  } catch {
    return []
  }
}

export function examineMasterKey(config: Config): Finding[] {
  if (config.masterKey)
    return [
      {
        code: 'master_key',
        severity: 'ok',
        area: 'vault',
        what: 'The master key comes from TRUNKLINE_MASTER_KEY and fits the database.',
      },
    ]
  const path = join(config.dataDir, 'master.key')
  const findings: Finding[] = [
    {
      code: 'master_key',
      severity: 'ok',
      area: 'vault',
      what: `The master key is in ${path} and fits the database.`,
    },
    {
      code: 'master_key_backup',
      severity: 'note',
      area: 'vault',
      what: 'Whether the master key is backed up, only you know.',
      why: 'Without it every credential is lost. With it and the database, everything can be read.',
      remedy: `Keep a copy of ${path} apart from the backups of the database.`,
    },
  ]
  try {
    readFileSync(path)
    const mode = statSync(path).mode & 0o777
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      findings.push({
        code: 'master_key_readable',
        severity: 'error',
        area: 'vault',
        what: `Others on this machine may read ${path} (mode ${mode.toString(8)}).`,
        why: 'It opens every credential in the database.',
        remedy: `chmod 600 ${path}`,
      })
  } catch {
    // Loading the key has told already where it is gone.
  }
  return findings
}

/** Values that an older master key sealed: after an exchange that was begun. */
export async function examineRotation(config: Config, db: Db, currentId: string): Promise<Finding[]> {
  const { rows } = await sql<{ count: string }>`
    select (select count(*) from data_keys where key_id <> ${currentId})
      + (select count(*) from secrets where key_id <> ${currentId}) as count`.execute(db)
  const left = Number(rows[0]?.count ?? 0)
  if (left > 0)
    return [
      {
        code: 'master_key_rotation',
        severity: 'warning',
        area: 'vault',
        what: `${left} values are sealed with another master key than the one in use.`,
        why: 'They are lost when that key goes.',
        remedy: 'With the old key in TRUNKLINE_MASTER_KEY_PREVIOUS: trunkline keys rotate',
      },
    ]
  if (config.previousMasterKeys.length === 0) return []
  return [
    {
      code: 'master_key_rotation',
      severity: 'note',
      area: 'vault',
      what: 'TRUNKLINE_MASTER_KEY_PREVIOUS is set, and nothing is sealed with an older key any more.',
      why: 'A key that opens nothing here may still open backups.',
      remedy: 'Once every replica runs with the new key, take it out of the environment.',
    },
  ]
}
