/** Connections by the thousand, sealed as the vault seals them, written in bulk. */
import type { Database } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import { encodeCredential } from '../../src/vault/credential.ts'
import { createKeyRing } from '../../src/vault/keyring.ts'
import { newKey, seal } from '../../src/vault/seal.ts'
import { credentialPlace, keyPlace } from '../../src/vault/vault.ts'

const BATCH = 500

/** @returns the ids, in the order they were made */
export async function seedConnections(options: {
  database: Database
  masterKey: Buffer
  count: number
  expired: boolean
}): Promise<string[]> {
  const { database, masterKey, count, expired } = options
  const { db } = database
  const ring = createKeyRing([masterKey])
  const { id: organization } = await db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()
  const now = Date.now()
  const at = new Date(now)
  const ids: string[] = []
  for (let done = 0; done < count; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - done) }, () => newId('con', now))
    await db
      .insertInto('connections')
      .values(
        batch.map((id) => ({
          organization_id: organization,
          id,
          provider: 'github',
          family: 'github',
          method: 'oauth2',
          mode: 'live' as const,
          client_id: 'bench',
          owner_kind: 'organization' as const,
          owner_id: organization,
          account_id: id,
          grant_id: id,
          account_label: id,
          account_email: null,
          label: null,
          is_default: false,
          parameters: '{}',
          requested_scopes: [],
          granted_scopes: [],
          status: 'connected' as const,
          status_cause: null,
          status_detail: '',
          status_since: at,
          created_at: at,
        })),
      )
      .execute()
    const sealedRows = batch.map((id) => {
      const key = newKey()
      const { keyId, sealed: wrapped } = ring.seal(key.export(), keyPlace(organization, id))
      const credential = {
        kind: 'oauth2' as const,
        tokens: {
          main: {
            access_token: `gho_${'x'.repeat(36)}`,
            scope: 'repo read:user user:email',
            ...(expired ? { refresh_token: `ghr_${id}`, expires_at: now - 1000 } : {}),
          },
        },
      }
      return {
        id,
        keyId,
        wrapped,
        sealed: seal(key, encodeCredential(credential), credentialPlace(organization, id, 1)),
      }
    })
    await db
      .insertInto('data_keys')
      .values(
        sealedRows.map(({ id, keyId, wrapped }) => ({
          organization_id: organization,
          connection_id: id,
          key_id: keyId,
          wrapped,
        })),
      )
      .execute()
    await db
      .insertInto('credentials')
      .values(
        sealedRows.map(({ id, sealed }) => ({
          organization_id: organization,
          connection_id: id,
          version: 1,
          sealed,
          expires_at: expired ? new Date(now - 1000) : null,
          refresh_at: expired ? new Date(now - 1000) : null,
        })),
      )
      .execute()
    ids.push(...batch)
  }
  await database.pool.query('analyze connections, credentials, data_keys')
  return ids
}
