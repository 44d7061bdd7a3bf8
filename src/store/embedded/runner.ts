/**
 * Who runs PostgreSQL. It refuses to run as root, and initdb wants a user that /etc/passwd knows. As root the first
 * choice is a user namespace: PostgreSQL sees an ordinary user, the files stay root's, and folders that only root may
 * enter stay enterable. Where namespaces are refused (Docker's default profile), another user runs it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'

export type Runner = {
  kind: 'self' | 'namespace' | 'user'
  /** Programs that start the next one and vanish (exec), so that the child's process id is PostgreSQL's. */
  prefix: readonly string[]
  /** Set for `user`: who owns the database's files. */
  owner?: { uid: number; gid: number }
}

export type RunnerChoice = {
  /** Folder that will hold the database. */
  folder: string
  /** Folder of the binaries. */
  binaries: string
  /** Owner of a database that is there already. */
  owner?: { uid: number; gid: number }
  namespaces: boolean
  /** Whether PostgreSQL is asked to stop when the hub dies. */
  lifeline: boolean
}

/** Runner for the server. On Linux the kernel tells it to stop when the hub dies, so that few orphans ever exist. */
export function chooseRunner(choice: RunnerChoice): Runner {
  const lifeline = choice.lifeline && process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'INT'] : []
  for (const prefix of lifeline.length > 0 ? [lifeline, []] : [[]]) {
    const runner = chooseKind(choice, prefix)
    if (runner) return runner
  }
  return { kind: 'self', prefix: [] }
}

function chooseKind(choice: RunnerChoice, lifeline: readonly string[]): Runner | undefined {
  if (process.getuid?.() !== 0) return works(lifeline) ? { kind: 'self', prefix: lifeline } : undefined
  if (choice.owner && choice.owner.uid !== 0) {
    return works(lifeline) ? { kind: 'user', prefix: lifeline, owner: choice.owner } : undefined
  }
  if (
    choice.namespaces &&
    [choice.folder, choice.binaries].every((path) => mayEnter(path, { uid: 0, gid: 0 }))
  ) {
    const prefix = [...namespaceCommand(), ...lifeline]
    if (works(prefix)) return { kind: 'namespace', prefix }
    if (lifeline.length > 0 && works(namespaceCommand())) return undefined
  }
  return works(lifeline) ? { kind: 'user', prefix: lifeline, owner: chooseUser(choice) } : undefined
}

/** Runner for initdb, which asks /etc/passwd for the name of its user: containers run with numbers it never heard of. */
export function runnerForInit(runner: Runner): Runner {
  if (runner.kind !== 'self' || process.platform !== 'linux' || hasName()) return runner
  return { kind: 'namespace', prefix: namespaceCommand() }
}

function hasName(): boolean {
  try {
    userInfo()
    return true
  } catch {
    return false
  }
}

/** Maps this process's user to one that has a name, below root. */
function namespaceCommand(): string[] {
  const users = readUsers().filter(({ uid }) => uid !== 0)
  const { uid } = users.find(({ uid }) => uid === 1000) ??
    users.find(({ name }) => name === 'nobody') ??
    users[0] ?? { uid: 1000 }
  return ['unshare', '--user', `--map-user=${uid}`, `--map-group=${uid}`]
}

function works(prefix: readonly string[]): boolean {
  const [command, ...rest] = prefix
  if (!command) return true
  try {
    execFileSync(command, [...rest, 'true'], { stdio: 'ignore', env: { PATH: SYSTEM_PATH } })
    return true
  } catch {
    return false
  }
}

/** The user whose folders these are (`sudo npm start` in somebody's home), else one made for databases. */
function chooseUser({ folder, binaries }: RunnerChoice): { uid: number; gid: number } {
  const users = readUsers()
  const owner = ownerAbove(folder)
  const candidates = [
    ...users.filter(({ uid }) => uid === owner),
    ...['trunkline', 'postgres', 'nobody'].flatMap((name) => users.filter((user) => user.name === name)),
  ]
  // The folder itself is the hub's, which opens it to the user; those above it are not.
  const reaching = candidates.filter((user) => mayEnter(dirname(folder), user))
  const chosen = reaching.find((user) => mayEnter(binaries, user)) ?? reaching[0] ?? candidates[0]
  return chosen ? { uid: chosen.uid, gid: chosen.gid } : { uid: 65_534, gid: 65_534 }
}

/** The nearest owner that is not root. */
function ownerAbove(path: string): number | undefined {
  const { uid } = statSync(nearestExisting(path))
  if (uid !== 0) return uid
  return path === dirname(path) ? undefined : ownerAbove(dirname(path))
}

function readUsers(): { name: string; uid: number; gid: number }[] {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : []
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}

/** Whether a user without special powers may pass every folder on the way to `path`, and `path` itself. */
export function mayEnter(path: string, user: { uid: number; gid: number }): boolean {
  for (let folder = nearestExisting(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path))
}

/** The hub's own environment stays out of PostgreSQL: it holds client secrets, and `/proc` shows it. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export function childEnvironment(): NodeJS.ProcessEnv {
  if (process.platform === 'win32') {
    const { SystemRoot, SystemDrive, TEMP, TMP, PATH } = process.env
    return { SystemRoot, SystemDrive, TEMP, TMP, PATH, LC_ALL: 'C' }
  }
  return { PATH: SYSTEM_PATH, LC_ALL: 'C', TZ: 'UTC' }
}
