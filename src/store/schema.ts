/**
 * The tables, as Kysely sees them. Every table that grows carries the organization in its primary key, so that
 * the same schema can be spread by organization over a distributed PostgreSQL.
 */
import type { ColumnType } from 'kysely'

type Time = ColumnType<Date, Date, Date>
type MaybeTime = ColumnType<Date | null, Date | null | undefined, Date | null>
type Made<T> = ColumnType<T, T | undefined, T>
/** Written as JSON text, read as a value. */
type JsonColumn<T> = ColumnType<T, string, string>

export type SignInMethod = 'link' | 'password' | 'passkey' | 'sso' | 'invitation'
export type OwnerKind = 'person' | 'organization' | 'end_user'
export type StatusName =
  | 'connected'
  | 'not_configured'
  | 'connection_invalid'
  | 'setup_required'
  | 'no_access'
  | 'not_available'
export type AttemptStatus =
  | 'pending'
  | 'proof_required'
  | 'decision_required'
  | 'succeeded'
  | 'failed'
  | 'expired'
  | 'cancelled'

/** A list that could not be read, and what would help. */
export type SkippedList = { label: string; reason: 'scopes' | 'refused'; scopes: string[]; detail: string }

export type Schema = {
  settings: { key: string; value: JsonColumn<unknown> }
  organizations: {
    id: string
    name: string
    created_at: Time
    /** One of them: its administrators set the hub up for all. */
    runs_hub: Made<boolean>
    /** Members come in by single sign-on, or by a link of the operator. */
    requires_sso: Made<boolean>
  }
  people: {
    id: string
    email: string
    name: string
    created_at: Time
    /** When somebody showed that the address is this person's; null: nobody did. */
    email_confirmed_at: MaybeTime
    /** A PHC string; null: signs in by other ways. */
    password: Made<string | null>
    password_set_at: MaybeTime
  }
  memberships: {
    organization_id: string
    person_id: string
    role: 'admin' | 'member'
    created_at: Time
    last_seen_at: MaybeTime
  }
  end_users: {
    organization_id: string
    id: string
    external_id: string
    name: string | null
    email: string | null
    created_at: Time
  }
  sessions: {
    hash: Buffer
    /** Names it in lists. */
    id: string
    organization_id: string
    person_id: string
    created_at: Time
    last_seen_at: Time
    expires_at: Time
    ip: string | null
    user_agent: string | null
    method: SignInMethod
    /** When the person last showed who they are. */
    authenticated_at: Time
  }
  passkeys: {
    id: string
    person_id: string
    credential_id: string
    public_key: Buffer
    /** Read as text: PostgreSQL's bigint. */
    counter: ColumnType<string, number, number>
    transports: string[]
    name: string
    backed_up: boolean
    created_at: Time
    last_used_at: MaybeTime
  }
  /** Who somebody is at an identity provider. */
  sso_identities: {
    issuer: string
    subject: string
    person_id: string
    created_at: Time
    last_used_at: Time
  }
  /** What a sign-in under way has to come back with; deleted when it does. */
  sign_in_challenges: {
    hash: Buffer
    kind: string
    binding_hash: Buffer | null
    payload: JsonColumn<unknown>
    expires_at: Time
  }
  person_tokens: {
    hash: Buffer
    kind: 'password_reset' | 'email_change'
    person_id: string
    email: string
    expires_at: Time
  }
  invitations: {
    organization_id: string
    id: string
    /** Null when it was used or taken back. */
    token_hash: Buffer | null
    email: string
    role: 'admin' | 'member'
    delivery: 'link' | 'email'
    invited_by: string
    created_at: Time
    expires_at: Time
    accepted_at: MaybeTime
    accepted_by: Made<string | null>
    revoked_at: MaybeTime
  }
  /** Whose connections in an organization are still to be ended. */
  departed_members: { organization_id: string; person_id: string; actor: string; left_at: Time }
  sign_in_tries: { key: Buffer; tries: number; expires_at: Time }
  sign_in_links: {
    hash: Buffer
    organization_id: string
    person_id: string
    expires_at: Time
    used_at: MaybeTime
    /** The administrator that handed it out; null: the hub's own machine. */
    created_by: Made<string | null>
  }
  api_keys: {
    organization_id: string
    id: string
    hash: Buffer
    prefix: string
    name: string
    scopes: string[]
    /** Acts as this person; null: as the organization. */
    person_id: Made<string | null>
    created_by: string | null
    created_at: Time
    expires_at: MaybeTime
    revoked_at: MaybeTime
    last_used_at: MaybeTime
  }
  connect_sessions: {
    organization_id: string
    id: string
    token_hash: Buffer
    end_user_id: string
    providers: string[] | null
    return_to: string | null
    proof: 'completion' | 'browser'
    connection_id: string | null
    created_by: string
    created_at: Time
    expires_at: Time
    completed_at: MaybeTime
  }
  oauth_states: {
    organization_id: string
    id: string
    /** SHA-256 of `state`; null for methods without a redirect. Set to null when consumed: single use. */
    state_hash: Buffer | null
    /** SHA-256 of what proves the browser: the session's token, or the connect page's cookie. */
    binding_hash: Buffer
    /** Who may see the attempt: the person that began it; null when a connect link did. */
    person_id: string | null
    connect_session_id: string | null
    /** SHA-256 of the one-time proof handed to the browser when a completing call is awaited. */
    proof_hash: Buffer | null
    provider: string
    method: string
    mode: 'live' | 'sandbox'
    owner_kind: OwnerKind
    owner_id: string
    connection_id: string | null
    redirect_uri: string | null
    requested_scopes: string[]
    parameters: JsonColumn<Record<string, string>>
    /** PKCE verifier, nonce; later the parked code or tokens. Sealed. */
    key_id: string
    sealed: Buffer
    status: AttemptStatus
    error_code: string | null
    error_detail: string | null
    decision: JsonColumn<unknown>
    created_at: Time
    expires_at: Time
    finished_at: MaybeTime
  }
  connections: {
    organization_id: string
    id: string
    provider: string
    family: string
    method: string
    mode: 'live' | 'sandbox'
    /** client_id that minted the grant; null for secrets. */
    client_id: string | null
    owner_kind: OwnerKind
    owner_id: string
    /** The connection whose credential this one goes through; null: it has its own. */
    lender_id: Made<string | null>
    account_id: string
    /** What owns the grant upstream; siblings with the same one die together. */
    grant_id: string
    account_label: string
    account_email: string | null
    label: string | null
    is_default: boolean
    parameters: JsonColumn<Record<string, string>>
    requested_scopes: string[]
    granted_scopes: string[]
    /** What the account was found to have, as last asked. */
    capabilities: ColumnType<{ id: string; value: string; warning?: string }[], string | undefined, string>
    status: StatusName
    status_cause: string | null
    status_detail: string
    status_since: Time
    last_verified_at: MaybeTime
    created_at: Time
    disconnected_at: MaybeTime
  }
  credentials: {
    organization_id: string
    connection_id: string
    /** Grows with every write; part of what the seal is bound to. */
    version: number
    sealed: Buffer
    /** Of the access token. */
    expires_at: MaybeTime
    /** When the scheduled job refreshes it; null: never (no refresh token, or dead). */
    refresh_at: MaybeTime
    refreshed_at: MaybeTime
    lease_owner: string | null
    lease_until: MaybeTime
    /** Grows with every lease; a holder whose number is old may not write. */
    fence: Made<number>
    /** A refresh token may be spent by a request that never came back. */
    in_flight: Made<boolean>
    failures: Made<number>
    trouble_code: string | null
    trouble_detail: string | null
    trouble_since: MaybeTime
    next_attempt_at: MaybeTime
  }
  /** One key a connection, wrapped by the master key. Kept apart: without it a restored credential stays shut. */
  data_keys: { organization_id: string; connection_id: string; key_id: string; wrapped: Buffer }
  connection_events: {
    organization_id: string
    id: string
    connection_id: string
    at: Time
    kind: string
    title: string
    actor: string | null
    detail: JsonColumn<Record<string, unknown>>
  }
  /** Apps that sites of a provider installed, whose platform then calls the hub. */
  app_installations: {
    provider: string
    mode: 'live' | 'sandbox'
    installation: string
    /** Null while nobody can tell whose it is. */
    organization_id: string | null
    connection_id: string | null
    parameters: JsonColumn<Record<string, string>>
    installed_at: Time
    seen_at: Time
    uninstalled_at: MaybeTime
    /** Whoever runs the hub wants it left alone. */
    ignored_at: MaybeTime
  }
  /** Whose connections of a provider are made and used by its name; no row: `own_first`. */
  connection_policies: {
    organization_id: string
    provider: string
    policy: 'personal' | 'organization'
    set_at: Time
    set_by: string
  }
  /** How far an audit log's chain was followed. */
  audit_checkpoints: {
    organization_id: string
    seq: number
    hash: Buffer
    checked_at: Time
    /** First entry that did not fit. */
    broken_at: number | null
  }
  /** Installation-wide: the variables of integrations, beside those of the environment. */
  secrets: {
    name: string
    version: number
    /** Names the change that replaced it; null: in use. */
    retired: string | null
    key_id: string
    sealed: Buffer
    set_at: Time
    set_by: string
  }
  integration_settings: { provider: string; settings: JsonColumn<unknown>; set_at: Time; set_by: string }
  /** Providers that operators declare at run time. */
  declared_providers: { id: string; declaration: JsonColumn<unknown>; set_at: Time; set_by: string }
  /** Installation-wide: requests for deletion, and notices that a person removed the app at the provider. */
  data_deletions: {
    code_hash: Buffer
    kind: 'deletion' | 'deauthorization'
    status: 'pending' | 'done'
    /** Connections that are still to be erased; nothing here tells of the person. */
    targets: JsonColumn<{ organization: string; id: string }[]>
    received_at: Time
    finished_at: MaybeTime
  }
  /** No row: the default. */
  agent_switches: {
    organization_id: string
    /** The organization's id, or a person's. */
    subject: string
    agent: string
    /** Empty: the whole agent. */
    tool: string
    enabled: boolean
    set_at: Time
    set_by: string
  }
  /** Who may use an agent; no row: everyone. */
  agent_access: {
    organization_id: string
    agent: string
    roles: string[]
    people: string[]
    set_at: Time
    set_by: string
  }
  projects: {
    organization_id: string
    id: string
    name: string
    description: Made<string>
    created_by: string
    created_at: Time
    updated_at: Time
  }
  project_members: {
    organization_id: string
    project_id: string
    person_id: string
    role: 'admin' | 'member'
    added_by: string
    added_at: Time
  }
  /** What a connection's lists held when they were last read: names and ids. */
  resources: {
    organization_id: string
    connection_id: string
    kind: string
    external_id: string
    name: string
    /** As it is searched. */
    folded: string
    description: string | null
    url: string | null
    private: boolean
    archived: boolean
    /** Whether the account is in it; null: that makes no difference. */
    member: boolean | null
    unreadable: string | null
    /** Number of the reading that saw it last. */
    reading: number
    seen_at: Time
    /** Not in the list any more; kept while it is selected. */
    gone_at: MaybeTime
  }
  /** How far the lists of one kind are read, so that any replica can go on. */
  resource_readings: {
    organization_id: string
    connection_id: string
    kind: string
    /** Whose lists they are: a connection that got another account is read anew. */
    account_id: string
    state: 'reading' | 'waiting' | 'done' | 'failed'
    reading: number
    progress: JsonColumn<unknown>
    found: Made<number>
    tries: Made<number>
    truncated: Made<boolean>
    skipped: ColumnType<SkippedList[], string | undefined, string>
    bot: Made<string | null>
    problem_code: Made<string | null>
    problem_detail: Made<string | null>
    started_at: Time
    /** When they were last read to their end. */
    read_at: MaybeTime
    lease_until: MaybeTime
    resume_at: MaybeTime
  }
  /** By account, not by connection: a disconnect keeps them. */
  project_selections: {
    organization_id: string
    project_id: string
    id: string
    provider: string
    mode: 'live' | 'sandbox'
    account_id: string
    account_label: string
    kind: string
    external_id: string
    name: string
    url: string | null
    private: boolean
    /** `invite`: the account has to be invited first; `failed`: it could not be joined, `access_detail` says why. */
    access: 'ready' | 'invite' | 'failed'
    access_detail: string | null
    selected_by: string
    selected_at: Time
  }
  sync_settings: {
    organization_id: string
    project_id: string
    provider: string
    enabled: boolean
    schedule: 'hourly' | 'daily' | 'manual'
    window_days: number
    changed_by: string
    changed_at: Time
  }
  sync_runs: {
    organization_id: string
    id: string
    project_id: string
    provider: string
    mode: 'live' | 'sandbox'
    account_id: string
    account_label: string
    cause: 'manual' | 'schedule'
    /** Null: the schedule. */
    started_by: string | null
    started_at: Time
    ended_at: MaybeTime
    outcome: 'running' | 'succeeded' | 'partial' | 'failed' | 'cancelled'
    counts: ColumnType<Record<string, number>, string | undefined, string>
    problem_code: string | null
    problem_detail: string | null
  }
  audit_log: {
    organization_id: string
    seq: number
    at: Time
    actor: string
    action: string
    target: string
    ip: string | null
    detail: JsonColumn<Record<string, unknown>>
    previous_hash: Buffer
    hash: Buffer
  }
}
