/**
 * The shape of a provider declaration.
 *
 * A declaration is the RFC 8414 metadata document that the provider should have published, plus its named
 * deviations. Keys that have a name in an RFC keep it, in snake_case. Text in braces (`{subdomain}`) is filled
 * from the connection's parameters; a value that does not match its parameter's pattern never reaches a URL.
 */
import type { ResourceKind } from './resource-kinds.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export type Category =
  | 'Productivity suites'
  | 'Communication & Collaboration'
  | 'Storage & Knowledge'
  | 'Calendar'
  | 'Project Management'
  | 'Finance & Billing'
  | 'Marketing & Advertising'
  | 'Analytics'
  | 'E-commerce'
  | 'Support & Helpdesk'
  | 'Engineering & DevOps'
  | 'Sales & CRM'

/** Something the person types (or the provider tells) that becomes part of a URL, or is a secret. */
export type Parameter = {
  name: string
  label: string
  /** Anchored regular expression, applied after `normalise`. */
  pattern: string
  example: string
  required?: boolean
  /** Sealed in the vault, never shown again. */
  secret?: boolean
  /** Used when the person leaves the field empty. */
  default?: string
  help?: string
  /** Said when the pattern does not match; tells what to type instead. */
  mismatch?: string
  /** The only values there are; forms draw a list. */
  options?: readonly { value: string; label: string }[]
  /** Turns what people paste and providers tell (a full URL, upper case) into what the pattern expects. */
  normalise?: (typed: string) => string
  /**
   * Facts that follow from the value, kept beside the connection: harmless ones of a secret (`mode: 'test'`), or
   * further parameters (the other hosts of a data centre).
   */
  derive?: (value: string) => Record<string, string>
  /** The value names a host of the person's own (a server URL): the SSRF guard always applies. */
  host?: boolean
  /**
   * False: the provider tells it (an Atlassian cloud id), so no form asks for it. `operator`: set once for the
   * integration (a self-managed host, an API version), never by the person who connects. The pattern always holds.
   */
  asked?: false | 'operator'
}

export type Scope = {
  /** One plain sentence: why it is asked for. */
  why: string
  access: 'read' | 'write'
  /** Name of the extra token that carries it (Slack's `user` token); absent: the main token. */
  token?: string
}

export type ScopeSet = {
  label: string
  /** Where the list comes from: ours, or the text of one of the set-up documents. */
  note?: string
  /** What is asked for. */
  scopes: readonly string[]
  /** The document's own list, where it cannot be asked for as written today: shown with the reason, never sent. */
  documented?: { scopes: readonly string[]; reason: string }
}

/**
 * Recognises one kind of answer: every part that is given must hold. `at` is a dot path into the JSON body,
 * `header` the name of a header; `equals` is what is found there (absent: anything will do, as long as it is
 * there). Without `at` and `header` the status alone decides. Only whole values are compared, never parts of a
 * message.
 */
export type Match = {
  status?: number | readonly number[]
  at?: string
  header?: string
  equals?: Json | readonly Json[]
}

/**
 * A call to the provider's API. `url` is absolute, or a path below `api.base_url`. Braces: parameters, and
 * `{access_token}`, which is encoded where it stands in the URL.
 */
export type ApiRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PROPFIND'
  url: string
  headers?: Record<string, string>
  form?: Record<string, string>
  json?: Json
  /** A body of XML, sent as it stands (RFC 4918). */
  xml?: string
  /** Replaces the method's way to put the credential on a call, for this one. */
  authorization?: Authorization
}

/**
 * How a stored credential is put on a request. Braces are filled from the credential's values: the fields that were
 * typed, `{access_token}`, `{client_id}`. `bearer` sends the access token, or the one secret field of a method without
 * redirect. `{client_secret}` is filled in the declaration's own calls alone, never in a caller's.
 */
export type Authorization =
  | { scheme: 'bearer' }
  | { scheme: 'basic'; username: string; password: string }
  | { scheme: 'header'; name: string; value: string }
  /** The secret is part of the URL's path: a prefix to `api.base_url`'s path. Redacted wherever a URL is logged. */
  | { scheme: 'path'; prefix: string }

/** RFC 6749 section 5.1, after a provider's deviations are undone. */
export type TokenBody = JsonObject

