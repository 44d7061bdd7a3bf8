/**
 * Caller and connection in one prepared query, for the one call that is made most: reading a token. It serves when
 * neither is in memory, which is always where the memory is switched off.
 */
import type { Pool } from 'pg'
import { API_KEY_PREFIX, type Identity, type KeyRow } from '../identity/identity.ts'
import { mayChange, type Principal, type Role } from '../identity/principal.ts'
import { hashSecret } from '../identity/secrets.ts'
import { SEALED_COLUMNS, SEALED_JOINS, type SealedEntry, type SealedRow, type Vault } from '../vault/vault.ts'

export type ReadTogether = (
  authorization: string | undefined,
  connection: string,
) => Promise<{ principal: Principal; entry: SealedEntry | undefined } | undefined>

const QUERY = {
  name: 'caller-and-connection',
  text: `select a.organization_id as caller_organization, a.id as caller_id, a.name as caller_name, a.scopes as caller_scopes,
      a.expires_at as caller_expires_at, a.person_id as caller_person_id, o.runs_hub as caller_runs_hub, m.role as caller_role,
      ${SEALED_COLUMNS}
    from api_keys a join organizations o on o.id = a.organization_id
    left join memberships m on m.organization_id = a.organization_id and m.person_id = a.person_id
    left join connections c on c.organization_id = a.organization_id and c.id = $2 ${SEALED_JOINS}
    where a.hash = $1 and a.revoked_at is null`,
}

type Row = {
  caller_organization: string
  caller_id: string
  caller_name: string
  caller_scopes: string[]
  caller_expires_at: Date | null
  caller_person_id: string | null
  caller_runs_hub: boolean
  caller_role: Role | null
} & SealedRow

export function createReadTogether({
  pool,
  identity,
  vault,
}: {
  pool: Pool
  identity: Identity
  vault: Vault
}): ReadTogether {
  return async (authorization, id) => {
    if (!authorization?.startsWith(`Bearer ${API_KEY_PREFIX}`)) return undefined
    const digest = hashSecret(authorization.slice('Bearer '.length))
    const asOf = identity.keyRevision
    const { rows } = await pool.query<Row>({ ...QUERY, values: [digest, id] })
    const [row] = rows
    const caller: KeyRow | undefined = row && {
      organization_id: row.caller_organization,
      id: row.caller_id,
      name: row.caller_name,
      scopes: row.caller_scopes,
      expires_at: row.caller_expires_at,
      person_id: row.caller_person_id,
      runs_hub: row.caller_runs_hub,
      role: row.caller_role,
    }
    const principal = identity.fromKeyRow(digest, caller, asOf)
    // No connection of that id for this caller, or a disconnected one: the usual way says so in its own words.
    const entry =
      row?.sealed &&
      !row.disconnected_at &&
      mayChange(principal, { ...row, organization_id: principal.organization })
        ? vault.fromRow({ organization: principal.organization, id }, row)
        : undefined
    return { principal, entry }
  }
}
