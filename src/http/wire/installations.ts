/** Apps installed at providers that no organization could be told for. */
import { z } from 'zod'
import { id, time } from './basics.ts'

const place = {
  provider: z.string().max(100),
  mode: z.enum(['live', 'sandbox']),
  installation: z.string().max(500),
}
export const UnassignedInstallation = z
  .object({
    ...place,
    /** What the platform told of the site. */
    parameters: z.record(z.string(), z.string()),
    installed_at: time,
    seen_at: time,
    ignored_at: time.nullable(),
  })
  .meta({ id: 'UnassignedInstallation' })
export const UnassignedInstallations = z.object({
  data: z.array(UnassignedInstallation),
  /** To assign to. */
  organizations: z.array(z.object({ id, name: z.string() })),
})
export const AssignInstallation = z.strictObject({ ...place, organization_id: z.string().max(100) })
export const IgnoreInstallation = z.strictObject({ ...place, ignored: z.boolean() })
export type UnassignedInstallationsBody = z.infer<typeof UnassignedInstallations>
