/** oidc-provider in this process: PKCE, rotation of refresh tokens, and the end of the grant when one is used twice. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { AS_HOST, CLIENT } from './declaration.ts'

export type StrictServer = {
  url: string
  /** Requests of the refresh token grant that arrived. */
  refreshes(): number
  /** Error codes that the token endpoint gave. */
  errors: string[]
  /** Logs in, consents, and returns the address the browser is sent back to. */
  authorize(authorizationUrl: string): Promise<string>
  close(): Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Listens at once, answers once `open` has told it the redirect URI. */
export async function startStrictServer(): Promise<StrictServer & { open(redirectUri: string): void }> {
  let handler: Handler = (_request, response) => void response.writeHead(503).end()
  let refreshes = 0
  const errors: string[] = []
  const server = createServer((request, response) => handler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    errors,
    refreshes: () => refreshes,
    open(redirectUri) {
      const provider = new Provider(`https://${AS_HOST}`, {
        clients: [
          {
            ...CLIENT,
            redirect_uris: [redirectUri],
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
          },
        ],
        clockTolerance: 0,
        rotateRefreshToken: true,
        pkce: { required: () => true },
        ttl: {
          AccessToken: 3600,
          RefreshToken: 86_400,
          Grant: 86_400,
          Session: 3600,
          Interaction: 600,
          AuthorizationCode: 60,
          IdToken: 3600,
        },
        cookies: { keys: ['test'] },
        findAccount: async (_context: unknown, id: string) => ({
          accountId: id,
          claims: async () => ({ sub: id }),
        }),
      })
      provider.on(
        'grant.success',
        (context: { oidc: { params?: { grant_type?: string } } }) =>
          void (context.oidc.params?.grant_type === 'refresh_token' && refreshes++),
      )
      provider.on(
        'grant.error',
        (context: { oidc: { params?: { grant_type?: string } } }, error: { error: string }) => {
          if (context.oidc.params?.grant_type === 'refresh_token') refreshes++
          errors.push(error.error)
        },
      )
      handler = provider.callback()
    },
    authorize: (authorizationUrl) => walk(authorizationUrl, url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The person: follows redirects with cookies, fills in the forms of oidc-provider's own pages. */
async function walk(start: string, origin: string): Promise<string> {
  const cookies = new Map<string, string>()
  let next = start
  let form: URLSearchParams | undefined
  for (let steps = 0; steps < 12; steps++) {
    const answer = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    form = undefined
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = answer.headers.get('location')
    if (location) {
      const target = new URL(location, next)
      if (target.origin !== origin && target.host !== AS_HOST) return target.href
      next = target.host === AS_HOST ? origin + target.pathname + target.search : target.href
      continue
    }
    const page = await answer.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    if (!prompt) throw new Error(`the authorization server answered ${answer.status}: ${page.slice(0, 500)}`)
    next = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', next).href.replace(`https://${AS_HOST}`, origin)
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: 'ada', password: 'any' } : {}) })
  }
  throw new Error('the authorization never ended')
}
