/**
 * The master keys. They wrap one data key a connection and seal what is pending; each value names the key that
 * sealed it, so that keys can be changed while the hub serves.
 */
import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { mkdir, open as openFile, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../config.ts'
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { open, seal } from './seal.ts'

export type KeyRing = {
  /** Id of the key that seals from now on. */
  readonly currentId: string
  seal(plaintext: Buffer, place: string): { keyId: string; sealed: Buffer }
  open(keyId: string, sealed: Buffer, place: string): Buffer
}

/** @param keys 32 bytes each; the first seals, the others only open */
export function createKeyRing(keys: readonly [Buffer, ...Buffer[]]): KeyRing {
  const ring = new Map<string, KeyObject>()
  for (const key of keys) ring.set(keyIdOf(key), createSecretKey(key))
  const currentId = keyIdOf(keys[0])
  return {
    currentId,
    seal(plaintext, place) {
      return { keyId: currentId, sealed: seal(ring.get(currentId) as KeyObject, plaintext, place) }
    },
    open(keyId, sealed, place) {
      const key = ring.get(keyId)
      if (!key)
        throw new HubError(
          'vault_open_failed',
          `The master key "${keyId}" that sealed this value is not loaded.`,
        )
      return open(key, sealed, place)
    },
  }
}

/** Names a key without telling it. */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('trunkline key id').update(key).digest('hex').slice(0, 12)
}

export function newMasterKey(): string {
  return randomBytes(32).toString('base64')
}

/**
 * The master key file of an embedded hub. Made at first start only: a database that already has a key check value
 * gets no new key, because everything in it was sealed with the old one.
 */
export async function readOrMakeKeyFile(path: string, mayMake: boolean): Promise<Buffer> {
  try {
    const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64')
    if (key.length !== 32)
      throw new HubError(
        'master_key_wrong',
        `${path} does not hold 32 bytes in base64. Put the right file back.`,
      )
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  if (!mayMake) {
    throw new HubError(
      'master_key_missing',
      `${path} is gone, and the database holds credentials sealed with it. Put the file back from your backup, or set TRUNKLINE_MASTER_KEY.`,
    )
  }
  const key = newMasterKey()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await openFile(path, 'wx', 0o600)
  try {
    await file.writeFile(`${key}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return Buffer.from(key, 'base64')
}

/** The keys of this installation: the master key (from the environment, else its file) and those it replaces. */
export async function loadKeyRing(
  config: Pick<Config, 'masterKey' | 'previousMasterKeys' | 'dataDir'>,
  db: Db,
): Promise<KeyRing> {
  const current = config.masterKey
    ? Buffer.from(config.masterKey, 'base64')
    : await readOrMakeKeyFile(join(config.dataDir, 'master.key'), (await readKeyCheck(db)) === undefined)
  return createKeyRing([current, ...config.previousMasterKeys.map((key) => Buffer.from(key, 'base64'))])
}

const CHECK = 'trunkline key check'

type KeyCheck = { key_id: string; sealed: string }

export async function readKeyCheck(db: Db): Promise<KeyCheck | undefined> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', 'key_check')
    .executeTakeFirst()
  return row?.value as KeyCheck | undefined
}

/** What the database keeps to tell a wrong key by. */
export function sealKeyCheck(ring: KeyRing): string {
  const { keyId, sealed } = ring.seal(Buffer.from(CHECK), CHECK)
  return JSON.stringify({ key_id: keyId, sealed: sealed.toString('base64') } satisfies KeyCheck)
}

/**
 * Proves that the ring fits the database, or leaves the proof for the next start where there is none yet.
 * @throws HubError `master_key_wrong`; nothing is written then
 */
export async function checkKeyRing(db: Db, ring: KeyRing): Promise<void> {
  const value = sealKeyCheck(ring)
  // Several replicas may start at once: whoever comes first leaves the value, all check what is there.
  await db
    .insertInto('settings')
    .values({ key: 'key_check', value })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
  const check = (await readKeyCheck(db)) as KeyCheck
  try {
    if (ring.open(check.key_id, Buffer.from(check.sealed, 'base64'), CHECK).toString() === CHECK) return
  } catch {
    // Told below, in words for the operator.
  }
  throw new HubError(
    'master_key_wrong',
    `This database was sealed with the master key "${check.key_id}", and the key given is "${ring.currentId}". Nothing was changed. Start again with the right key.`,
  )
}
