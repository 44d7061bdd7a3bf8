import type { AttemptBody, MeBody } from '../../http/wire.ts'
import { createSend } from '../api/http.ts'

/** The result page of the dashboard's own flows: the session says who asks. */
export function createSessionClient() {
  const read = createSend({ csrf: () => null })
  const attempt = (id: string) => `/connect/attempts/${encodeURIComponent(id)}`
  return {
    attempt: (id: string) => read<AttemptBody>('GET', attempt(id)),
    async decide(id: string, value: string) {
      const me = await read<MeBody>('GET', '/me')
      const change = createSend({ csrf: () => me.csrf_token })
      return change<AttemptBody>('POST', `${attempt(id)}/decide`, { value })
    },
  }
}
