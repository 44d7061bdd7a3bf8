/** Who may call what, declared once more and apart from the routes: what these say is compared with it, one by one. */
import type { Scope } from '../../src/identity/principal.ts'

export type Needs =
  /** Nobody has to be signed in: a link, a signature, or the browser is the credential. */
  | 'nothing'
  | 'signed in'
  /** A session: for an API key there is nothing here. */
  | 'a session'
  /** A session, or a key that may do everything. */
  | 'a session or admin'
  | 'operator'
  | Scope
  /** The scope, with a key of the organization. */
  | `${Scope} of the server`
  /** The scope, for administrators and the organization's server. */
  | `${Scope} of an administrator`
  | `${Scope} and admin`

export type Named =
  | 'connection'
  | 'attempt'
  | 'key'
  | 'person'
  | 'invitation'
  | 'project'
  | 'session'
  | 'passkey'

export type Row = {
  needs: Needs
  /** What `{id}` or `{connection}` names, where it belongs to somebody. */
  names?: Named
  /** One that is there, of what everybody has. */
  id?: string
  /** What passes the schema, where the decision is made after it. */
  body?: object
  query?: string
  /** Ends what it names, or the session that asks. */
  ends?: boolean
  /** Who of those that see a project may: its members, its administrators, or the organization's alone. */
  of?: 'members' | 'administrators' | 'organization'
}

/** `{...}` in a body or a query stands for what the test made below the project. */
const members: Omit<Row, 'needs'> = { names: 'project', of: 'members' }
const administrators: Omit<Row, 'needs'> = { names: 'project', of: 'administrators' }
const row = (needs: Needs, more: Omit<Row, 'needs'> = {}): Row => ({ needs, ...more })
const server = 'connect:write of the server' as const
const manager = 'projects:write of an administrator' as const

