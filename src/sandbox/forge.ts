/**
 * Atlassian's Forge platform, as a hub that is a remote backend meets it: it signs with its own key set, tells of the
 * app's life on a site, and brings the app's tokens along. https://developer.atlassian.com/platform/forge/remote
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { JsonObject } from '../catalog/define.ts'
import { json, type Reply } from './messages.ts'
import type { Store } from './state.ts'
import type { Tokens } from './tokens.ts'

export type ForgeSite = { cloudId: string; slug: string; name: string; user: string }
type Installation = { id: string; confluence: boolean }

export type ForgeCall = { status: number; body: string }

export type Forge = {
  sites: () => (ForgeSite & { installation: Installation | undefined })[]
  /** An administrator installs the app on a site: the platform tells the hub. */
  install: (cloudId: string) => Promise<ForgeCall>
  /** The scheduled trigger of one site: a fresh token, and nothing else. */
  trigger: (cloudId: string) => Promise<ForgeCall>
  uninstall: (cloudId: string) => Promise<ForgeCall>
  /** Connects the installed app to Confluence, as in the admin console, or ends that. */
  connectConfluence: (cloudId: string, connected: boolean) => void
  /** What a call carries; `change` bends the claims, `key` signs with another key. For tests of what must be refused. */
  request: (
    cloudId: string,
    event: string | undefined,
    change?: { claims?: JsonObject; header?: JsonObject; key?: KeyObject; alg?: string },
  ) => { headers: Record<string, string>; body: string }
  /** The platform's published keys. */
  keys: () => Reply
  /** New keys replace the old, as a platform does now and then. */
  rotateKeys: () => void
}

export const FORGE_APP_ID = 'ari:cloud:ecosystem::app/5a4d0b0c-7e1b-4a65-9d52-7472756e6b6c'
export const FORGE_KEYS = { host: 'forge.cdn.prod.atlassian-dev.net', path: '/.well-known/jwks.json' }
const ISSUER = 'forge/invocation-token'
const TOKEN_LIFETIME_S = 3600
/** Scopes of the manifest in forge/. */
const JIRA_SCOPES = [
  'read:jira-work',
  'read:jira-user',
  'read:board-scope:jira-software',
  'read:sprint:jira-software',
  'read:project:jira',
]
const CONFLUENCE_SCOPES = [
  'read:confluence-content.summary',
  'read:confluence-space.summary',
  'search:confluence',
  'read:confluence-user',
  'read:page:confluence',
  'read:space:confluence',
]

