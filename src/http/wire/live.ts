/** What changed, as it happens. */
import { z } from 'zod'
import { id, time } from './basics.ts'

/** Server-sent events of GET /api/v1/live: `event:` is the type, `data:` this object. */
export const LiveEvent = z
  .discriminatedUnion('type', [
    z.object({
      type: z.enum(['connection.changed', 'connection.deleted', 'attempt.changed', 'resources.changed']),
      /** Of the connection or the attempt. */
      id,
      provider: z.string(),
      at: time,
    }),
    z.object({
      type: z.literal('organization.changed'),
      what: z.enum(['people', 'projects', 'agents', 'policies']),
      /** Which of them; null: any. */
      id: id.nullable(),
      at: time,
    }),
  ])
  .meta({ id: 'LiveEvent' })

export type LiveEventBody = z.infer<typeof LiveEvent>
