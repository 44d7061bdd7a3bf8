/** Whose connections of a provider an organization wants. */
import { z } from 'zod'
import { id, time } from './basics.ts'

export const PolicyName = z
  .enum(['personal', 'organization', 'own_first'])
  .describe(
    'personal: everybody their own; organization: one shared; own_first: one’s own, else the shared one',
  )
export const Policy = z
  .object({
    provider: z.string(),
    policy: PolicyName,
    set_at: time,
    set_by: z.object({ id, name: z.string() }),
    /** Live connections that it leaves out; null where the caller is no administrator. */
    excluded: z.number().int().nullable(),
  })
  .meta({ id: 'Policy' })
export const SetPolicy = z.strictObject({ policy: PolicyName })
export const PolicySet = z
  .object({
    provider: z.string(),
    policy: PolicyName,
    /** Live connections that it leaves out from now on. They stay, and are used by their ids alone. */
    excluded: z.number().int(),
  })
  .meta({ id: 'PolicySet' })
export type PolicyBody = z.infer<typeof Policy>
export type PolicySetBody = z.infer<typeof PolicySet>
