/** An identity provider that nobody here wrote (oidc-provider), with people whose e-mail addresses a test chooses. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export type Claims = { email?: string; email_verified?: boolean | string; name?: string }

export type IdentityProvider = {
  issuer: string
  client: { id: string; secret: string }
  people: Map<string, Claims>
  /** Requests by path. */
  asked: string[]
  /** Who is allowed back where; called once the hub's address is known. */
  open(redirectUri: string): void
  /** Signs in as `subject`, and returns the address that the browser is sent back to. */
  authorize(authorizationUrl: string, subject: string): Promise<URL>
  close(): Promise<void>
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  let handler: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    void response.writeHead(503).end()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', 'http://x').pathname)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = { id: 'trunkline', secret: 's'.repeat(40) }
  const people = new Map<string, Claims>()

  return {
    issuer,
    client,
    people,
    asked,
    open(redirectUri) {
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: client.id,
            client_secret: client.secret,
            redirect_uris: [redirectUri],
            grant_types: ['authorization_code'],
            response_types: ['code'],
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        pkce: { required: () => true },
        cookies: { keys: ['test'] },
        ttl: {
          AccessToken: 600,
          AuthorizationCode: 60,
          IdToken: 600,
          Session: 3600,
          Interaction: 600,
          Grant: 600,
        },
        findAccount: async (_context: unknown, id: string) => ({
          accountId: id,
          claims: async () => ({ sub: id, ...people.get(id) }),
        }),
      })
      handler = provider.callback()
    },
    authorize: (url, subject) => walk(url, issuer, subject),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Follows redirects with cookies, and fills in the forms of the provider's own pages. */
async function walk(start: string, origin: string, subject: string): Promise<URL> {
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
      if (target.origin !== origin) return target
      next = target.href
      continue
    }
    const page = await answer.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    if (!prompt) throw new Error(`the identity provider answered ${answer.status}: ${page.slice(0, 300)}`)
    next = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', next).href
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: subject, password: 'any' } : {}) })
  }
  throw new Error('the sign-in never ended')
}
