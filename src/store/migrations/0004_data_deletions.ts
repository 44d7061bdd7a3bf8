import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Of the whole installation: one request of a person may reach connections of several organizations.
  await sql`create table data_deletions (
    code_hash bytea primary key, kind text not null check (kind in ('deletion', 'deauthorization')),
    status text not null check (status in ('pending', 'done')), targets jsonb not null,
    received_at timestamptz not null, finished_at timestamptz)`.execute(db)
  await sql`create index data_deletions_pending on data_deletions (received_at) where status = 'pending'`.execute(
    db,
  )
  // A person's connections are looked for in every organization, live and ended ones.
  await sql`create index connections_person on connections (family, grant_id)`.execute(db)
  await sql`create index connections_upstream_account on connections (family, account_id)`.execute(db)
}
