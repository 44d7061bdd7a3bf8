import { type Kysely, sql } from 'kysely'

/** What an operator sets at run time. It belongs to the installation, not to one of its organizations. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // `retired`: null for the value in use. A client's id and secret that were replaced together carry the same name of
  // the change, so that connections made with the old client find both.
  `create table secrets (
    name text not null, version integer not null, retired text,
    key_id text not null, sealed bytea not null, set_at timestamptz not null, set_by text not null,
    primary key (name, version))`,
  `create unique index secrets_in_use on secrets (name) where retired is null`,

  `create table integration_settings (
    provider text primary key, settings jsonb not null, set_at timestamptz not null, set_by text not null)`,

  `create table declared_providers (
    id text primary key, declaration jsonb not null, set_at timestamptz not null, set_by text not null)`,
]