export type RevocationRequest = Omit<ApiRequest, 'authorization'> & {
  /**
   * `client`: HTTP Basic with the client's id and secret; `client_secret`: the secret as a bearer token; `token`: the
   * connection's own credential.
   */
  authorization: 'client' | 'client_secret' | 'token' | 'none'
  /** Answers that mean "already dead": as good as a success. */
  gone?: readonly Match[]
}

export type Revocation = {
  /** `grant`: kills every token of this person at this client, siblings included; `token`: this one alone. */
  kills: 'grant' | 'token'
  /** What else it does at the provider, in one sentence: said before a disconnect and after it. */
  effect?: string
  /** Methods whose connections are revoked; absent: those made by a redirect. A pasted key is its owner's to end. */
  methods?: readonly AuthMethod['kind'][]
  /** RFC 7009, when the provider follows it: `token` in a form, client authentication as at the token endpoint. */
  revocation_endpoint?: string
  /**
   * Anything else. Braces: `{client_id}`, `{client_secret}`, `{access_token}`, `{refresh_token}`, `{token}` (refresh,
   * else access).
   */
  request?: RevocationRequest
  /** Used instead while a sibling connection shares the grant; absent: nothing is sent then. */
  narrow?: RevocationRequest
  /** `account`: the narrow call ends this account for every token, so it waits until no sibling has the same one. */
  narrow_kills?: 'account'
  /** Every token of the credential is revoked by itself (Slack: bot and user). */
  each_token?: boolean
  /** Seconds that access tokens already handed out may live on after it; absent: they end with it. */
  lingers?: number
  /** The provider does not document the call: it is tried, but the report never claims that it worked. */
  undocumented?: string
}

/**
 * Tokens without a refresh token that are exchanged, while they live, for ones that live longer. Braces: `{client_id}`,
 * `{client_secret}`, `{access_token}`, and parameters. Answers are read as token answers.
 */
export type TokenExchange = {
  /** Swaps the short-lived token of a fresh grant for one that lasts. */
  upgrade?: ApiRequest
  /** Extends a token that is still alive. */
  renew: ApiRequest
  /** Seconds before its end at which a token is renewed. */
  ahead: number
  /** Seconds a token must have lived before the provider renews it. */
  min_age?: number
  /** A grant whose answer tells no lifetime has none: its token is not upgraded. */
  endless?: 'kept'
}

/** The callback's query is signed with the client secret; it is checked before anything in it is believed. */
export type CallbackSignature = {
  /** Query parameter that holds the signature: HMAC-SHA256 in hex over the others, sorted, joined as a query. */
  parameter: string
  /** Query parameter with epoch seconds, and how old it may be. */
  timestamp?: { parameter: string; tolerance: number }
  /** Query parameters that must be those of the flow: `shop` is the shop that the flow began with. */
  echoes?: readonly string[]
}

/** What a method may say otherwise than its provider. */
type Identity = {
  /** Replaces the provider's. */
  verify?: ApiRequest
  /** Replaces the provider's. */
  account?: ReadAccount
}

