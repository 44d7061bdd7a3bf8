import { type Kysely, sql } from 'kysely'

/** Plain SQL: what the database really holds is easier to review than a builder's idea of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create table settings (key text primary key, value jsonb not null)`,

  `create table organizations (id text primary key, name text not null, created_at timestamptz not null)`,

  `create table people (
    id text primary key, email text not null, name text not null, created_at timestamptz not null)`,
  `create unique index people_email on people (lower(email))`,

  `create table memberships (
    organization_id text not null references organizations, person_id text not null references people,
    role text not null check (role in ('admin', 'member')), created_at timestamptz not null,
    primary key (organization_id, person_id))`,

  `create table end_users (
    organization_id text not null references organizations, id text not null,
    external_id text not null, name text, email text, created_at timestamptz not null,
    primary key (organization_id, id), unique (organization_id, external_id))`,

  `create table sessions (
    hash bytea primary key, organization_id text not null, person_id text not null,
    created_at timestamptz not null, last_seen_at timestamptz not null, expires_at timestamptz not null,
    ip text, user_agent text,
    foreign key (organization_id, person_id) references memberships on delete cascade)`,

  `create table sign_in_links (
    hash bytea primary key, organization_id text not null, person_id text not null,
    expires_at timestamptz not null, used_at timestamptz,
    foreign key (organization_id, person_id) references memberships on delete cascade)`,

  `create table api_keys (
    organization_id text not null references organizations, id text not null,
    hash bytea not null unique, prefix text not null, name text not null, scopes text[] not null,
    created_by text, created_at timestamptz not null, expires_at timestamptz, revoked_at timestamptz,
    last_used_at timestamptz, primary key (organization_id, id))`,

  `create table connect_sessions (
    organization_id text not null references organizations, id text not null,
    token_hash bytea not null unique, end_user_id text not null, providers text[], return_to text,
    proof text not null check (proof in ('completion', 'browser')), connection_id text, created_by text not null,
    created_at timestamptz not null, expires_at timestamptz not null, completed_at timestamptz,
    primary key (organization_id, id))`,

  `create table oauth_states (
    organization_id text not null references organizations, id text not null,
    state_hash bytea unique, binding_hash bytea not null, person_id text, connect_session_id text, proof_hash bytea,
    provider text not null, method text not null, mode text not null, owner_kind text not null, owner_id text not null,
    connection_id text, redirect_uri text, requested_scopes text[] not null, parameters jsonb not null,
    key_id text not null, sealed bytea not null,
    status text not null, error_code text, error_detail text, decision jsonb,
    created_at timestamptz not null, expires_at timestamptz not null, finished_at timestamptz,
    primary key (organization_id, id))`,
  `create index oauth_states_expiry on oauth_states (expires_at)`,

  `create table connections (
    organization_id text not null references organizations, id text not null,
    provider text not null, family text not null, method text not null,
    mode text not null check (mode in ('live', 'sandbox')), client_id text,
    owner_kind text not null check (owner_kind in ('person', 'organization', 'end_user')), owner_id text not null,
    account_id text not null, grant_id text not null, account_label text not null, account_email text, label text,
    is_default boolean not null, parameters jsonb not null,
    requested_scopes text[] not null, granted_scopes text[] not null,
    status text not null, status_cause text, status_detail text not null, status_since timestamptz not null,
    last_verified_at timestamptz, created_at timestamptz not null, disconnected_at timestamptz,
    primary key (organization_id, id))`,
  // One live connection per owner and upstream account; one default per owner and provider.
  `create unique index connections_account on connections
    (organization_id, owner_kind, owner_id, provider, mode, account_id) where disconnected_at is null`,
  `create unique index connections_default on connections
    (organization_id, owner_kind, owner_id, provider) where is_default and disconnected_at is null`,
  `create index connections_grant on connections (organization_id, family, grant_id) where disconnected_at is null`,
  `create index connections_provider on connections (organization_id, provider, id)`,

  `create table credentials (
    organization_id text not null, connection_id text not null,
    version integer not null, sealed bytea not null,
    expires_at timestamptz, refresh_at timestamptz, refreshed_at timestamptz,
    lease_owner text, lease_until timestamptz, fence integer not null default 0, in_flight boolean not null default false,
    failures integer not null default 0, trouble_code text, trouble_detail text, trouble_since timestamptz,
    next_attempt_at timestamptz,
    primary key (organization_id, connection_id),
    foreign key (organization_id, connection_id) references connections)`,
  // What is due is found in the same time whether a thousand connections are stored or a million.
  `create index credentials_due on credentials (greatest(refresh_at, next_attempt_at)) where refresh_at is not null`,

  `create table data_keys (
    organization_id text not null, connection_id text not null, key_id text not null, wrapped bytea not null,
    primary key (organization_id, connection_id))`,
  `create index data_keys_key on data_keys (key_id)`,

  `create table connection_events (
    organization_id text not null, id text not null, connection_id text not null, at timestamptz not null,
    kind text not null, title text not null, actor text, detail jsonb not null,
    primary key (organization_id, id))`,
  `create index connection_events_timeline on connection_events (organization_id, connection_id, id)`,

  `create table audit_log (
    organization_id text not null, seq integer not null, at timestamptz not null,
    actor text not null, action text not null, target text not null, ip text, detail jsonb not null,
    previous_hash bytea not null, hash bytea not null,
    primary key (organization_id, seq))`,
]