export const ACCESS: Record<string, Row> = {
  'GET /health': row('nothing'),
  'GET /ready': row('nothing'),
  'GET /metrics': row('operator'),

  'GET /api/v1/me': row('signed in'),
  'GET /api/v1/sign-in': row('nothing'),
  'POST /api/v1/sessions': row('nothing'),
  'POST /api/v1/sessions/password': row('nothing'),
  'POST /api/v1/sessions/passkey/options': row('nothing'),
  'POST /api/v1/sessions/passkey': row('nothing'),
  'POST /api/v1/sessions/sso': row('nothing'),
  'GET /api/v1/sessions/sso/callback': row('nothing'),
  'POST /api/v1/sessions/switch': row('a session', { body: { organization_id: 'org_nothing' } }),
  'DELETE /api/v1/sessions/current': row('a session', { ends: true }),
  'POST /api/v1/password-resets': row('nothing'),
  'POST /api/v1/password-resets/complete': row('nothing'),
  'GET /api/v1/me/profile': row('a session'),
  'PATCH /api/v1/me/profile': row('a session', { body: { name: 'Somebody' } }),
  'POST /api/v1/me/reauthenticate': row('a session', { body: { password: 'wrong' } }),
  'PUT /api/v1/me/password': row('a session', { ends: true, body: { password: 'a long enough password' } }),
  'DELETE /api/v1/me/password': row('a session', { ends: true }),
  'PUT /api/v1/me/email': row('a session', { ends: true, body: { email: 'new@example.com' } }),
  'POST /api/v1/me/email/confirm': row('a session', { body: { token: 'x'.repeat(43) } }),
  'DELETE /api/v1/me/sso': row('a session', { ends: true }),
  'GET /api/v1/me/passkeys': row('a session'),
  'POST /api/v1/me/passkeys/options': row('a session'),
  'POST /api/v1/me/passkeys': row('a session'),
  'PATCH /api/v1/me/passkeys/{id}': row('a session', { names: 'passkey', body: { name: 'x' } }),
  'DELETE /api/v1/me/passkeys/{id}': row('a session', { names: 'passkey', ends: true }),
  'GET /api/v1/me/sessions': row('a session'),
  'DELETE /api/v1/me/sessions/{id}': row('a session', { names: 'session', ends: true }),
  'DELETE /api/v1/me/sessions': row('a session', { ends: true }),
  'GET /api/v1/me/organizations': row('a session'),
  'POST /api/v1/me/organizations': row('a session', { body: { token: 'x'.repeat(43) } }),

  'GET /api/v1/people': row('admin'),
  'PATCH /api/v1/people/{id}': row('admin', { names: 'person', ends: true, body: { role: 'member' } }),
  'DELETE /api/v1/people/{id}': row('admin', { names: 'person', ends: true }),
  // Of a member, by whoever runs the hub; what is nobody of one's own is not there first.
  'POST /api/v1/people/{id}/sign-in-link': row('admin', { names: 'person', ends: true }),
  'GET /api/v1/invitations': row('admin'),
  'POST /api/v1/invitations': row('admin', { body: { email: 'guest@example.com' } }),
  'POST /api/v1/invitations/{id}/resend': row('admin', { names: 'invitation', ends: true }),
  'DELETE /api/v1/invitations/{id}': row('admin', { names: 'invitation', ends: true }),
  'POST /api/v1/invitations/look': row('nothing'),
  'POST /api/v1/invitations/passkey/options': row('nothing'),
  'POST /api/v1/invitations/accept': row('nothing'),
  'GET /api/v1/organization': row('admin'),
  'PATCH /api/v1/organization': row('admin'),
  'GET /api/v1/organizations': row('operator'),
  'POST /api/v1/organizations': row('operator'),

  'GET /api/v1/api-keys': row('a session or admin'),
  'POST /api/v1/api-keys': row('a session or admin', { body: { name: 'k', scopes: ['connections:read'] } }),
  'DELETE /api/v1/api-keys/{id}': row('a session or admin', { names: 'key', ends: true }),

  'GET /api/v1/doctor': row('operator'),
  'GET /api/v1/integrations': row('operator'),
  'GET /api/v1/integrations/{provider}': row('operator'),
  'PATCH /api/v1/integrations/{provider}': row('operator'),
  'POST /api/v1/integrations/{provider}/check': row('operator'),
  'GET /api/v1/secrets': row('operator'),
  'PUT /api/v1/secrets': row('operator'),
  'DELETE /api/v1/secrets/{name}': row('operator'),
  'GET /api/v1/installations': row('operator'),
  'POST /api/v1/installations/assign': row('operator'),
  'POST /api/v1/installations/ignore': row('operator'),

  'GET /api/v1/providers': row('connections:read'),
  'GET /api/v1/providers/schema': row('connections:read'),
  'GET /api/v1/providers/{id}': row('connections:read'),
  'PUT /api/v1/providers/{id}': row('operator'),
  'DELETE /api/v1/providers/{id}': row('operator'),
  'GET /api/v1/providers/{id}/declaration': row('operator'),
  'GET /api/v1/policies': row('connections:read'),
  'PUT /api/v1/policies/{provider}': row('admin'),

  'GET /api/v1/connections': row('connections:read'),
  'GET /api/v1/connections/overview': row('connections:read'),
  'GET /api/v1/connections/existing': row('admin'),
  'POST /api/v1/connections/existing/{id}/end': row('admin', { ends: true, body: { reason: 'none' } }),
  'GET /api/v1/connections/{id}': row('connections:read', { names: 'connection' }),
  'PATCH /api/v1/connections/{id}': row('connections:write', { names: 'connection' }),
  'DELETE /api/v1/connections/{id}': row('connections:write', { names: 'connection', ends: true }),
  'GET /api/v1/connections/{id}/timeline': row('connections:read', { names: 'connection' }),
  'GET /api/v1/connections/{id}/impact': row('connections:read', { names: 'connection' }),
  'GET /api/v1/connections/{id}/token': row('tokens:read', { names: 'connection' }),
  'POST /api/v1/connections/{id}/verify': row('connections:write', { names: 'connection' }),
  'POST /api/v1/connections/{id}/reconnect': row('connect:write', { names: 'connection' }),
  'GET /api/v1/proxy/{connection}/{*}': row('proxy:use', { names: 'connection' }),
  'POST /api/v1/proxy/{connection}/{*}': row('proxy:use', { names: 'connection' }),
  'PUT /api/v1/proxy/{connection}/{*}': row('proxy:use', { names: 'connection' }),
  'PATCH /api/v1/proxy/{connection}/{*}': row('proxy:use', { names: 'connection' }),
  'DELETE /api/v1/proxy/{connection}/{*}': row('proxy:use', { names: 'connection' }),
  'GET /api/v1/live': row('connections:read'),

  'POST /api/v1/connect/attempts': row('connect:write'),
  'GET /api/v1/connect/attempts/{id}': row('connect:write', { names: 'attempt' }),
  'POST /api/v1/connect/attempts/{id}/decide': row('connect:write', {
    names: 'attempt',
    body: { value: 'x' },
  }),
  'POST /api/v1/connect/attempts/{id}/cancel': row('connect:write', { names: 'attempt' }),
  'POST /api/v1/connect-sessions': row(server, { body: { end_user: { id: 'x' } } }),
  'POST /api/v1/connect-sessions/{id}/complete': row(server, {
    body: { proof: 'p'.repeat(40), end_user_id: 'x' },
  }),
  'GET /api/v1/connect-links/{token}': row('nothing'),
  'POST /api/v1/connect-links/{token}/attempts': row('nothing'),
  'GET /api/v1/connect-links/{token}/attempts/{id}': row('nothing'),
  'POST /api/v1/connect-links/{token}/attempts/{id}/decide': row('nothing'),
  'POST /api/v1/connect-links/{token}/attempts/{id}/proof': row('nothing'),

  'GET /api/v1/agents': row('agents:read'),
  'GET /api/v1/agents/{id}': row('agents:read', { id: 'github' }),
  'GET /api/v1/agents/{id}/people': row('agents:write and admin', { id: 'github' }),
  'PATCH /api/v1/agents/{id}/settings': row('agents:write', { id: 'github' }),
  'PUT /api/v1/agents/{id}/access': row('agents:write and admin', {
    id: 'github',
    body: { everyone: true },
  }),

  'GET /api/v1/audit': row('admin'),
  'GET /api/v1/audit/actions': row('admin'),
  'GET /api/v1/audit/chain': row('admin'),
  'POST /api/v1/audit/chain/verify': row('admin'),
  'GET /api/v1/audit/export': row('admin'),

  'GET /api/v1/projects': row('projects:read'),
  'POST /api/v1/projects': row(manager, { body: { name: 'A project' } }),
  'GET /api/v1/projects/{id}': row('projects:read', members),
  'PATCH /api/v1/projects/{id}': row('projects:write', { ...administrators, body: { name: 'Renamed' } }),
  'DELETE /api/v1/projects/{id}': row('projects:write', { names: 'project', of: 'organization', ends: true }),
  'GET /api/v1/projects/{id}/members': row('projects:read', members),
  'GET /api/v1/projects/{id}/candidates': row('projects:read', administrators),
  'PUT /api/v1/projects/{id}/members/{person}': row('projects:write', {
    ...administrators,
    body: { role: 'member' },
  }),
  'DELETE /api/v1/projects/{id}/members/{person}': row('projects:write', { ...administrators, ends: true }),
  'GET /api/v1/projects/{id}/sources': row('projects:read', members),
  'GET /api/v1/projects/{id}/connections/{connection}/resources': row('projects:read', {
    ...administrators,
    query: '?kind=repository',
  }),
  'POST /api/v1/projects/{id}/connections/{connection}/resources/read': row('projects:write', {
    ...administrators,
    body: { kind: 'repository' },
  }),
  'GET /api/v1/projects/{id}/selections': row('projects:read', members),
  'POST /api/v1/projects/{id}/selections': row('projects:write', {
    ...administrators,
    body: { connection: '{connection}', kind: 'repository', resources: ['{resource}'] },
  }),
  'POST /api/v1/projects/{id}/selections/remove': row('projects:write', {
    ...administrators,
    ends: true,
    body: { selections: ['{selection}'] },
  }),
  'POST /api/v1/projects/{id}/selections/{selection}/check': row('projects:write', administrators),
  'GET /api/v1/projects/{id}/sync-settings': row('projects:read', members),
  'PATCH /api/v1/projects/{id}/sync-settings/{provider}': row('projects:write', {
    ...administrators,
    body: { schedule: 'daily' },
  }),
  'GET /api/v1/projects/{id}/runs': row('projects:read', members),

  'GET /api/integrations/callback': row('nothing'),
  'POST /api/integrations/callback': row('nothing'),
  'GET /api/v1/integrations/universal/callback': row('nothing'),
  'POST /api/v1/integrations/universal/callback': row('nothing'),
  'GET /api/integrations/whatsapp/callback': row('nothing'),
  'POST /api/integrations/whatsapp/callback': row('nothing'),
  'POST /api/platform/{provider}': row('nothing'),
  'POST /api/meta/data-deletion': row('nothing'),
  'POST /api/meta/deauthorize': row('nothing'),
  'GET /api/meta/deletion-status': row('nothing'),
}
