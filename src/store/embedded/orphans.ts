/**
 * A hub that was killed can leave its PostgreSQL behind, which still holds the folder. The caller has the folder's
 * lock, so whatever PostgreSQL runs there belongs to no living hub: it is stopped in good order, and started anew
 * with today's settings and with its log in our hands.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseLog } from './server.ts'

/** Milliseconds: a fast shutdown writes one checkpoint of at most 48 MB. */
const PATIENCE = { fast: 20_000, immediate: 5_000, killed: 5_000 }

/** Returns the process ids that had to be stopped. */
export async function stopOrphans(folder: string, log: DatabaseLog): Promise<number[]> {
  const found = findProcesses(folder)
  if (found.length > 0) {
    log(`PostgreSQL (process ${found.join(', ')}) of a hub that was killed still runs; stopping it`, 'warn')
    for (const [signal, patience] of [
      ['SIGINT', PATIENCE.fast],
      ['SIGQUIT', PATIENCE.immediate],
      ['SIGKILL', PATIENCE.killed],
    ] as const) {
      const leader = readLeader(folder)
      const left = findProcesses(folder)
      // Fast and immediate shutdown are the leader's to carry out; its children follow it.
      const targets = signal !== 'SIGKILL' && leader && left.includes(leader) ? [leader] : left
      for (const pid of targets) send(pid, signal)
      if (await gone(folder, patience)) break
    }
  }
  // The id in a file left behind may by now be some other program's, for which PostgreSQL would refuse to start.
  const leader = readLeader(folder)
  if (leader && findProcesses(folder).length === 0 && isAlive(leader))
    rmSync(join(folder, 'postmaster.pid'), { force: true })
  return found
}

/** Waits until no process works in the folder. */
export async function gone(folder: string, patience: number): Promise<boolean> {
  for (let waited = 0; waited < patience; waited += 20) {
    if (findProcesses(folder).length === 0) return true
    await sleep(20)
  }
  return findProcesses(folder).length === 0
}

/** Every PostgreSQL process that works in this folder, the leader and its children. */
export function findProcesses(folder: string): number[] {
  if (!existsSync(folder)) return []
  return process.platform === 'linux' ? findByFolder(realpathSync(folder)) : findByFile(folder)
}

/** PostgreSQL's processes have the data folder as working folder. */
function findByFolder(folder: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== folder) return []
      // A shell that somebody opened in the folder is none of ours.
      return readFileSync(`/proc/${name}/comm`, 'utf8').trim() === 'postgres' ? [Number(name)] : []
    } catch {
      // Gone in the meantime, or another user's.
      return []
    }
  })
}

/** Without /proc: the leader that PostgreSQL's own file names, if it is one. */
function findByFile(folder: string): number[] {
  const pid = readLeader(folder)
  if (!pid || !isAlive(pid)) return []
  if (process.platform === 'win32') return [pid]
  try {
    const command = execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
    return command.includes('postgres') ? [pid] : []
  } catch {
    return []
  }
}

/** First line of postmaster.pid. */
function readLeader(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  return send(pid, 0)
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
