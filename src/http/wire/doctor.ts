/** The doctor. */
import { z } from 'zod'
import { time } from './basics.ts'

export const Finding = z
  .object({
    code: z.string().describe('stable: docs/reference/doctor.md has them all'),
    severity: z.enum(['error', 'warning', 'note', 'ok']),
    area: z.enum(['hub', 'vault', 'database', 'providers', 'connections']),
    provider: z.string().nullable(),
    what: z.string(),
    why: z.string().nullable(),
    /** The command or step that mends it. */
    remedy: z.string().nullable(),
  })
  .meta({ id: 'Finding' })
export const DoctorReport = z
  .object({
    checked_at: time,
    errors: z.number().int(),
    warnings: z.number().int(),
    /** The worst first. */
    findings: z.array(Finding),
  })
  .meta({ id: 'DoctorReport' })
export type FindingBody = z.infer<typeof Finding>
export type DoctorReportBody = z.infer<typeof DoctorReport>
