import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // The organization that runs the hub: its administrators set it up for all others.
  `alter table organizations add column runs_hub boolean not null default false`,
  `update organizations set runs_hub = true where id = (select min(id) from organizations)`,
  `create unique index organizations_runs_hub on organizations (runs_hub) where runs_hub`,
  // A key with a person acts as that person; without one, as the organization.
  `alter table api_keys add column person_id text references people`,
]
