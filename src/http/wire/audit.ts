/** The audit log. */
import { z } from 'zod'
import { id, PageQuery, time } from './basics.ts'
import { Owner } from './connections.ts'

export const AuditFilter = z.strictObject({
  actor: z.string().max(200).optional().describe('id of a person, an API key or an end user'),
  action: z.string().max(100).optional(),
  target: z.string().max(300).optional(),
  connection: z.string().max(100).optional().describe('only what is about this connection'),
  from: time.optional(),
  to: time.optional().describe('before this moment'),
  address: z.string().max(100).optional().describe('from where it was asked for'),
})
export const ListAudit = PageQuery.extend(AuditFilter.shape)
export const AuditEntry = z
  .object({
    /** Grows by one; each entry is hashed over the one before it. */
    seq: z.number().int(),
    at: time,
    actor: z.object({
      id,
      /** As they are called now; null: not a person, key or end user of the organization. */
      name: z.string().nullable(),
      kind: z.enum(['person', 'api_key', 'end_user', 'other']),
      /** The person whom a key acts as. */
      acts_as: z.string().nullable(),
    }),
    action: z.string(),
    /** What was done, for people. */
    sentence: z.string(),
    target: z.object({ id, name: z.string().nullable() }),
    connection: z
      .object({
        id,
        provider: z.string(),
        owner: Owner,
        /** Null where the reader may not see into the connection. */
        label: z.string().nullable(),
      })
      .nullable(),
    address: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' })
export const AuditActions = z.object({ data: z.array(z.string()) })
export const AuditChain = z
  .object({
    state: z
      .enum(['unbroken', 'following', 'broken'])
      .describe('following: not all entries were looked at yet'),
    entries: z.number().int(),
    followed: z.number().int(),
    since: time.nullable(),
    checked_at: time.nullable(),
    /** First entry that does not fit its predecessor. */
    broken_at: z.number().int().nullable(),
  })
  .meta({ id: 'AuditChain' })
export const ExportAudit = AuditFilter.extend({ format: z.enum(['csv', 'ndjson']) })
export type AuditEntryBody = z.infer<typeof AuditEntry>
export type AuditChainBody = z.infer<typeof AuditChain>
