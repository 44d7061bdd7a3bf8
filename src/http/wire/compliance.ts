/** Data deletion. */
import { z } from 'zod'
import { time } from './basics.ts'

export const DeletionAnswer = z
  .object({ url: z.string().describe('a page that tells how far it is'), confirmation_code: z.string() })
  .meta({ id: 'DeletionAnswer' })
export const DeletionStatus = z
  .object({ status: z.enum(['pending', 'done']), received_at: time, finished_at: time.nullable() })
  .meta({ id: 'DeletionStatus' })
