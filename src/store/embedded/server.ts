/** One run of the PostgreSQL server: start, wait until it takes connections, stop. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../../errors.ts'
import { type Cluster, run } from './cluster.ts'
import { childEnvironment } from './runner.ts'

export type DatabaseLog = (line: string, level: 'debug' | 'warn') => void

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

export type Server = { pid: number; exited: Promise<Exit>; stop(): Promise<void> }

/** Milliseconds between looks at the file in which PostgreSQL says that it is ready: it has no other channel for it. */
const LOOK = 5
/** Milliseconds until a recovery that takes long is told. */
const TELL = 10_000
/**
 * Signals that stop the server, with the milliseconds each may take: connections that are closing anyway get a moment
 * (smart shutdown), the others are cut off (fast); an immediate one recovers at the next start.
 */
const STOP_SIGNALS = [
  ['SIGTERM', 300],
  ['SIGINT', 60_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 0],
] as const

/** @throws HubError `database_start_failed` with the last lines that PostgreSQL said */
export async function startServer(cluster: Cluster, options: StartOptions): Promise<Server> {
  const child = launch(cluster)
  const output = readOutput(child, options.log)
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      output.add(error.message)
      resolve({ code: null, signal: null })
    })
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const stop = () => {
    output.quiet(true)
    return stopServer(cluster, child, exited)
  }
  try {
    await waitUntilReady(cluster, child, { ...options, exited, output })
  } catch (error) {
    await stop()
    throw error
  }
  output.quiet(false)
  // The database serves the hub; it is no reason for the hub's process to stay.
  child.unref()
  if (child.stderr instanceof Socket) child.stderr.unref()
  return { pid: child.pid as number, exited, stop }
}

type StartOptions = { log: DatabaseLog; signal?: AbortSignal | undefined }

type Output = {
  add(line: string): void
  /** What a healthy start and stop say is of no interest. */
  quiet(on: boolean): void
  /** The last lines, once all have come. */
  last(): Promise<string>
}

function readOutput(child: ChildProcess, log: DatabaseLog): Output {
  const lines: string[] = []
  let isQuiet = true
  function add(line: string): void {
    lines.push(line)
    if (lines.length > 20) lines.shift()
    if (isQuiet && line.startsWith('LOG:')) return
    log(line, !isQuiet && /^(FATAL|PANIC):/.test(line) ? 'warn' : 'debug')
  }
  if (child.stderr) createInterface({ input: child.stderr }).on('line', add)
  const closed = new Promise((resolve) => child.once('close', resolve))
  return {
    add,
    quiet(on) {
      isQuiet = on
    },
    async last() {
      // Children of a dead leader may hold the pipe open for a moment.
      await Promise.race([closed, sleep(1_000, undefined, { ref: false })])
      return lines.join('\n') || '(nothing)'
    },
  }
}

function launch(cluster: Cluster): ChildProcess {
  const binary = join(cluster.binaries.root, 'bin', 'postgres')
  const [command = binary, ...args] = [...cluster.runner.prefix, binary, '-D', cluster.folder]
  return spawn(command, args, {
    cwd: cluster.folder,
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group of its own: Ctrl-C in a terminal is for the hub, which stops the database last.
    detached: true,
    windowsHide: true,
    ...cluster.runner.owner,
  })
}

async function waitUntilReady(
  cluster: Cluster,
  child: ChildProcess,
  { log, signal, exited, output }: StartOptions & { exited: Promise<Exit>; output: Output },
): Promise<void> {
  let over = false
  void exited.then(() => {
    over = true
  })
  let told = Date.now()
  while (!isReady(cluster.folder, child.pid)) {
    if (over) {
      const detail = `PostgreSQL did not start in ${cluster.folder}. It said:\n${await output.last()}`
      throw new HubError('database_start_failed', detail)
    }
    signal?.throwIfAborted()
    if (Date.now() - told > TELL) {
      told = Date.now()
      log('the database is still recovering from a crash; waiting for it', 'warn')
    }
    await sleep(LOOK)
  }
}

/** Line 1 of postmaster.pid is the leader's process id, line 8 its state. */
function isReady(folder: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

async function stopServer(cluster: Cluster, child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  if (process.platform === 'win32') {
    // Windows knows no signals; pg_ctl speaks to the server through a pipe of PostgreSQL's own.
    await run(cluster, 'pg_ctl', ['stop', '-D', cluster.folder, '-m', 'fast'])
    await exited
    return
  }
  for (const [signal, patience] of STOP_SIGNALS) {
    child.kill(signal)
    if (await endsWithin(exited, patience)) return
  }
  await exited
}

async function endsWithin(exited: Promise<Exit>, patience: number): Promise<boolean> {
  const cancel = new AbortController()
  const late = sleep(patience, false, { signal: cancel.signal }).catch(() => false)
  const ended = await Promise.race([exited.then(() => true), late])
  cancel.abort()
  return ended
}
