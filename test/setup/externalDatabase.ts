/**
 * Vitest global setup: the same tests on an external PostgreSQL. `TRUNKLINE_TEST_DATABASE_URL` names one whose user
 * may create databases; otherwise the system's own PostgreSQL is started on a folder that the run throws away.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { chooseRunner, childEnvironment, type Runner } from '../../src/store/embedded/runner.ts'
import { findFreePort } from './port.ts'
import { SERVER_SETTINGS } from './server.ts'
import { makeTemplate, type ServerAddress } from './template.ts'

/** Where Debian and its kin keep each major version. */
const VERSIONS = '/usr/lib/postgresql'
const OLDEST = 15

/** Folder of the oldest PostgreSQL here that Trunkline supports: what works there works on newer ones. */
export function findPostgres(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined
  const majors = readdirSync(VERSIONS)
    .map(Number)
    .filter((major) => major >= OLDEST)
    .sort((a, b) => a - b)
  return majors
    .map((major) => join(VERSIONS, String(major), 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')))
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TRUNKLINE_TEST_DATABASE_URL
  const bin = findPostgres()
  if (!url && !bin) {
    throw new Error('No PostgreSQL 15 or newer here: install one, or set TRUNKLINE_TEST_DATABASE_URL.')
  }
  const server = url ? { address: parseUrl(url), stop: async () => {} } : await startServer(bin as string)
  await makeTemplate(server.address)
  project.provide('database', server.address)
  return server.stop
}

function parseUrl(text: string): ServerAddress {
  const url = new URL(text)
  return {
    host: url.searchParams.get('host') ?? url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    database: url.pathname.slice(1) || 'postgres',
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
  }
}

/** On loopback with a password, as external databases are reached. */
async function startServer(bin: string): Promise<{ address: ServerAddress; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-postgres-'))
  const runner = chooseRunner({
    folder,
    binaries: bin,
    namespaces: process.platform === 'linux',
    lifeline: true,
  })
  if (runner.owner) chownSync(folder, runner.owner.uid, runner.owner.gid)
  const password = randomBytes(16).toString('hex')
  const address = {
    host: '127.0.0.1',
    port: await findFreePort(),
    user: 'trunkline',
    database: 'postgres',
    password,
  }
  initialise({ bin, folder, runner, address })

  const settings = {
    ...SERVER_SETTINGS,
    port: String(address.port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command = '', ...args] = [
    ...runner.prefix,
    join(bin, 'postgres'),
    '-D',
    join(folder, 'data'),
    ...flags,
  ]
  const child = spawn(command, args, {
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
    ...runner.owner,
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await waitForAnswer(address, child)
  return {
    address,
    async stop() {
      child.kill('SIGINT')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function initialise(input: { bin: string; folder: string; runner: Runner; address: ServerAddress }): void {
  const { bin, folder, runner, address } = input
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, address.password ?? '', { mode: 0o600 })
  if (runner.owner) chownSync(passwordFile, runner.owner.uid, runner.owner.gid)
  const flags = [
    '--no-sync',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
  ]
  const [command = '', ...args] = [
    ...runner.prefix,
    join(bin, 'initdb'),
    '-D',
    join(folder, 'data'),
    '-U',
    address.user,
    ...flags,
  ]
  execFileSync(command, args, {
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit'],
    cwd: folder,
    ...runner.owner,
  })
}

async function waitForAnswer(address: ServerAddress, child: ChildProcess): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client(address)
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (child.exitCode !== null || tries > 3000) throw error
      await sleep(20)
    }
  }
}
