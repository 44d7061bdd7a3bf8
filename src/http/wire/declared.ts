/** Providers declared at run time. */
import { z } from 'zod'
import { time } from './basics.ts'

export const ProviderDeclaration = z
  .object({
    id: z.string(),
    declaration: z.record(z.string(), z.unknown()),
    set_at: time,
    set_by: z.string(),
    /** What this version of the hub refuses about it; empty: it is in use. */
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'ProviderDeclaration' })
export const DeclarationStored = z
  .object({
    id: z.string(),
    name: z.string(),
    dry_run: z.boolean(),
    is_new: z.boolean(),
    /** To register at the provider; null: it has no redirect. */
    redirect_uri: z.string().nullable(),
    /** Variables that it reads. */
    variables: z.array(z.string()),
  })
  .meta({ id: 'DeclarationStored' })
export const ForceQuery = z.strictObject({ force: z.enum(['true', 'false']).default('false') })
export const ProviderRemoved = z
  .object({ id: z.string(), connections_ended: z.number().int() })
  .meta({ id: 'ProviderRemoved' })
export type DeclarationStoredBody = z.infer<typeof DeclarationStored>
export type ProviderDeclarationBody = z.infer<typeof ProviderDeclaration>
