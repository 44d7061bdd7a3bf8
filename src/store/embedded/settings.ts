/** The server's configuration files, written anew at every start. `ALTER SYSTEM` still wins over them. */

export type Listen = { kind: 'socket'; folder: string } | { kind: 'tcp'; port: number }

/** One number for all: the socket's folder tells databases apart. */
export const SOCKET_PORT = 5432

/**
 * Durable first, small second. The numbers hold the whole hub, database included, under 200 MB of resident memory
 * idle; a hub that outgrows them wants an external PostgreSQL.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Enough for a base backup of the running database; the senders cost nothing while nobody asks.
  wal_level: 'replica',
  max_wal_senders: '2',
  max_wal_size: '256MB',
  shared_buffers: '48MB',
  max_connections: '60',
  // Reads are small and mostly cached: worker processes for them would only take memory.
  io_method: 'sync',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  // Compiling a query takes longer than any query here.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // What people type must not reach a log by way of an error's text: no statements, no DETAIL with row values.
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_line_prefix: '',
}

export function renderConfiguration(listen: Listen, extra: Readonly<Record<string, string>> = {}): string {
  const connection: Record<string, string> =
    listen.kind === 'socket'
      ? {
          listen_addresses: '',
          port: String(SOCKET_PORT),
          // The setting is a list: double quotes keep a comma in the path from splitting it.
          unix_socket_directories: `"${listen.folder.replaceAll('"', '""')}"`,
          unix_socket_permissions: '0700',
        }
      : { listen_addresses: '127.0.0.1', port: String(listen.port), unix_socket_directories: '' }
  const lines = Object.entries({ ...SETTINGS, ...connection, ...extra }).map(
    ([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  )
  return `# Written by Trunkline at every start. For settings of your own use ALTER SYSTEM.\n${lines.join('\n')}\n`
}

/**
 * Who may connect. On the socket the folder is the lock: 0700, so that nobody but its owner and root reaches it, and
 * those could read the files as well. Where another user runs the server (`peer`), programs of that user are not the
 * hub, so root alone is let in.
 */
export function renderAccess(listen: Listen, peer: boolean): string {
  if (listen.kind === 'tcp') return 'host all all 127.0.0.1/32 scram-sha-256\n'
  return peer ? 'local all all peer map=hub\n' : 'local all all trust\n'
}

export function renderPeerMap(user: string): string {
  return `hub root ${user}\n`
}
