/** A hub with one made-up provider, and a person who connects to it. */
import type { Provider } from '../../src/catalog/define.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { type Played, PLAYED_ENV } from './played.ts'

export type Begun = {
  t: TestHub
  person: Browser
  /** Comes back from the provider with a code and what else it says. */
  connect: (
    beside?: Record<string, string>,
    body?: object,
  ) => Promise<{
    asked: URL
    // oxlint-disable-next-line typescript/no-explicit-any
    attempt: any
    id: string
  }>
  // oxlint-disable-next-line typescript/no-explicit-any
  read: (id: string) => Promise<any>
  call: (id: string, path?: string) => ReturnType<Browser['get']>
  close: () => Promise<void>
}

export async function begin(
  provider: Provider,
  played: Played,
  env: Record<string, string> = {},
): Promise<Begun> {
  const t = await startTestHub({
    catalog: [provider],
    withSandbox: false,
    overrides: { [provider.id]: played.routes },
    env: { ...PLAYED_ENV, ...env },
  })
  return {
    t,
    person: await t.browser(),
    async connect(beside = {}, body = {}) {
      // Signed in anew each time: tests move the clock past the life of a session.
      const person = await t.browser()
      const begun = await person.send('POST', '/api/v1/connect/attempts', { provider: provider.id, ...body })
      if (begun.status !== 201) throw new Error(JSON.stringify(begun.body))
      const asked = new URL(begun.body.authorization_url)
      const back = new URL(asked.searchParams.get('redirect_uri') as string)
      back.search = new URLSearchParams({
        code: 'the-code',
        state: asked.searchParams.get('state') as string,
        ...beside,
      }).toString()
      await person.follow(back.href)
      const attempt = (await person.get(`/api/v1/connect/attempts/${begun.body.id}`)).body
      return { asked, attempt, id: attempt.connection_id }
    },
    read: async (id) => (await t.mine.get(`/api/v1/connections/${id}`)).body,
    call: (id, path = '/me') => t.mine.get(`/api/v1/proxy/${id}${path}`),
    close: () => t.close(),
  }
}
