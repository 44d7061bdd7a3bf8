/**
 * One hub for a data folder. The lock is an open exclusive transaction on an empty SQLite file: the kernel drops it
 * the moment its process dies, however it dies, so there is no stale lock to judge and no process id to mistake for
 * another's. (Node offers no file lock of its own.) Nothing may open `hub.lock` by other means inside the hub:
 * POSIX drops a process's locks on a file when any of its descriptors is closed.
 */
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HubError } from '../../errors.ts'
import type { EmbeddedConnection } from '../embedded.ts'

/** What the hub that holds the folder tells about itself. */
export type Running = { pid: number; startedAt: string; connection?: EmbeddedConnection }

export type FolderLock = { announce(running: Running): void; release(): void }

const SQLITE_BUSY = 5

/** @throws HubError `data_dir_in_use` naming the process that holds it */
export function lockFolder(dataDir: string): FolderLock {
  const database = openLock(dataDir)
  const file = runningFile(dataDir)
  return {
    announce(running) {
      const unfinished = `${file}.new`
      writeFileSync(unfinished, JSON.stringify(running), { mode: 0o600 })
      renameSync(unfinished, file)
    },
    release() {
      rmSync(file, { force: true })
      database.close()
    },
  }
}

function openLock(dataDir: string): DatabaseSync {
  const path = join(dataDir, 'hub.lock')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    // In memory, for a journal beside the file would outlive a killed hub. Nothing is ever written anyway.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    chmodSync(path, 0o600)
    return database
  } catch (cause) {
    database?.close()
    if ((cause as { errcode?: number }).errcode !== SQLITE_BUSY) {
      const detail = `The data folder ${dataDir} cannot be locked: ${(cause as Error).message}. Check who owns it and that it can be written.`
      throw new HubError('database_start_failed', detail, { cause })
    }
    const pid = readRunningFile(dataDir)?.pid
    throw new HubError(
      'data_dir_in_use',
      `Another hub ${pid ? `(process ${pid}) ` : ''}uses the data folder ${dataDir}. ` +
        'Stop it first, or give this one a folder of its own with TRUNKLINE_DATA_DIR.',
      { cause },
    )
  }
}

/**
 * The hub that holds the folder right now, for commands that want to talk to its database; undefined when none does.
 */
export function readRunning(dataDir: string): Running | undefined {
  // Before the first start there is no folder, and asking makes none.
  if (!existsSync(dataDir)) return undefined
  try {
    openLock(dataDir).close()
    return undefined
  } catch (error) {
    if (error instanceof HubError && error.code === 'data_dir_in_use') return readRunningFile(dataDir)
    throw error
  }
}

function runningFile(dataDir: string): string {
  return join(dataDir, 'hub.json')
}

function readRunningFile(dataDir: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(runningFile(dataDir), 'utf8')) as Running
  } catch {
    return undefined
  }
}
