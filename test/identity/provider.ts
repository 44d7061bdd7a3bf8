/** An identity provider that nobody here wrote (oidc-provider), with people whose e-mail addresses a test chooses. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { authorize } from '../setup/authorize.ts'

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
    authorize: (url, login) => authorize(url, { origin: issuer, login }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
