/** Problems, pages, times and ids. */
import { z } from 'zod'

export const time = z.iso.datetime().describe('ISO 8601, UTC')
export const id = z.string()

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    retry: z.enum(['never', 'later', 'reconnect']),
    request_id: z.string().optional(),
    /** One entry a field that is wrong. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** Set where the call was ambiguous: the connections to choose from. */
    choices: z.array(z.object({ id, label: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })

export const Page = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() })
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
})
export type ProblemBody = z.infer<typeof Problem>
