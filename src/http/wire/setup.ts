/** Secrets and settings of integrations. */
import { z } from 'zod'
import { time } from './basics.ts'
import { Field, Mode, VariableSource } from './catalog.ts'
import { Owner } from './connections.ts'

export const SecretEntry = z
  .object({
    name: z.string(),
    source: VariableSource,
    purpose: z.string().nullable(),
    /** Ids of the providers that read it. */
    used_by: z.array(z.string()),
    /** Of the value in the vault. */
    version: z.number().int().nullable(),
    set_at: time.nullable(),
    set_by: z.string().nullable(),
    /** False: no loaded master key opens it. */
    readable: z.boolean(),
    warning: z.string().nullable(),
  })
  .meta({ id: 'SecretEntry', description: 'A secret by name. No answer ever holds a value.' })
export const SetSecrets = z.strictObject({
  /** Several at once: all are set, or none. */
  values: z
    .record(z.string().max(200), z.string().max(20_000))
    .refine((values) => Object.keys(values).length > 0, 'name at least one'),
})
/** `dry_run=true` says what would change, and changes nothing. */
export const DryRun = z.strictObject({ dry_run: z.enum(['true', 'false']).default('false') })
export const AffectedConnections = z
  .object({
    name: z.string(),
    change: z
      .enum(['client_replaced', 'secret_replaced', 'removed'])
      .describe('client_replaced: they go on with the old client'),
    providers: z.array(z.string()),
    connections: z.number().int(),
    owners: z.array(Owner.extend({ connections: z.number().int() })),
    effect: z.string(),
  })
  .meta({ id: 'AffectedConnections' })
export const SecretsChanged = z
  .object({
    dry_run: z.boolean(),
    changes: z.array(
      z.object({
        name: z.string(),
        outcome: z.enum(['new', 'replaced', 'unchanged', 'removed']),
        version: z.number().int().nullable(),
      }),
    ),
    affected: z.array(AffectedConnections),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'SecretsChanged' })

export const SetupState = z
  .enum(['ready', 'half_set', 'missing', 'sandbox'])
  .describe('half_set: something was begun, something is missing; sandbox: played until there is a client')
export const IntegrationSummary = z
  .object({
    provider: z.string(),
    name: z.string(),
    category: z.string(),
    logo: z.string().nullable(),
    /** Declared by an operator at run time. */
    declared: z.boolean(),
    mode: Mode,
    state: SetupState,
    /** Names of variables, and labels of parameters. */
    missing: z.array(z.string()),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'IntegrationSummary' })
export const LackingConnections = z
  .object({
    connections: z.number().int(),
    scopes: z.array(z.string()),
    owners: z.array(Owner.extend({ connections: z.number().int() })),
  })
  .meta({
    id: 'LackingConnections',
    description:
      'Connections that work, and lack scopes that would be asked for now; reconnecting asks for them',
  })
export const IntegrationDetail = IntegrationSummary.extend({
  console_url: z.string(),
  redirect_uri: z.string().nullable(),
  variables: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['client_id', 'client_secret', 'extra', 'hub_wide']),
      purpose: z.string(),
      required: z.boolean(),
      source: VariableSource.nullable(),
    }),
  ),
  scopes: z.object({
    /** The set that the operator picked; null: the recommended one, or a list of the operator's own. */
    set: z.string().nullable(),
    own: z.array(z.string()).nullable(),
    /** What Connect asks for. */
    requested: z.array(z.string()),
    unknown: z.array(z.string()),
    unusable: z.array(z.object({ scope: z.string(), reason: z.string() })),
  }),
  parameters: z.array(Field.extend({ value: z.string().nullable() })),
  endpoints: z.array(
    z.object({ host: z.string(), base_url: z.string(), source: z.enum(['environment', 'settings']) }),
  ),
  lacking: LackingConnections,
  set_at: time.nullable(),
  set_by: z.string().nullable(),
}).meta({ id: 'IntegrationDetail' })
export const UpdateIntegration = z.strictObject({
  scope_set: z.string().max(100).nullable().optional().describe('null: the recommended one'),
  scopes: z.array(z.string().max(300)).min(1).max(200).nullable().optional().describe('instead of a set'),
  allow_unknown_scopes: z.boolean().optional(),
  /** Null: back to the default. */
  parameters: z.record(z.string().max(100), z.string().max(2000).nullable()).optional(),
  /** Host to base URL: https, or http on this machine. Null: no override. */
  endpoints: z.record(z.string().max(300), z.string().max(2000).nullable()).optional(),
})

export const ClientCheck = z
  .object({
    outcome: z
      .enum(['accepted', 'refused', 'unclear', 'not_possible'])
      .describe('evidence from a token request with a made-up code; connecting an account is the test'),
    code: z.string().nullable().describe('what the provider answered'),
    detail: z.string(),
  })
  .meta({ id: 'ClientCheck' })
export type SecretEntryBody = z.infer<typeof SecretEntry>
export type SecretsChangedBody = z.infer<typeof SecretsChanged>
export type IntegrationSummaryBody = z.infer<typeof IntegrationSummary>
export type IntegrationDetailBody = z.infer<typeof IntegrationDetail>
export type ClientCheckBody = z.infer<typeof ClientCheck>
