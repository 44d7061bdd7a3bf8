/** Servers that nobody on this project wrote, started on this machine for one test file and stopped with it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

export type Running = {
  port: number /** What it wrote. */
  said: () => string
  restart: () => Promise<void>
  stop: () => Promise<void>
}

/** Debian package by the program that has to be there. */
const NEEDED: Readonly<Record<string, string>> = {
  '/usr/bin/radicale': 'radicale',
  '/usr/sbin/dovecot': 'dovecot-imapd',
  '/usr/sbin/apache2': 'apache2',
}

/** Debian packages that are not installed, or are of a version that is configured in another way. */
export function findMissing(): string[] {
  const absent = Object.entries(NEEDED).flatMap(([path, name]) => (existsSync(path) ? [] : [name]))
  if (absent.includes('dovecot-imapd')) return absent
  const version = execFileSync('/usr/sbin/dovecot', ['--version'], { encoding: 'utf8' })
  return version.startsWith('2.3.') ? absent : [...absent, `dovecot-imapd 2.3 (not ${version.split(' ')[0]})`]
}

export const isRoot = userInfo().uid === 0
/** Who servers run as that will not run as root. */
export const account = isRoot ? 'nobody' : userInfo().username

/** A folder of its own, removed at the end. */
export function makeFolder(name: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `trunkline-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Starts a program in the foreground and waits until its port answers. `log` is where it writes what goes wrong. */
export async function run(
  program: string,
  args: readonly string[],
  port: number,
  log?: string,
): Promise<Running> {
  let child: ChildProcess
  let said = ''
  const told = () => said + (log && existsSync(log) ? readFileSync(log, 'utf8') : '')
  // A run that is cut off leaves nothing behind.
  const abandon = () => child.kill('SIGTERM')
  process.once('exit', abandon)
  const start = async () => {
    child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)))
    for (let tries = 0; ; tries++) {
      if (await answers(port)) return
      if (child.exitCode !== null || tries > 1200)
        throw new Error(`${program} did not start: ${told().slice(-2000)}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
  await start()
  return {
    port,
    said: told,
    async stop() {
      process.removeListener('exit', abandon)
      await stop()
    },
    async restart() {
      await stop()
      await start()
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