export type OAuth2 = Identity & {
  kind: 'oauth2'
  label?: string
  /** RFC 8414 / 9207; set only when the provider sends `iss` on authorization answers. */
  issuer?: string
  authorization_response_iss_parameter_supported?: boolean
  authorization_endpoint: string
  token_endpoint: string
  /** Where refresh tokens are spent; absent: the token endpoint, as RFC 6749 section 6 has it. */
  refresh_endpoint?: string
  token_endpoint_auth_method: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** RFC 6749 asks for a form. */
  token_request_format?: 'form' | 'json'
  /** PKCE with S256 unless switched off with a reason; the reason shows on the provider's docs page. */
  pkce?: { off: string }
  authorization_params?: Readonly<Record<string, string>>
  /** Sent on code exchange and on refresh. */
  token_params?: Readonly<Record<string, string>>
  /**
   * What is asked for is kept at the provider under an id (Meta's Login for Business): where the operator set the
   * variable (one of `env.extra`), these parameters are sent instead of the scopes. Braces: variables, parameters.
   */
  configuration?: { variable: string; params: Readonly<Record<string, string>> }
  scope_separator?: ' ' | ','
  /** Query parameter that carries the scopes of an extra token: `{ user: 'user_scope' }`. */
  scope_params?: Readonly<Record<string, string>>
  /**
   * Undoes a deviation of the token endpoint: status and body as sent, RFC 6749 section 5 shape out. `expires_at`, in
   * seconds since 1970, may stand for `expires_in` where the end is told instead of the lifetime.
   */
  normaliseTokenAnswer?: (answer: { status: number; body: JsonObject }) => {
    status: number
    body: JsonObject
  }
  /** Extra tokens of one grant, by name, each an RFC 6749 token body found at this path (`authed_user`). */
  extra_tokens?: Readonly<Record<string, string>>
  /** How the access token is put on a call; absent: RFC 6750, a bearer token. */
  authorization?: Authorization
  /**
   * Query parameter that goes with the token on every call and proves that its client uses it: HMAC-SHA256 of the token,
   * keyed with the client secret, in hex.
   */
  token_proof?: string
  /**
   * Parameters taken from the callback's query, before the code is exchanged (`query.accounts-server`), or from the
   * token answer, again at each refresh (`token.instance_url`). Normalised, derived from, and held to their patterns.
   */
  parameters_from?: Readonly<Record<string, string>>
  callback_signature?: CallbackSignature
  /** Text that the provider hangs on its codes and that is not part of them. */
  code_tail?: string
  /** Error codes of the callback that mean what RFC 6749 section 4.1.2.1 calls `access_denied`. */
  denied?: readonly string[]
  refresh: {
    /**
     * `never`: the refresh token stays; `always`/`sometimes`: single use; `exchange`: no refresh token, the access
     * token itself is renewed as `exchange` says; `none`: neither.
     */
    rotates: 'never' | 'always' | 'sometimes' | 'exchange' | 'none'
    exchange?: TokenExchange
    /** Error codes (after normalisation) that prove the grant dead. Nothing else does. */
    dead?: readonly string[]
    /** Lifetime in seconds assumed when the answer has no `expires_in`; absent: unknown, refresh on a 401. */
    assumed_lifetime?: number
    note?: string
  }
  /** Seconds an authorization code lives, when shorter than the usual ten minutes. */
  code_lifetime?: number
  /**
   * How a token request with a made-up code is answered, where it is not as RFC 6749 section 5.2 says: codes that show
   * the client to be known, codes that show it refused; `off`: why it tells nothing.
   */
  client_check?: { accepted?: readonly string[]; refused?: readonly string[]; off?: string }
}

/**
 * The token comes back in the fragment of the redirect (the shape of RFC 6749 section 4.2, older than it at Trello): a
 * page of the hub hands it in. Braces of the parameters: `{client_id}`, `{redirect_uri}` (it carries the state),
 * `{scope}`, and the connection's parameters.
 */
export type FragmentToken = Identity & {
  kind: 'fragment'
  label?: string
  authorization_endpoint: string
  authorization_params: Readonly<Record<string, string>>
  /** Name of the token in the fragment, and of the error where the person refuses. */
  token_parameter: string
  error_parameter: string
  scope_separator?: ' ' | ','
  authorization: Authorization
}

/** A typed secret is good for signing in only; calls carry the session it gives, made anew when it ends. */
export type Session = {
  /** Braces: the fields of the method and parameters. */
  request: ApiRequest
  /** Undefined when the answer is no session. `expires_in` in seconds; absent: unknown. */
  read: (
    body: JsonObject,
  ) => { access_token: string; expires_in?: number; parameters?: Record<string, string> } | undefined
  /** Answers to `request` that prove the typed secret dead. Nothing else does. */
  dead: readonly Match[]
}

/** An API key, a bot token, or a user name with an (app) password: everything the person types is in `fields`. */
export type SecretMethod = Identity & {
  kind: 'api_key' | 'bot_token' | 'basic'
  label: string
  fields: readonly [Parameter, ...Parameter[]]
  authorization: Authorization
  /** Replaces `api.base_url` for connections of this method (Jira answers an API token on the site itself). */
  base_url?: string
  /** Where the person finds or makes the secret. */
  instructions: readonly string[]
  /**
   * Variables with values for the whole hub, by field: they stand in for fields that a person of the hub leaves empty,
   * never for those of a connect link. `{ token: 'TELEGRAM_BOT_TOKEN' }`
   */
  env?: Readonly<Record<string, string>>
  /** `authorization` then places `{access_token}` of the session. */
  session?: Session
}

/** The provider's own log-in page hands the hub an app password (Nextcloud's Login Flow v2). */
export type BrowserLogin = {
  kind: 'browser_login'
  label: string
  /** Shares fields and placement with this secret method's `kind`. */
  yields: SecretMethod['kind']
  start: ApiRequest
  readStart: (body: JsonObject) => { login_url: string; poll_url: string; poll_form: Record<string, string> }
  /** Reads the final answer; the values are named as the fields of the method it yields. */
  readDone: (body: JsonObject) => { values: Record<string, string>; parameters?: Record<string, string> }
  /** Status that means "not yet". */
  pending: number
  /** Seconds the flow stays open. */
  lifetime: number
}

