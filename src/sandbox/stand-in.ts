/** What one played provider consists of. Adding a provider to the sandbox is one file that makes a `StandIn`. */
import type { JsonObject, Provider } from '../catalog/define.ts'
import type { SignIn } from './mail/mailbox.ts'
import type { Asked, Reply } from './messages.ts'
import type { Settings } from './state.ts'
import type { CodeRecord, TokenRecord, Tokens } from './tokens.ts'

export type Account = {
  id: string
  name: string
  email: string
  /** What the person recognises beside the name: a workspace, an organization. */
  detail?: string
}

export type OpenCall = { asked: Asked; params: Record<string, string> }
export type Call = OpenCall & { token: TokenRecord; account: Account }

type RouteHead = {
  method: string
  /** Host pattern; absent: the provider's first host. */
  host?: string
  path: string
}
export type Route =
  | (RouteHead & {
      open: true
      /** Shown to a person: faults never hit it, and it is not counted as a call of the API. */
      page?: true
      handle: (call: OpenCall) => Reply
    })
  | (RouteHead & {
      open?: never
      /** One of these is enough; absent: any live credential. */
      scope?: readonly string[]
      /** Name of the token that is wanted (Slack's `user`); absent: any. */
      token?: string
      handle: (call: Call) => Reply
    })

type Options = { scope?: readonly string[]; token?: string; host?: string }

/** A call that wants a credential. */
export function on(
  method: string,
  path: string,
  handle: (call: Call) => Reply,
  options: Options = {},
): Route {
  return { method, path, handle, ...options }
}

/** A call that anyone may make. */
export function open(
  method: string,
  path: string,
  handle: (call: OpenCall) => Reply,
  options: { host?: string } = {},
): Route {
  return { open: true, method, path, handle, ...options }
}

/** A page for a person. */
export function page(
  method: string,
  path: string,
  handle: (call: OpenCall) => Reply,
  options: { host?: string } = {},
): Route {
  return { open: true, page: true, method, path, handle, ...options }
}

export type Issued = {
  access_token: string
  refresh_token?: string
  /** As told; absent where the provider tells none. */
  expires_in?: number | string
  scopes: string[]
}

/** What can be wrong with a token request; `failure` words it as the provider does. */
export type TokenProblem =
  | 'bad_format'
  | 'bad_client'
  | 'bad_code'
  | 'used_code'
  | 'expired_code'
  | 'bad_redirect_uri'
  | 'bad_verifier'
  | 'bad_refresh_token'
  | 'bad_grant_type'

export type Answer = {
  asked: Asked
  /** `exchange`: the access token itself was exchanged for one that lives longer. */
  grantType: 'authorization_code' | 'refresh_token' | 'exchange'
  /** By name; a refresh issues one alone. */
  tokens: Record<string, Issued>
  account: Account
  grant: Pick<CodeRecord, 'scopes' | 'picked' | 'place'>
}

/** How an authorization server departs from what its declaration says already. */
export type Quirks = {
  code?: () => string
  access: (token: { name: string; account: Account; scopes: string[]; expiresAt: number | null }) => string
  refresh?: (token: { name: string }) => string
  /** Seconds an access token lives; null: it does not expire. */
  lifetime: number | null | ((request: Record<string, string>) => number | null)
  /** False: the lifetime is real but not told. */
  tellsLifetime?: false
  /** Seconds the first token lives where the declaration upgrades it; absent: an hour. */
  shortLifetime?: number
  /** Words a refused exchange; absent: `invalid_grant`. */
  exchangeFailure?: (why: 'unknown' | 'young', asked: Asked) => Reply
  /** Seconds a refresh token lives; absent: it does not expire. */
  refreshLifetime?: number
  /** Seconds in which a used refresh token may be repeated. */
  leeway?: number
  /** A refresh ends the previous access token. */
  endsPreviousAccess?: true
  /** Refresh tokens come although access tokens do not end: they make a new one. */
  refreshesForGood?: true
  /** Whether refresh tokens come with the grant; absent: always, where the declaration has them. */
  offline?: (request: { query: URLSearchParams; scopes: readonly string[]; account: Account }) => boolean
  /** The real consent page lets people untick single permissions. */
  partialConsent?: true
  /** Scopes that cannot be unticked. */
  fixedScopes?: readonly string[]
  noScopeNeeded?: true
  /** What a request without `scope` stands for (a configuration kept at the provider); undefined: nothing. */
  scopesOf?: (query: URLSearchParams) => readonly string[] | undefined
  /** Parameters of the callback beside code and state. */
  callback?: (grant: {
    scopes: readonly string[]
    picked: readonly string[]
    account: Account
    place: Record<string, string>
  }) => Record<string, string>
  /** Where the grant lives, where that is not the host it was asked for at (a data centre, an instance). */
  home?: (grant: { account: Account; place: Record<string, string> }) => Record<string, string>
  /** What the person cannot give, whatever they click: parameters of the callback with the error. */
  refuses?: (grant: {
    scopes: readonly string[]
    account: Account
    place: Readonly<Record<string, string>>
  }) => Record<string, string> | undefined
  /** Parameters of the callback after Deny, beside `error` and state. */
  denial?: Record<string, string>
  answer?: (answer: Answer) => Reply
  failure?: (problem: TokenProblem, asked: Asked) => Reply
}

