import { type Kysely, sql } from 'kysely'

/** What agents may do here: switches of the organization and of each person, and who may use an agent at all. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // `subject`: the organization's id, or a person's. `tool`: empty for the whole agent. No row: the default.
  `create table agent_switches (
    organization_id text not null references organizations(id),
    subject text not null, agent text not null, tool text not null,
    enabled boolean not null, set_at timestamptz not null, set_by text not null,
    primary key (organization_id, subject, agent, tool))`,

  // No row: everyone may use the agent.
  `create table agent_access (
    organization_id text not null references organizations(id),
    agent text not null, roles text[] not null, people text[] not null,
    set_at timestamptz not null, set_by text not null,
    primary key (organization_id, agent))`,
]
