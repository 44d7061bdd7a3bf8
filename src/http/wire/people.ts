/** People, sessions and API keys. */
import { z } from 'zod'
import { id, time } from './basics.ts'

export const Role = z.enum(['admin', 'member'])
export const Me = z
  .object({
    kind: z.enum(['person', 'api_key']),
    id,
    /** The person who acts; null with a key of the organization. */
    person_id: z.string().nullable(),
    name: z.string(),
    email: z.string().nullable(),
    role: Role,
    scopes: z.array(z.string()),
    organization: z.object({ id, name: z.string() }),
    /** Sent back in the `Trunkline-CSRF` header with every change made with a session. Null with an API key. */
    csrf_token: z.string().nullable(),
    hub: z.object({
      public_url: z.string(),
      version: z.string(),
      sandbox: z.boolean(),
      /** Where the sandbox's fault knobs are; null without sandbox. */
      sandbox_url: z.string().nullable(),
    }),
  })
  .meta({ id: 'Me' })

export const SignIn = z.strictObject({ token: z.string().min(20).max(200) })

export const API_SCOPES = [
  'connections:read',
  'connections:write',
  'connect:write',
  'tokens:read',
  'proxy:use',
  'projects:read',
  'projects:write',
  'agents:read',
  'agents:write',
  'admin',
] as const
export const ApiScope = z.enum(API_SCOPES)
export const ApiKey = z
  .object({
    id,
    name: z.string(),
    /** The first characters, to recognise it by. */
    prefix: z.string(),
    /** The person whom the key acts as; null: it acts as the organization. */
    person: z.object({ id, name: z.string() }).nullable(),
    scopes: z.array(ApiScope),
    created_at: time,
    expires_at: time.nullable(),
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .meta({ id: 'ApiKey' })
export const CreateApiKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(ApiScope).min(1),
  /** Whose connections it reaches: yours and the organization's, or those of the organization and its end users. */
  acts_as: z
    .enum(['me', 'organization'])
    .optional()
    .describe('default: `me`, or `organization` where the call is made with a key of the organization'),
  expires_in: z
    .number()
    .int()
    .min(60)
    .max(31_536_000 * 5)
    .optional()
    .describe('seconds'),
})
export const CreatedApiKey = ApiKey.extend({ key: z.string().describe('shown once, never again') }).meta({
  id: 'CreatedApiKey',
})
export type MeBody = z.infer<typeof Me>
export type ApiKeyBody = z.infer<typeof ApiKey>
