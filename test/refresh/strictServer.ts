/** oidc-provider in this process: PKCE, rotation of refresh tokens, and the end of the grant when one is used twice. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { authorize } from '../setup/authorize.ts'
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
    authorize: async (authorizationUrl) =>
      (await authorize(authorizationUrl, { origin: url, login: 'ada', alias: AS_HOST })).href,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