/** What the provider's platform says when it calls the hub. */
export type Invocation = {
  /** `alive`: nothing happened, a fresh credential came along. */
  event: 'installed' | 'uninstalled' | 'alive'
  /** Stable id of the installation at the provider. */
  installation: string
  /** Where the app is installed; held to their patterns. */
  parameters: Record<string, string>
}

/**
 * The provider's platform calls the hub: an app installed there tells of itself by signed tokens and brings the
 * credential along. No redirect, nothing to type (Atlassian's Forge Remote).
 */
export type InstalledApp = Identity & {
  kind: 'installed_app'
  label: string
  /** RFC 7519: the bearer token of every call of the platform; RS256, checked before anything is believed. */
  invocation: {
    issuer: string
    jwks_uri: string
    /** Variable with the app's id at the provider, and the id under which the sandbox plays. */
    audience: { variable: string; sandbox: string }
  }
  /** Header of such a call with the app's own access token, a JWT whose `exp` ends it. */
  token_header: string
  /** Reads a call that is proved to come from the platform; undefined: it means nothing to the hub. */
  read: (call: { claims: JsonObject; body: JsonObject }) => Invocation | undefined
  /** How the app is deployed and installed. */
  instructions: readonly string[]
  /** Where it is ended at the provider, where that is another page than `setup.revoke` names. */
  revoke?: Provider['setup']['revoke']
}

/** Nothing to authorize: a connection of a related provider reaches this one as well, and a call proves it. */
export type VerifiedAccess = Identity & {
  kind: 'verified_access'
  label: string
  /** Provider whose connection lends its credential. */
  through: string
  /** Answers to `verify` that mean: the app is not connected to this product yet. Looked at first. */
  setup_required: readonly Match[]
  /** Asked, without a credential, before set-up is asked for: whether the product is there at all. */
  presence: { request: ApiRequest; absent: readonly Match[] }
  /** What an administrator does at the provider while set-up is required. */
  steps: readonly string[]
  /** Where it is ended at the provider, where that is another page than `setup.revoke` names. */
  revoke?: Provider['setup']['revoke']
}

export type AuthMethod = OAuth2 | SecretMethod | BrowserLogin | FragmentToken | InstalledApp | VerifiedAccess

/** Methods that a stored credential is placed by. */
export type PlacedMethod = OAuth2 | SecretMethod | FragmentToken | InstalledApp | VerifiedAccess

export type Account = {
  /** Stable id of the account at the provider; two connections with one id are the same account. */
  id: string
  /** What owns the grant, where that is wider than the account (one Atlassian user, several sites); absent: `id`. */
  grant?: string
  /** What the person recognises: @org, workspace, site, e-mail. */
  label: string
  email?: string
  avatar?: string
  /** Parameters that only this answer tells (Mailchimp's data centre); held to their patterns. */
  parameters?: Record<string, string>
  /** What was granted, where the token answer does not tell. */
  scopes?: readonly string[]
}

/** `token` is the token answer (absent when verifying later), `body` the answer to `verify`. */
export type ReadAccount = (evidence: {
  token: TokenBody | undefined
  body: JsonObject
  parameters: Readonly<Record<string, string>>
  /** The answer as it came, for what does not speak JSON. */
  answer?: RawAnswer
}) => Account

