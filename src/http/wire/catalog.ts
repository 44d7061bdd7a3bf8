/** The catalog. */
import { z } from 'zod'
import { id } from './basics.ts'

export const Field = z
  .object({
    name: z.string(),
    label: z.string(),
    pattern: z.string(),
    example: z.string(),
    required: z.boolean(),
    secret: z.boolean(),
    default: z.string().nullable(),
    help: z.string().nullable(),
    mismatch: z.string().nullable(),
    /** The only values there are; null: any that the pattern takes. */
    options: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
    /** In sandbox mode: a value that works, to fill in with one click. */
    sandbox_value: z.string().nullable(),
  })
  .meta({ id: 'Field' })
export const Method = z
  .object({
    /** `oauth2`, `api_key`, `bot_token`, `basic`, `browser_login`, `fragment`, `installed_app`, `verified_access`: pass it as `method` when connecting. */
    kind: z.enum([
      'oauth2',
      'api_key',
      'bot_token',
      'basic',
      'browser_login',
      'fragment',
      'installed_app',
      'verified_access',
    ]),
    label: z.string(),
    /** True: the person is sent to the provider; false: the form's fields are all there is. */
    redirects: z.boolean(),
    fields: z.array(Field),
    instructions: z.array(z.string()),
  })
  .meta({ id: 'Method' })
export const ScopeInfo = z
  .object({
    scope: z.string(),
    why: z.string(),
    access: z.enum(['read', 'write']),
    token: z.string().nullable(),
  })
  .meta({ id: 'ScopeInfo' })
export const Mode = z
  .enum(['live', 'sandbox', 'unconfigured'])
  .describe(
    'live: the real service; sandbox: played by this hub; unconfigured: credentials of the OAuth client are missing',
  )
/** Where a variable is set; `both`: the environment wins. */
export const VariableSource = z.enum(['environment', 'vault', 'both'])
export const ProviderSummary = z
  .object({
    id,
    name: z.string(),
    category: z.string(),
    summary: z.string(),
    aliases: z.array(z.string()),
    /** Path of the logo (SVG) on this hub; null: draw a monogram. */
    logo: z.string().nullable(),
    mode: Mode,
    primary_method: Method.shape.kind,
    /** Where a newcomer begins, in the sandbox. */
    starter: z.boolean(),
  })
  .meta({ id: 'ProviderSummary' })
/** For whom the caller may connect it: their role, and the organization's policy for the provider. */
const owners = z.array(z.enum(['me', 'organization']))
export const ProviderListing = ProviderSummary.extend({ owners }).meta({ id: 'ProviderListing' })
export const ProviderDetail = ProviderSummary.extend({
  owners,
  family: z.string(),
  methods: z.array(Method),
  /** Asked for before the redirect (a subdomain, a server). */
  parameters: z.array(Field),
  scopes: z.array(ScopeInfo),
  scope_sets: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      note: z.string().nullable(),
      scopes: z.array(z.string()),
      /** What a guide lists instead, and why it is not asked for as it stands there; null: the set is the guide's. */
      documented: z.object({ scopes: z.array(z.string()), reason: z.string() }).nullable(),
    }),
  ),
  /** What Connect asks for now. */
  requested_scopes: z.array(z.string()),
  permissions_note: z.string().nullable(),
  /** Said to whoever connects an account, before they do. */
  advice: z.object({
    needs: z.array(z.string()),
    limits: z.array(z.string()),
    best: z.array(z.string()),
  }),
  redirect_uri: z.string().nullable(),
  env: z.array(
    z.object({
      name: z.string(),
      purpose: z.string(),
      set: z.boolean(),
      required: z.boolean(),
      source: VariableSource.nullable(),
    }),
  ),
  pkce: z.object({ used: z.boolean(), reason_off: z.string().nullable() }).nullable(),
  setup: z.object({
    console_url: z.string(),
    prerequisites: z.array(z.string()),
    steps: z.array(z.string()),
    after: z.array(z.string()),
    notes: z.array(z.string()),
    revoke: z.object({ url: z.string(), steps: z.array(z.string()) }),
  }),
  test_calls: z.array(
    z.object({
      label: z.string(),
      method: z.string(),
      path: z.string(),
      base: z.string().nullable(),
      headers: z.record(z.string(), z.string()),
      /** As it is sent; null: none. */
      body: z.string().nullable(),
    }),
  ),
  hosts: z.array(z.string()),
  checked: z.string(),
  doubts: z.array(z.string()),
}).meta({ id: 'ProviderDetail' })
export type FieldBody = z.infer<typeof Field>
export type MethodBody = z.infer<typeof Method>
export type ScopeInfoBody = z.infer<typeof ScopeInfo>
export type ProviderSummaryBody = z.infer<typeof ProviderSummary>
export type ProviderListingBody = z.infer<typeof ProviderListing>
export type ProviderDetailBody = z.infer<typeof ProviderDetail>
