/**
 * OpenID Connect, as far as signing in needs it: the code flow with PKCE, state, nonce and `iss`, by a certified
 * library whose every request goes through the egress gate. Who may come in is decided elsewhere (sign-in.ts).
 *
 * The browser that begins keeps the PKCE verifier in a cookie; here lies its hash. Nonce and verifier therefore exist
 * nowhere but in that browser, and an answer that another browser brings fits nothing.
 */
import { createHash } from 'node:crypto'
import * as openid from 'openid-client'
import type { Config } from '../config.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { Challenges } from './challenges.ts'
import { normaliseEmail } from './email.ts'
import { newSecret } from './secrets.ts'

export const SSO_CALLBACK_PATH = '/api/v1/sessions/sso/callback'
export const SSO_MS = 10 * 60_000
/** Metadata is asked for again after this, so that a provider's change of keys and endpoints arrives. */
const METADATA_MS = 3_600_000

/** What the answer is for. */
export type SsoPurpose =
  | { kind: 'sign_in' }
  /** By the person of this session. */
  | { kind: 'link' | 'reauthenticate'; person: string; session: string }
  | { kind: 'invitation'; invitation: string }

/** Who the identity provider says it is. */
export type SsoIdentity = {
  issuer: string
  subject: string
  /** Only where the provider says that it has checked it. */
  email: string | undefined
  name: string | undefined
}

export type SingleSignOn = {
  /** Undefined: not set up. */
  readonly label: string | undefined
  readonly settings: Config['singleSignOn']
  /** @returns where the browser goes, and what it keeps in its cookie */
  begin(purpose: SsoPurpose): Promise<{ url: string; binding: string }>
  /** @throws HubError `sign_in_refused` for whatever does not prove who it is */
  finish(url: URL, binding: string | undefined): Promise<{ purpose: SsoPurpose; identity: SsoIdentity }>
}

type Pending = { purpose: SsoPurpose; issuer: string }

export function createSingleSignOn(options: {
  settings: Config['singleSignOn']
  /** Asked at each use: the vault's value may change while the hub runs. */
  clientSecret: () => string | undefined
  publicUrl: string
  egress: Egress
  challenges: Challenges
  now: () => number
}): SingleSignOn {
  const { settings, clientSecret, publicUrl, egress, challenges, now } = options
  const redirectUri = publicUrl + SSO_CALLBACK_PATH
  let known:
    | { configuration: Promise<openid.Configuration>; until: number; secret: string | undefined }
    | undefined

  function required(): NonNullable<Config['singleSignOn']> {
    if (settings) return settings
    throw new HubError('not_configured', 'Single sign-on is not set up: TRUNKLINE_OIDC_ISSUER is missing.')
  }

  function configuration(): Promise<openid.Configuration> {
    const { issuer, clientId } = required()
    const secret = clientSecret()
    if (known && known.until > now() && known.secret === secret) return known.configuration
    const server = new URL(issuer)
    const asked = openid.discovery(
      server,
      clientId,
      { redirect_uris: [redirectUri] },
      secret ? authenticate(secret) : openid.None(),
      {
        [openid.customFetch]: carry(egress, server),
        // The signature of an ID token is checked although it comes straight from the provider.
        execute: [
          openid.enableNonRepudiationChecks,
          // Configuration takes http for this machine alone.
          ...(server.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
        ],
        timeout: 15,
      },
    )
    known = { configuration: asked, until: now() + METADATA_MS, secret }
    // A failure is not remembered.
    asked.catch(() => (known = undefined))
    return asked
  }

  return {
    label: settings?.label,
    settings,

    async begin(purpose) {
      const { issuer, scopes } = required()
      const config = await configuration().catch((error: unknown) => {
        throw unreachable(error)
      })
      const binding = newSecret('')
      const payload: Pending = { purpose, issuer: config.serverMetadata().issuer }
      const state = await challenges.issue('sso', { payload, binding, ms: SSO_MS })
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state,
        nonce: nonceOf(binding),
        code_challenge: await openid.calculatePKCECodeChallenge(binding),
        code_challenge_method: 'S256',
        // Who must show once more who they are is not let through by a session over there.
        ...(purpose.kind === 'reauthenticate' ? { prompt: 'login', max_age: '0' } : {}),
      })
      if (!isAllowedPage(url, issuer)) throw unreachable()
      return { url: url.href, binding }
    },

    async finish(url, binding) {
      const state = url.searchParams.get('state') ?? ''
      const pending = await challenges.take<Pending>('sso', state, binding ?? '')
      if (!pending || binding === undefined) throw refusal()
      const config = await configuration().catch((error: unknown) => {
        throw unreachable(error)
      })
      // Configured anew while somebody was away: the answer is of another provider.
      if (config.serverMetadata().issuer !== pending.issuer) throw refusal()
      try {
        const tokens = await openid.authorizationCodeGrant(config, url, {
          pkceCodeVerifier: binding,
          expectedState: state,
          expectedNonce: nonceOf(binding),
          idTokenExpected: true,
          ...(pending.purpose.kind === 'reauthenticate' ? { maxAge: 60 } : {}),
        })
        const claims = tokens.claims()
        if (!claims) throw refusal()
        let { email, email_verified: verified, name } = claims as Profile
        if (email === undefined && config.serverMetadata().userinfo_endpoint) {
          const told = (await openid.fetchUserInfo(config, tokens.access_token, claims.sub)) as Profile
          ;({ email, email_verified: verified } = told)
          name ??= told.name
        }
        return {
          purpose: pending.purpose,
          identity: {
            issuer: claims.iss,
            subject: claims.sub,
            // Some write it as text.
            email:
              typeof email === 'string' && (verified === true || verified === 'true')
                ? normaliseEmail(email)
                : undefined,
            name: typeof name === 'string' ? name.trim().slice(0, 100) || undefined : undefined,
          },
        }
      } catch (error) {
        if (error instanceof HubError) throw error
        throw refusal(error)
      }
    },
  }
}

