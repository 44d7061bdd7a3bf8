/** The audit log, as routes write to it: who called, and from where. */
import type { FastifyRequest } from 'fastify'
import type { Audit, AuditEntry } from '../identity/audit.ts'
import { principalOf } from './auth.ts'

type Told = [
  request: FastifyRequest,
  action: AuditEntry['action'],
  target: string,
  detail?: Record<string, unknown>,
]

export function createRequestAudit(audit: Audit) {
  const entryOf = (...[request, action, target, detail = {}]: Told): AuditEntry => {
    const { organization, id: actor } = principalOf(request)
    return { organization, actor, action, target, ip: request.ip, detail }
  }
  return {
    record: (...told: Told): Promise<void> => audit.record(entryOf(...told)),
    /** Written soon, together with others. */
    note: (...told: Told): void => audit.note(entryOf(...told)),
  }
}