/** Of a method whose typed secret signs in. */
export type SessionQuirks = {
  /** The secret as it was registered (`present` of `hold`), from the fields; absent: the one secret field. */
  present?: (fields: Readonly<Record<string, string>>) => string
  access?: () => string
  /** Seconds a session lives; null: it does not end. */
  lifetime: number | null
  /** Signing in ends the session before. */
  exclusive?: true
  answer: (signedIn: {
    token: string
    lifetime: number | null
    account: Account
    fields: Readonly<Record<string, string>>
  }) => Reply
  /** The secret is unknown, or ended. */
  failure: () => Reply
}

export type Choices = {
  legend: string
  options: readonly { value: string; label: string; hint?: string }[]
}

export type Refusal = 'missing' | 'unknown' | 'expired' | 'revoked'

export type StandIn = {
  /**
   * Stand-ins of one house are one service behind several entries (Gmail and Google Calendar): they list the same
   * accounts, and a token that one entry's flow issued is good at all of them, as far as its scopes go. Absent: alone.
   */
  house?: string
  accounts: readonly Account[]
  /** Makes an account for a person who is not on the list. */
  createAccount?: (person: { id: string; name: string; email: string }) => Account
  /** What is picked while authorizing, beside the account; all are ticked at first. */
  choices?: (account: Account) => Choices
  /** Host patterns; absent: those of the declaration. */
  hosts?: readonly string[]
  /** Of OAuth 2.0, and of tokens in the fragment. */
  oauth?: Quirks
  session?: SessionQuirks
  /** Reads the credential of a call; absent: where the declaration places it, `user:password` of HTTP Basic. */
  readCredential?: (asked: Asked) => string | undefined
  /** Refuses a call before anything else is looked at (a header that the service insists on). */
  guard?: (asked: Asked) => Reply | undefined
  routes: readonly Route[]
  unauthorized: (why: Refusal, asked: Asked) => Reply
  forbidden: (wanted: { scope: readonly string[]; token?: string }, held: TokenRecord) => Reply
  notFound: (asked: Asked) => Reply
  rateLimited?: (retryAfter: number) => Reply
  /** Put on every answer of the API. */
  headers?: (token: TokenRecord | undefined) => Record<string, string>
  /** The control page offers a switch for token rotation. */
  rotationSwitch?: true
  /** Mailboxes beside the API, where the service has them. */
  mail?: SignIn
  /** Examples that work, by field name. */
  values?: () => Record<string, string>
  /** What it gives out for the declaration's `env.extra` (a developer token), by name. */
  variables?: () => Record<string, string>
}

export type Tools = {
  provider: Provider
  publicUrl: string
  client: { client_id: string; client_secret: string }
  now: () => number
  /** Unguessable text of letters and digits, or of the characters given. */
  random: (length: number, alphabet?: string) => string
  /** Text that stays the same for a label, across restarts too. */
  derive: (label: string, length: number, alphabet?: string) => string
  tokens: Tokens
  settings: () => Settings
  /** Listed accounts and those added on a consent page. */
  accounts: () => readonly Account[]
  /** The stand-in's own data, kept across restarts; of one world for all who name the same. */
  load: <T extends object>(seed: () => T, world?: string) => T
  /**
   * A secret that no flow issued. `make` gets a generator that gives another text after the secret was revoked.
   */
  hold: (secret: {
    account: string
    scopes?: readonly string[]
    facts?: Record<string, string>
    place?: Record<string, string>
    make: (derive: Tools['derive']) => string
    /** What a call presents, where that is more than the secret (`user:password`). */
    present?: (secret: string) => string
  }) => string
}

export type CreateStandIn = (tools: Tools) => StandIn

export function readString(body: JsonObject, name: string): string | undefined {
  const value = body[name]
  return typeof value === 'string' ? value : undefined
}
