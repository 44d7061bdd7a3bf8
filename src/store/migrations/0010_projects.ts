import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create table projects (
    organization_id text not null references organizations, id text not null,
    name text not null, description text not null default '',
    created_by text not null, created_at timestamptz not null, updated_at timestamptz not null,
    primary key (organization_id, id))`,

  // Who leaves the organization leaves its projects.
  `create table project_members (
    organization_id text not null, project_id text not null, person_id text not null,
    role text not null check (role in ('admin', 'member')), added_by text not null, added_at timestamptz not null,
    primary key (organization_id, project_id, person_id),
    foreign key (organization_id, project_id) references projects on delete cascade,
    foreign key (organization_id, person_id) references memberships on delete cascade)`,
  `create index project_members_person on project_members (organization_id, person_id)`,

  // What a connection's lists held when they were last read; gone with the connection.
  `create table resources (
    organization_id text not null, connection_id text not null, kind text not null, external_id text not null,
    name text not null, folded text not null, description text, url text,
    private boolean not null, archived boolean not null, member boolean, unreadable text,
    reading integer not null, seen_at timestamptz not null, gone_at timestamptz,
    primary key (organization_id, connection_id, kind, external_id),
    foreign key (organization_id, connection_id) references connections on delete cascade)`,
  // A list in its order, page by page; the folded name is in it, so that a search reads nothing else.
  `create index resources_names on resources (organization_id, connection_id, kind, folded, external_id)`,

  `create table resource_readings (
    organization_id text not null, connection_id text not null, kind text not null,
    account_id text not null, state text not null check (state in ('reading', 'waiting', 'done', 'failed')),
    reading integer not null, progress jsonb not null, found integer not null default 0,
    tries integer not null default 0, truncated boolean not null default false,
    skipped jsonb not null default '[]', bot text,
    problem_code text, problem_detail text,
    started_at timestamptz not null, read_at timestamptz,
    lease_until timestamptz, resume_at timestamptz,
    primary key (organization_id, connection_id, kind),
    foreign key (organization_id, connection_id) references connections on delete cascade)`,
  `create index resource_readings_open on resource_readings (state, resume_at) where state in ('reading', 'waiting')`,

  // By account, not by connection: a disconnect keeps them, and the account connected anew takes them up again.
  `create table project_selections (
    organization_id text not null, project_id text not null, id text not null,
    provider text not null, mode text not null check (mode in ('live', 'sandbox')),
    account_id text not null, account_label text not null,
    kind text not null, external_id text not null, name text not null, url text, private boolean not null,
    access text not null check (access in ('ready', 'invite', 'failed')), access_detail text,
    selected_by text not null, selected_at timestamptz not null,
    primary key (organization_id, project_id, id),
    unique (organization_id, project_id, provider, mode, account_id, kind, external_id),
    foreign key (organization_id, project_id) references projects on delete cascade)`,
  `create index project_selections_account on project_selections (organization_id, provider, mode, account_id)`,

  `create table sync_settings (
    organization_id text not null, project_id text not null, provider text not null,
    enabled boolean not null, schedule text not null check (schedule in ('hourly', 'daily', 'manual')),
    window_days integer not null check (window_days between 1 and 730),
    changed_by text not null, changed_at timestamptz not null,
    primary key (organization_id, project_id, provider),
    foreign key (organization_id, project_id) references projects on delete cascade)`,

  `create table sync_runs (
    organization_id text not null, id text not null, project_id text not null,
    provider text not null, mode text not null, account_id text not null, account_label text not null,
    cause text not null check (cause in ('manual', 'schedule')), started_by text,
    started_at timestamptz not null, ended_at timestamptz,
    outcome text not null check (outcome in ('running', 'succeeded', 'partial', 'failed', 'cancelled')),
    counts jsonb not null default '{}', problem_code text, problem_detail text,
    primary key (organization_id, id),
    foreign key (organization_id, project_id) references projects on delete cascade)`,
  `create index sync_runs_project on sync_runs (organization_id, project_id, id desc)`,
]