/** As the provider says that it takes it; without a word from it the default of the specification. */
function authenticate(secret: string): openid.ClientAuth {
  const [post, basic] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)]
  return (server, client, body, headers) =>
    server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
      ? post(server, client, body, headers)
      : basic(server, client, body, headers)
}

type Profile = { email?: unknown; email_verified?: unknown; name?: unknown }

/** From what the browser alone holds; the provider sees the nonce, and learns nothing of the verifier by it. */
function nonceOf(binding: string): string {
  return createHash('sha256').update('trunkline nonce').update(binding).digest('base64url')
}

function isAllowedPage(url: URL, issuer: string): boolean {
  return url.protocol === 'https:' || url.host === new URL(issuer).host
}

/** The library's fetch, through the gate. The issuer's own host is the operator's word, like an endpoint override. */
function carry(egress: Egress, issuer: URL): openid.CustomFetch {
  return async (target, { method, headers, body }) => {
    const url = new URL(target)
    const answer = await egress.send({
      method,
      url,
      headers: { ...headers, ...(body instanceof URLSearchParams ? FORM : {}) },
      body: body === null || body === undefined ? undefined : String(body as string | URLSearchParams),
      hosts: [url.host],
      routes: { [issuer.host]: issuer.origin },
      timeout: 15_000,
      maxBytes: 1024 * 1024,
    })
    const nothing = [204, 205, 304].includes(answer.status)
    return new Response(nothing ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined || name === 'content-encoding' ? [] : [[name, String(value)] as [string, string]],
      ),
    })
  }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }

function refusal(cause?: unknown): HubError {
  return new HubError(
    'sign_in_refused',
    'Single sign-on did not show who you are. Begin again, in this browser.',
    { cause },
  )
}

function unreachable(cause?: unknown): HubError {
  if (cause instanceof HubError && cause.code === 'not_configured') return cause
  return new HubError(
    'unavailable',
    'The identity provider cannot be reached right now. Try again, or sign in another way.',
    { cause },
  )
}
