import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // As it is compared from now on. Whoever is here was made on the hub's machine, which vouches for the address.
  `update people set email = lower(email)`,
  `alter table people add column email_confirmed_at timestamptz`,
  `update people set email_confirmed_at = created_at`,
  // A PHC string; null: signs in by other ways.
  `alter table people add column password text`,
  `alter table people add column password_set_at timestamptz`,

  `alter table memberships add column last_seen_at timestamptz`,
  `create index memberships_person on memberships (person_id)`,
  `alter table organizations add column requires_sso boolean not null default false`,

  // Named by an id of its own, so that a list need not show what the cookie hashes to.
  `alter table sessions add column id text`,
  `update sessions set id = 'ses_' || encode(substr(sha256(hash), 1, 13), 'hex')`,
  `alter table sessions alter column id set not null`,
  `create unique index sessions_id on sessions (id)`,
  `create index sessions_person on sessions (person_id)`,
  `alter table sessions add column method text not null default 'link'`,
  `alter table sessions alter column method drop default`,
  `alter table sessions add column authenticated_at timestamptz`,
  `update sessions set authenticated_at = created_at`,
  `alter table sessions alter column authenticated_at set not null`,

  // Who handed it out: with that person's rights it goes.
  `alter table sign_in_links add column created_by text`,

  `create table passkeys (
    id text primary key, person_id text not null references people on delete cascade,
    credential_id text not null unique, public_key bytea not null, counter bigint not null,
    transports text[] not null, name text not null, backed_up boolean not null,
    created_at timestamptz not null, last_used_at timestamptz)`,
  `create index passkeys_person on passkeys (person_id)`,

  `create table sso_identities (
    issuer text not null, subject text not null, person_id text not null references people on delete cascade,
    created_at timestamptz not null, last_used_at timestamptz not null,
    primary key (issuer, subject), unique (issuer, person_id))`,

  // What a sign-in under way has to come back with. Deleted when it does: single use.
  `create table sign_in_challenges (
    hash bytea primary key, kind text not null, binding_hash bytea, payload jsonb not null,
    expires_at timestamptz not null)`,

  // Links by e-mail: a new password, a new address.
  `create table person_tokens (
    hash bytea primary key, kind text not null check (kind in ('password_reset', 'email_change')),
    person_id text not null references people on delete cascade, email text not null,
    expires_at timestamptz not null)`,
  `create index person_tokens_person on person_tokens (person_id)`,

  `create table invitations (
    organization_id text not null references organizations, id text not null, token_hash bytea unique,
    email text not null, role text not null check (role in ('admin', 'member')),
    delivery text not null check (delivery in ('link', 'email')), invited_by text not null,
    created_at timestamptz not null, expires_at timestamptz not null,
    accepted_at timestamptz, accepted_by text, revoked_at timestamptz,
    primary key (organization_id, id))`,
  `create unique index invitations_open on invitations (organization_id, email)
    where accepted_at is null and revoked_at is null`,

  // Whose connections in an organization are still to be ended.
  `create table departed_members (
    organization_id text not null references organizations, person_id text not null references people,
    actor text not null, left_at timestamptz not null, primary key (organization_id, person_id))`,

  // Counts of tries, by account and by address, over all replicas.
  `create table sign_in_tries (
    key bytea primary key, tries integer not null, expires_at timestamptz not null)`,
]
