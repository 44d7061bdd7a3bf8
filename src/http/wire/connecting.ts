/** Attempts, connect links, and what they show. */
import { z } from 'zod'
import { id, time } from './basics.ts'
import { Field, Method, ProviderSummary, ScopeInfo } from './catalog.ts'

export const StartAttempt = z.strictObject({
  provider: z.string().max(100),
  method: Method.shape.kind.optional().describe('default: the provider’s first'),
  owner: z.enum(['me', 'organization']).default('me'),
  /** Connection parameters and, for methods without a redirect, the secrets. */
  fields: z.record(z.string().max(100), z.string().max(5000)).default({}),
  /** Names of a declared scope set; default `recommended`. */
  scope_set: z.string().max(100).optional(),
  /** Reconnect this connection: keeps its id and settings. */
  connection_id: z.string().max(100).optional(),
})
export const Reconnect = StartAttempt.pick({ method: true, fields: true, scope_set: true }).extend({
  /** Declared scopes to ask for beside those the connection has, and no others: more permission, nothing else. */
  additional_scopes: z.array(z.string().max(300)).min(1).max(50).optional(),
})
export const Attempt = z
  .object({
    id,
    provider: z.string(),
    status: z.enum([
      'pending',
      'proof_required',
      'decision_required',
      'succeeded',
      'failed',
      'expired',
      'cancelled',
    ]),
    /** Open it in a new tab. Only in the answer that created the attempt. */
    authorization_url: z.string().optional(),
    expires_at: time,
    connection_id: z.string().nullable(),
    /** Set when failed or expired. */
    error: z.object({ code: z.string(), detail: z.string(), remedies: z.array(z.string()) }).nullable(),
    /** Set when a decision is required. */
    decision: z
      .object({
        kind: z.enum(['choose_tenant', 'different_account']),
        question: z.string(),
        options: z.array(z.object({ value: z.string(), label: z.string(), hint: z.string().nullable() })),
      })
      .nullable(),
  })
  .meta({ id: 'Attempt' })
export const Decide = z.strictObject({ value: z.string().max(500) })

export const CreateConnectSession = z.strictObject({
  end_user: z.strictObject({
    id: z.string().min(1).max(200).describe('your own id of the person'),
    name: z.string().max(200).optional(),
    email: z.email().max(320).optional(),
  }),
  /** Providers that may be connected; default all. */
  providers: z.array(z.string().max(100)).max(100).optional(),
  /** Where the browser goes when done; must be on the operator's list TRUNKLINE_RETURN_URLS. */
  return_to: z.string().max(2000).optional(),
  /** `completion`: your server completes the flow (default). `browser`: weaker, and only where the operator allows it. */
  proof: z.enum(['completion', 'browser']).default('completion'),
  /** Reconnect this connection. */
  connection_id: z.string().max(100).optional(),
})
export const ConnectSession = z
  .object({ id, url: z.string(), expires_at: time, proof: z.enum(['completion', 'browser']) })
  .meta({ id: 'ConnectSession' })
export const CompleteConnectSession = z.strictObject({
  /** The one-time `trunkline_proof` that the browser brought to `return_to`. */
  proof: z.string().min(20).max(200),
  /** The person signed in, in that browser, at your application. Must be the session's own. */
  end_user_id: z.string().min(1).max(200),
})
/** What the public connect page shows to an end user. */
export const ConnectPage = z
  .object({
    organization: z.string(),
    expires_at: time,
    providers: z.array(
      ProviderSummary.extend({
        methods: z.array(Method),
        parameters: z.array(Field),
        scopes: z.array(ScopeInfo),
        requested_scopes: z.array(z.string()),
        permissions_note: z.string().nullable(),
      }),
    ),
    /** Where the person goes back to; null: they close the page. */
    return_to: z.string().nullable(),
  })
  .meta({ id: 'ConnectPage' })
export const StartFromLink = z.strictObject({
  provider: z.string().max(100),
  method: Method.shape.kind.optional(),
  fields: z.record(z.string().max(100), z.string().max(5000)).default({}),
})
export type StartAttemptBody = z.input<typeof StartAttempt>
export type ReconnectBody = z.input<typeof Reconnect>
export type AttemptBody = z.infer<typeof Attempt>
export type ConnectPageBody = z.infer<typeof ConnectPage>
