/** What changed, as it happens. */
import { z } from 'zod'
import { id, time } from './basics.ts'

/** Server-sent events of GET /api/v1/live: `event:` is the type, `data:` this object. */
export const LiveEvent = z
  .object({
    type: z.enum(['connection.changed', 'connection.deleted', 'attempt.changed']),
    id,
    provider: z.string(),
    at: time,
  })
  .meta({ id: 'LiveEvent' })
export type LiveEventBody = z.infer<typeof LiveEvent>
