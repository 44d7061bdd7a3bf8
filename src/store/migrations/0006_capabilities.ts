import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // What the account was found to have (a plan, a product), as last asked.
  `alter table connections add column capabilities jsonb not null default '[]'`,
  // Who shares a grant is asked over all organizations: the provider knows one client.
  `create index connections_shared_grant on connections (family, grant_id) where disconnected_at is null`,
  `drop index connections_grant`,
]