export type RawAnswer = {
  text: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Something the account may or may not have (a plan, a product): asked after connecting and when verifying. */
export type Capability = {
  id: string
  /** What it is called on the connection's page: "Plan". */
  label: string
  /** Absent: the answer to `verify` tells. */
  request?: ApiRequest
  /**
   * Undefined: the answer does not tell. A warning shows on the connection, which works all the same. `parameters`
   * are what only this answer tells; they are held to their patterns and kept.
   */
  read: (answer: {
    status: number
    body: Json | undefined
    /** As it came, for what does not speak JSON. */
    text?: string
  }) => { value: string; warning?: string; parameters?: Record<string, string> } | undefined
}

/** What `mail` makes of every provider that has it: whether the mailbox of the account answers. */
export const MAIL_CAPABILITY = { id: 'mail', label: 'Mail' } as const

/** How events of this provider arrive, and how a delivery proves where it comes from. */
export type Webhooks = {
  /**
   * `automatic`: the hub subscribes when an account connects; `app_level`: one address, set at the provider's app;
   * `by_hand`: possible, set up by a person at the provider; `none`: the provider has none that are of use here.
   */
  mode: 'automatic' | 'app_level' | 'by_hand' | 'none'
  /** Kinds of events, as the provider calls them. */
  events?: readonly string[]
  signature?: WebhookSignature
  /** Seconds after which a subscription at the provider ends unless it is renewed. */
  lifetime?: number
  /** What the provider asks of a new address before it delivers. */
  handshake?: string
  /** Where the address is entered, step by step. */
  steps?: readonly string[]
  note?: string
}

export type WebhookSignature = {
  scheme: 'hmac-sha256' | 'hmac-sha1' | 'jwt-hs256' | 'ed25519' | 'shared_secret'
  /** Absent: the secret or signature is in the body or the URL, as `note` says. */
  header?: string
  encoding?: 'hex' | 'base64'
  /** Stands before the signature: `v0=`. */
  prefix?: string
  /** What is signed; braces: `{body}` (raw bytes), `{timestamp}`, `{url}`, `{method}`. */
  signed?: string
  timestamp_header?: string
  /** The time of sending stands inside the signed body instead: dot path to epoch milliseconds. */
  timestamp_at?: string
  /** Of the timestamp; absent: epoch seconds. */
  timestamp_unit?: 'milliseconds' | 'iso8601'
  /**
   * The header holds `name=value` parts joined by commas, under these names; while a secret is being replaced it holds
   * several signatures.
   */
  parts?: { timestamp: string; signature: string }
  /** Seconds a delivery may be old. */
  tolerance?: number
  /** Variable with the secret; `client_secret`; or `subscription`: made anew for each. */
  secret: string
}

/** Mailboxes of the account, reached by IMAP and SMTP beside the HTTP API. Braces: the method's fields, parameters. */
export type MailAccess = {
  username: string
  /** Tried where `username` is refused. */
  alternative_username?: string
  password: string
  imap: { host: string; port: number }
  smtp: { host: string; port: number; security: 'tls' | 'starttls' }
}

/**
 * One of several places a grant reaches (an Atlassian site); the person picks where the answer has more than one,
 * unless `matches` decides: the name of the parameter by which a typed value, or the place an earlier connection
 * was bound to, is recognised among them.
 */
export type Tenant = {
  parameters: Record<string, string>
  label: string
  url?: string
  /** What was granted there, where the token answer does not tell. */
  scopes?: readonly string[]
}

/** Asks for the places a grant reaches, and reads the answer. */
export type AskTenants = { request: ApiRequest; read: (body: Json) => Tenant[] }

/** A call to try once connected; it changes nothing. */
export type TestCall = {
  label: string
  method: 'GET' | 'POST' | 'PROPFIND'
  path: string
  base?: string
  headers?: Readonly<Record<string, string>>
  json?: Json
  xml?: string
}

export type Provider = {
  id: string
  name: string
  category: Category
  /** One sentence: what a connection makes possible. */
  summary: string
  /** Other words people search for. */
  aliases?: readonly string[]
  /** Where a newcomer begins, in the sandbox: known to most, and one click is enough. */
  starter?: true
  /** Said to whoever connects an account, before they do. */
  advice?: {
    /** What the person needs at the provider. */
    needs?: readonly string[]
    /** What a connection cannot do, on some plan or without some right. */
    limits?: readonly string[]
    /** What works best. */
    best?: readonly string[]
  }
  /** Providers of one family, client and account share one grant at the provider. */
  family: string
  /** A bundle: the ids of the single services that one connection covers. */
  includes?: readonly string[]
  /**
   * Hosts a credential may travel to. `{name}` is one parameter's value, `*.` one leading label. A parameter that
   * holds more than a host (`cloud.example.com:8443/files`) counts by its host and port.
   */
  hosts: readonly string[]
  /** Documented redirect path of this provider; `none` for providers without a redirect. */
  callback: 'native' | 'universal' | 'meta' | 'none'
  env: {
    client_id?: string
    client_secret?: string
    /** Names read in this order where the entry's own are absent. */
    fallback?: readonly { client_id: string; client_secret: string }[]
    /** Variable in which operators repeat the redirect URI. It changes nothing; set to another, it is told. */
    redirect_uri?: string
    /** Other variables, with what they are for. */
    extra?: Readonly<Record<string, string>>
  }
  parameters?: readonly Parameter[]
  /** The first is what Connect does; the others are offered beside it. */
  auth: readonly [AuthMethod, ...AuthMethod[]]
  scopes?: Readonly<Record<string, Scope>>
  /** `recommended` is what is asked for unless the operator picks another. */
  scope_sets?: { recommended: ScopeSet } & Readonly<Record<string, ScopeSet>>
  /** Said instead of a scope list where the provider has none (Notion: pages are picked while authorizing). */
  permissions_note?: string
  api: {
    base_url: string
    /** Further roots a proxied call can name with the `Trunkline-Base` header. */
    bases?: Readonly<Record<string, string>>
    /** Sent with every call. Braces: parameters, and the names of `env.extra` (a developer token). */
    headers?: Readonly<Record<string, string>>
    errors?: {
      /** The credential is refused; 401 besides. */
      unauthorized?: readonly Match[]
      /** The account lacks the permission, the credential is fine; 403 besides. Looked at first. */
      forbidden?: readonly Match[]
      /** 429 besides. */
      rate_limited?: readonly Match[]
      /** The product or plan is missing; 402 besides. */
      not_available?: readonly Match[]
      /** Any other failure that hides in a 2xx. */
      failed?: readonly Match[]
    }
    /** Where the time to wait is told when not in Retry-After: header with the epoch time, or a path to seconds. */
    rate_limit?: {
      reset_header?: string
      /** Of the epoch time; absent: seconds. */
      reset_unit?: 'milliseconds'
      retry_after_at?: string
      /** Seconds, where they are told in a way of the provider's own. Header names are in lower case. */
      read?: (headers: Readonly<Record<string, string | string[] | undefined>>) => number | undefined
    }
  }
  /** The call that proves the credential works; its answer also names the account. */
  verify: ApiRequest
  account: ReadAccount
  capabilities?: readonly Capability[]
  mail?: MailAccess
  /** Lists the places a fresh grant reaches; the connection is bound to one of them. */
  tenants?: AskTenants & {
    /** Asked where the first answer names no place. */
    otherwise?: AskTenants
    matches: string
  }
  test_calls: readonly TestCall[]
  /** Braces of the texts: `{public_url}`, the hub's own address, and `{redirect_uri}`. */
  setup: {
    console_url: string
    /** Which http redirect URIs the provider registers: none, or of this machine under any or one name. Absent: unknown. */
    http_redirects?: 'none' | 'loopback' | 'localhost' | '127.0.0.1'
    prerequisites: readonly string[]
    steps: readonly string[]
    /** Things to do once connected (Slack: invite the bot to private channels). */
    after?: readonly string[]
    notes?: readonly string[]
    revoke: { url: string; steps: readonly string[] }
  }
  revocation?: Revocation
  /**
   * The provider calls the hub when a person removes the app there, or asks for deletion. `signed_request`: Meta's form,
   * signed with the client secret.
   */
  departures?: 'signed_request'
  webhooks?: Webhooks
  /** What a project can select of a connection; absent: nothing, and `no_resources` says why. */
  resources?: readonly [ResourceKind, ...ResourceKind[]]
  /** Why there is nothing to select, in one sentence. */
  no_resources?: string
  /** What the declaration was compared with: specifications, vendors' clients, third-party servers. */
  sources?: readonly string[]
  /** Day the facts were last compared with the provider's documentation. */
  checked: string
  doubts?: readonly string[]
}

/** What a dot path finds in a JSON value, `*` standing for any one member; undefined where it leads nowhere. */
export function at(json: Json | undefined, path: string): Json | undefined {
  return follow(json, path.split('.'))
}

function follow(json: Json | undefined, steps: readonly string[]): Json | undefined {
  const [step, ...rest] = steps
  if (step === undefined) return json
  if (json === null || typeof json !== 'object') return undefined
  if (step !== '*') return follow(Array.isArray(json) ? json[Number(step)] : json[step], rest)
  for (const member of Object.values(json)) {
    const found = follow(member, rest)
    if (found !== undefined) return found
  }
  return undefined
}

/** Text or number at a dot path of a JSON body, as text; undefined where there is neither. */
export function readText(body: Json | undefined, path: string): string | undefined {
  const value = at(body, path)
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

/** Checks a declaration's type where it is written; returns it unchanged. */
export function defineProvider(provider: Provider): Provider {
  return provider
}
