import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import { DoctorReport } from '../wire.ts'
import { countFindings } from '../../doctor/doctor.ts'

export function doctorRoutes(app: ZodApp, { doctor, now }: HttpContext): void {
  app.get('/api/v1/doctor', {
    config: { access: 'operator' },
    schema: {
      tags: ['Set-up'],
      summary: 'What is wrong with this installation, and what mends it',
      response: { 200: DoctorReport },
    },
    handler: async () => {
      const findings = await doctor.examine()
      return {
        checked_at: new Date(now()).toISOString(),
        ...countFindings(findings),
        findings: findings.map(({ code, severity, area, provider, what, why, remedy }) => ({
          code,
          severity,
          area,
          provider: provider ?? null,
          what,
          why: why ?? null,
          remedy: remedy ?? null,
        })),
      }
    },
  })
}
