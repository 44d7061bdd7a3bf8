/** Connections: their status, life, impact and end. */
import { z } from 'zod'
import { id, PageQuery, time } from './basics.ts'
import { Method } from './catalog.ts'

export const Status = z.enum([
  'connected',
  'not_configured',
  'connection_invalid',
  'setup_required',
  'no_access',
  'not_available',
])
export const StatusReport = z
  .object({
    status: Status,
    /** Stable code of the cause (`grant_revoked`, `refresh_token_expired`, `client_rejected` ...). */
    cause: z.string().nullable(),
    /** The cause in one sentence for people. */
    detail: z.string(),
    since: time.nullable(),
    /** Who can mend it. */
    who: z.enum(['nobody', 'owner', 'admin', 'operator', 'provider_admin']),
    action: z.enum([
      'none',
      'connect',
      'reconnect',
      'follow_steps',
      'contact_provider_admin',
      'check_subscription',
    ]),
  })
  .meta({ id: 'StatusReport' })
export const Owner = z
  .object({ kind: z.enum(['person', 'organization', 'end_user']), id, name: z.string() })
  .meta({ id: 'Owner' })
export const Connection = z
  .object({
    id,
    provider: z.string(),
    owner: Owner,
    method: Method.shape.kind,
    mode: z.enum(['live', 'sandbox']),
    status: StatusReport,
    account: z.object({
      id: z.string(),
      label: z.string(),
      email: z.string().nullable(),
    }),
    /** A name of the person's own; null: the account's label serves. */
    label: z.string().nullable(),
    is_default: z.boolean(),
    /** The organization's policy for the provider leaves its owner out: used by its id alone, not reconnected. */
    excluded: z.boolean(),
    parameters: z.record(z.string(), z.string()),
    requested_scopes: z.array(z.string()),
    granted_scopes: z.array(z.string()),
    missing_scopes: z.array(z.string()),
    /** What the account was found to have, as last asked: a plan, a product. A warning ends nothing. */
    capabilities: z.array(
      z.object({ id, label: z.string(), value: z.string(), warning: z.string().nullable() }),
    ),
    /** When the access token ends; null: it does not, or the provider does not say. */
    expires_at: time.nullable(),
    refreshed_at: time.nullable(),
    last_verified_at: time.nullable(),
    /** While the connection still works: a retry is under way, or (`ends_soon`) nothing can renew it. Null: nothing is wrong. */
    trouble: z
      .object({ code: z.string(), detail: z.string(), since: time, next_attempt_at: time.nullable() })
      .nullable(),
    created_at: time,
    disconnected_at: time.nullable(),
  })
  .meta({ id: 'Connection' })
/** What an administrator learns of a connection that is not theirs: that it exists. */
export const ConnectionExistence = z
  .object({
    id,
    provider: z.string(),
    owner: Owner,
    status: z.object({ status: Status, since: time }),
    created_at: time,
  })
  .meta({ id: 'ConnectionExistence' })
export const ListExisting = PageQuery.extend({
  provider: z.string().max(100).optional(),
  owner: z.string().max(200).optional().describe('id of a person, the organization or an end user'),
})
export const EndExisting = z.strictObject({
  /** Told to the owner. */
  reason: z.string().trim().min(1).max(500),
  /** Clears the hub's side without asking the provider. */
  force: z.boolean().default(false),
})
export const EndedExisting = z
  .object({
    connection_id: id,
    forced: z.boolean(),
    items: z.array(z.object({ item: z.string(), outcome: z.enum(['done', 'failed', 'skipped', 'by_hand']) })),
  })
  .meta({ id: 'EndedExisting' })
export const ListConnections = PageQuery.extend({
  provider: z.string().max(100).optional(),
  owner: z.string().max(100).optional().describe('id of a person, end user or the organization'),
  status: Status.optional(),
  /** Disconnected ones are left out unless asked for. */
  include_disconnected: z.enum(['true', 'false']).default('false'),
})
/** By provider and owner, the few that a page shows: what needs somebody first, then the default, then the oldest. */
export const ConnectionsOverview = z
  .object({
    groups: z.array(
      z.object({
        provider: z.string(),
        owner: z.enum(['person', 'organization']),
        total: z.number().int(),
        /** How many of them are not `connected`. */
        attention: z.number().int(),
        connections: z.array(Connection),
      }),
    ),
  })
  .meta({ id: 'ConnectionsOverview' })
export const UpdateConnection = z.strictObject({
  label: z.string().trim().max(100).nullable().optional(),
  is_default: z.literal(true).optional(),
})
export const TimelineEntry = z
  .object({
    id,
    at: time,
    kind: z
      .string()
      .describe(
        'connected, refreshed, refresh_failed, status_changed, verified, scopes_changed, token_read, reconnected, disconnected ...',
      ),
    title: z.string().describe('one sentence for people'),
    actor: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineEntry' })
export const Token = z
  .object({
    access_token: z.string(),
    token_type: z.string(),
    expires_at: time.nullable(),
    scope: z.string().nullable(),
    /** Further tokens of the same grant by name (Slack: `user`). */
    extra: z
      .record(z.string(), z.object({ access_token: z.string(), expires_at: time.nullable() }))
      .optional(),
  })
  .meta({ id: 'Token' })
export const Impact = z
  .object({
    connection_id: id,
    /** Everything that stops or changes, one entry a kind, empty kinds included so that a reader sees zero. */
    items: z.array(
      z.object({
        kind: z.enum(['projects', 'resources', 'syncs', 'tools', 'webhooks', 'workflows', 'siblings']),
        count: z.number().int(),
        title: z.string(),
        names: z.array(z.string()),
      }),
    ),
    /**
     * The projects that use it, of those that the caller may see; `items` counts all of them. What is selected there
     * is kept.
     */
    projects: z.array(
      z.object({
        id,
        name: z.string(),
        resources: z.array(
          z.object({
            kind: z.string(),
            /** In the plural, in lower case: "repositories". */
            label: z.string(),
            count: z.number().int(),
            names: z.array(z.string()),
          }),
        ),
        has_history: z.boolean(),
      }),
    ),
    kept: z.array(z.string()),
    upstream: z.object({
      /** Whether the grant is revoked at the provider when disconnecting. */
      revokes: z.boolean(),
      reason: z.string(),
    }),
    manual: z.object({ url: z.string(), steps: z.array(z.string()) }),
  })
  .meta({ id: 'Impact' })
export const DisconnectReport = z
  .object({
    connection_id: id,
    forced: z.boolean(),
    items: z.array(
      z.object({
        item: z.string(),
        outcome: z.enum(['done', 'failed', 'skipped', 'by_hand']),
        detail: z.string(),
      }),
    ),
    manual: z.object({ url: z.string(), steps: z.array(z.string()) }),
  })
  .meta({ id: 'DisconnectReport' })
export type StatusReportBody = z.infer<typeof StatusReport>
export type ConnectionsOverviewBody = z.infer<typeof ConnectionsOverview>
export type ConnectionExistenceBody = z.infer<typeof ConnectionExistence>
export type EndedExistingBody = z.infer<typeof EndedExisting>
export type ConnectionBody = z.infer<typeof Connection>
export type TimelineEntryBody = z.infer<typeof TimelineEntry>
export type ImpactBody = z.infer<typeof Impact>
export type DisconnectReportBody = z.infer<typeof DisconnectReport>
