import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // Whose connections of a provider are made and used by its name; no row: everybody's own first.
  `create table connection_policies (
    organization_id text not null references organizations, provider text not null,
    policy text not null check (policy in ('personal', 'organization')),
    set_at timestamptz not null, set_by text not null,
    primary key (organization_id, provider))`,
  // Installations that nobody wants to see again.
  `alter table app_installations add column ignored_at timestamptz`,
  // How far the chain was followed, and where it was found broken.
  `create table audit_checkpoints (
    organization_id text primary key references organizations,
    seq integer not null, hash bytea not null, checked_at timestamptz not null, broken_at integer)`,
  `create index audit_log_actor on audit_log (organization_id, actor, seq)`,
  `create index audit_log_target on audit_log (organization_id, target, seq)`,
  `create index audit_log_at on audit_log (organization_id, at)`,
]
