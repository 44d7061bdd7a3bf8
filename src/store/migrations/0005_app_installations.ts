import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // The organization comes later than the row where several could be meant, so it is no part of the key.
  `create table app_installations (
    provider text not null, mode text not null check (mode in ('live', 'sandbox')), installation text not null,
    organization_id text references organizations, connection_id text, parameters jsonb not null,
    installed_at timestamptz not null, seen_at timestamptz not null, uninstalled_at timestamptz,
    primary key (provider, mode, installation))`,
  // The connection whose credential this one goes through.
  `alter table connections add column lender_id text`,
  `create index connections_lender on connections (organization_id, lender_id) where lender_id is not null`,
]