export function createForge(options: {
  /** Where the hub is reached, without a slash at the end. */
  hubUrl: string
  sites: () => readonly ForgeSite[]
  store: Store
  tokens: Tokens
  now: () => number
}): Forge {
  const { hubUrl, store, tokens, now } = options
  let pair: { privateKey: KeyObject; publicKey: KeyObject } | undefined
  let serial = 0

  const installations = () => (store.state.data['forge'] ??= {}) as Record<string, Installation>
  /** Made when first needed: a key of this kind takes a tenth of a second. */
  const keyPair = () => (pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 }))
  const kid = () =>
    `forge/${createHash('sha256')
      .update(keyPair().publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex')
      .slice(0, 16)}`

  function jwt(header: JsonObject, claims: JsonObject, key: KeyObject): string {
    const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${part(header)}.${part(claims)}`
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`
  }

  function siteOf(cloudId: string): ForgeSite {
    const site = options.sites().find((one) => one.cloudId === cloudId)
    if (!site) throw new Error(`the sandbox has no Atlassian site ${cloudId}`)
    return site
  }

  function systemToken(site: ForgeSite, installation: Installation): string {
    const expiresAt = now() + TOKEN_LIFETIME_S * 1000
    const claims = { aud: installation.id, exp: Math.floor(expiresAt / 1000), jti: `${now()}.${serial++}` }
    const token = jwt({ alg: 'RS256', kid: kid() }, claims, keyPair().privateKey)
    tokens.put(token, {
      provider: 'jira',
      client: FORGE_APP_ID,
      account: site.user,
      scopes: [...JIRA_SCOPES, ...(installation.confluence ? CONFLUENCE_SCOPES : [])],
      picked: [site.cloudId],
      place: {},
      use: 'access',
      name: 'main',
      family: installation.id,
      issuedAt: now(),
      expiresAt,
    })
    return token
  }

  const request: Forge['request'] = (cloudId, event, change = {}) => {
    const site = siteOf(cloudId)
    const installation = installations()[cloudId] ?? newInstallation(cloudId)
    const seconds = Math.floor(now() / 1000)
    const claims: JsonObject = {
      iss: ISSUER,
      aud: FORGE_APP_ID,
      iat: seconds,
      nbf: seconds,
      exp: seconds + 300,
      jti: `${now()}.${serial++}`,
      app: {
        id: FORGE_APP_ID,
        installationId: installation.id,
        apiBaseUrl: `https://api.atlassian.com/ex/jira/${cloudId}`,
        version: '1.0.0',
        environment: { type: 'PRODUCTION', id: 'ari:cloud:ecosystem::environment/sandbox' },
        module: event
          ? { type: 'core:trigger', key: 'lifecycle' }
          : { type: 'scheduledTrigger', key: 'token' },
      },
      context: { cloudId, siteUrl: `https://${site.slug}.atlassian.net` },
      ...change.claims,
    }
    for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name]
    const alg = change.alg ?? 'RS256'
    return {
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${jwt({ alg, kid: kid(), ...change.header }, claims, change.key ?? keyPair().privateKey)}`,
        ...(event === 'avi:forge:uninstalled:app'
          ? {}
          : { 'x-forge-oauth-system': systemToken(site, installation) }),
      },
      body: JSON.stringify(
        event
          ? {
              id: installation.id,
              eventType: event,
              installerAccountId: site.user,
              context: `ari:cloud:jira::site/${cloudId}`,
              app: { id: FORGE_APP_ID, version: '1.0.0' },
              environment: { id: 'ari:cloud:ecosystem::environment/sandbox' },
            }
          : {},
      ),
    }
  }

  function newInstallation(cloudId: string): Installation {
    const digest = createHash('sha256').update(`${cloudId} ${now()} ${serial++}`).digest('hex')
    return { id: `ari:cloud:ecosystem::installation/${digest.slice(0, 32)}`, confluence: false }
  }

  async function send(cloudId: string, event: string | undefined): Promise<ForgeCall> {
    const { headers, body } = request(cloudId, event)
    const answer = await fetch(`${hubUrl}/api/platform/jira`, { method: 'POST', headers, body })
    return { status: answer.status, body: await answer.text() }
  }

  return {
    sites: () => options.sites().map((site) => ({ ...site, installation: installations()[site.cloudId] })),
    async install(cloudId) {
      siteOf(cloudId)
      installations()[cloudId] ??= newInstallation(cloudId)
      store.changed()
      return send(cloudId, 'avi:forge:installed:app')
    },
    trigger: (cloudId) => send(cloudId, undefined),
    async uninstall(cloudId) {
      const installation = installations()[cloudId]
      const call = send(cloudId, 'avi:forge:uninstalled:app')
      if (installation) tokens.endFamily(installation.id, 'revoked')
      const answer = await call
      delete installations()[cloudId]
      store.changed()
      return answer
    },
    connectConfluence(cloudId, connected) {
      const installation = installations()[cloudId]
      if (!installation) throw new Error('the app is not installed on this site')
      installation.confluence = connected
      for (const token of tokens.list('jira')) {
        if (token.family !== installation.id) continue
        token.scopes = connected
          ? [...new Set([...token.scopes, ...CONFLUENCE_SCOPES])]
          : token.scopes.filter((scope) => !CONFLUENCE_SCOPES.includes(scope))
      }
      store.changed()
    },
    request,
    keys: () =>
      json(200, {
        keys: [
          {
            ...(keyPair().publicKey.export({ format: 'jwk' }) as JsonObject),
            kid: kid(),
            alg: 'RS256',
            use: 'sig',
          },
        ],
      }),
    rotateKeys() {
      pair = undefined
    },
  }
}
