import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // What the account was found to have (a plan, a product), as last asked.
  `alter table connections add column capabilities jsonb not null default '[]'`,
  // Who shares a grant is asked over all organizations, for which `connections_person` serves.
  `drop index connections_grant`,
]
