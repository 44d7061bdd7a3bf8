/**
 * The shape of a provider declaration.
 *
 * A declaration is the RFC 8414 metadata document that the provider should have published, plus its named
 * deviations. Keys that have a name in an RFC keep it, in snake_case. Text in braces (`{subdomain}`) is filled
 * from the connection's parameters; a value that does not match its parameter's pattern never reaches a URL.
 */

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
  /** Turns what people paste (a full URL, upper case) into what the pattern expects. */
  normalise?: (typed: string) => string
  /** Harmless facts read from a secret before it is sealed, kept beside the connection (`mode: 'test'`). */
  derive?: (value: string) => Record<string, string>
  /** The value names a host of the person's own (a server URL): the SSRF guard always applies. */
  host?: boolean
  /** False: the provider tells it (an Atlassian cloud id), so no form asks for it. The pattern still holds. */
  asked?: false
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
  scopes: readonly string[]
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

/** A call to the provider's API. `url` is absolute, or a path below `api.base_url`. */
export type ApiRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PROPFIND'
  url: string
  headers?: Record<string, string>
  form?: Record<string, string>
  json?: Json
}

/**
 * How a stored credential is put on a request. Braces are filled from the credential's values. `bearer` sends the
 * access token, or the one secret field of a method without redirect.
 */
export type Authorization =
  | { scheme: 'bearer' }
  | { scheme: 'basic'; username: string; password: string }
  | { scheme: 'header'; name: string; value: string }
  /** The secret is part of the URL's path: a prefix to `api.base_url`'s path. Redacted wherever a URL is logged. */
  | { scheme: 'path'; prefix: string }

/** RFC 6749 section 5.1, after a provider's deviations are undone. */
export type TokenBody = JsonObject

export type RevocationRequest = ApiRequest & {
  /** `client`: HTTP Basic with the client's id and secret; `token`: the connection's own credential. */
  authorization: 'client' | 'token' | 'none'
  /** Answers that mean "already dead": as good as a success. */
  gone?: readonly Match[]
}

export type Revocation = {
  /** `grant`: kills every token of this person at this client, siblings included; `token`: this one alone. */
  kills: 'grant' | 'token'
  /** Methods whose connections are revoked; absent: those made by a redirect. A pasted key is its owner's to end. */
  methods?: readonly AuthMethod['kind'][]
  /** RFC 7009, when the provider follows it: `token` in a form, client authentication as at the token endpoint. */
  revocation_endpoint?: string
  /** Anything else. Braces: `{client_id}`, `{access_token}`, `{refresh_token}`, `{token}` (refresh, else access). */
  request?: RevocationRequest
  /** Used instead while a sibling connection shares the grant; absent: nothing is sent then. */
  narrow?: RevocationRequest
  /** Every token of the credential is revoked by itself (Slack: bot and user). */
  each_token?: boolean
  /** The provider does not document the call: it is tried, but the report never claims that it worked. */
  undocumented?: string
}

export type OAuth2 = {
  kind: 'oauth2'
  label?: string
  /** RFC 8414 / 9207; set only when the provider sends `iss` on authorization answers. */
  issuer?: string
  authorization_response_iss_parameter_supported?: boolean
  authorization_endpoint: string
  token_endpoint: string
  token_endpoint_auth_method: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** RFC 6749 asks for a form. */
  token_request_format?: 'form' | 'json'
  /** PKCE with S256 unless switched off with a reason; the reason shows on the provider's docs page. */
  pkce?: { off: string }
  authorization_params?: Readonly<Record<string, string>>
  /** Sent on code exchange and on refresh. */
  token_params?: Readonly<Record<string, string>>
  scope_separator?: ' ' | ','
  /** Query parameter that carries the scopes of an extra token: `{ user: 'user_scope' }`. */
  scope_params?: Readonly<Record<string, string>>
  /** Undoes a deviation of the token endpoint: status and body as sent, RFC 6749 section 5 shape out. */
  normaliseTokenAnswer?: (answer: { status: number; body: JsonObject }) => {
    status: number
    body: JsonObject
  }
  /** Extra tokens of one grant, by name, each an RFC 6749 token body found at this path (`authed_user`). */
  extra_tokens?: Readonly<Record<string, string>>
  /** Parameters taken from the token answer or the callback's query: `{ instance_url: 'token.instance_url' }`. */
  parameters_from?: Readonly<Record<string, string>>
  refresh: {
    /** `never`: the refresh token stays; `always`/`sometimes`: single use; `none`: no refresh tokens at all. */
    rotates: 'never' | 'always' | 'sometimes' | 'none'
    /** Error codes (after normalisation) that prove the grant dead. Nothing else does. */
    dead?: readonly string[]
    /** Lifetime in seconds assumed when the answer has no `expires_in`; absent: unknown, refresh on a 401. */
    assumed_lifetime?: number
    note?: string
  }
  /** Seconds an authorization code lives, when shorter than the usual ten minutes. */
  code_lifetime?: number
}

/** An API key, a bot token, or a user name with an (app) password: everything the person types is in `fields`. */
export type SecretMethod = {
  kind: 'api_key' | 'bot_token' | 'basic'
  label: string
  fields: readonly [Parameter, ...Parameter[]]
  authorization: Authorization
  /** Replaces `api.base_url` for connections of this method (Jira answers an API token on the site itself). */
  base_url?: string
  /** Where the person finds or makes the secret. */
  instructions: readonly string[]
  /** Seals what is typed under the hub-wide environment variable's name: `{ token: 'TELEGRAM_BOT_TOKEN' }`. */
  env?: Readonly<Record<string, string>>
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

export type AuthMethod = OAuth2 | SecretMethod | BrowserLogin

export type Account = {
  /** Stable id of the account at the provider; two connections with one id are the same account. */
  id: string
  /** What owns the grant, where that is wider than the account (one Atlassian user, several sites); absent: `id`. */
  grant?: string
  /** What the person recognises: @org, workspace, site, e-mail. */
  label: string
  email?: string
  avatar?: string
}

/**
 * One of several places a grant reaches (an Atlassian site); the person picks where the answer has more than one,
 * unless `matches` decides: the name of the parameter by which a typed value, or the place an earlier connection
 * was bound to, is recognised among them.
 */
export type Tenant = { parameters: Record<string, string>; label: string; url?: string }

export type Provider = {
  id: string
  name: string
  category: Category
  /** One sentence: what a connection makes possible. */
  summary: string
  /** Other words people search for. */
  aliases?: readonly string[]
  /** Providers of one family, client and account share one grant at the provider. */
  family: string
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
    /** Where the time to wait is told when not in Retry-After: header with epoch seconds, or a path to seconds. */
    rate_limit?: { reset_header?: string; retry_after_at?: string }
  }
  /** The call that proves the credential works; its answer also names the account. */
  verify: ApiRequest
  /** `token` is the token answer (absent when verifying later), `body` the answer to `verify`. */
  account: (evidence: {
    token: TokenBody | undefined
    body: JsonObject
    parameters: Readonly<Record<string, string>>
  }) => Account
  /** Lists the places a fresh grant reaches; the connection is bound to one of them. */
  tenants?: { request: ApiRequest; read: (body: Json) => Tenant[]; matches: string }
  test_calls: readonly { label: string; method: 'GET' | 'POST'; path: string; base?: string; json?: Json }[]
  setup: {
    console_url: string
    prerequisites: readonly string[]
    steps: readonly string[]
    /** Things to do once connected (Slack: invite the bot to private channels). */
    after?: readonly string[]
    notes?: readonly string[]
    revoke: { url: string; steps: readonly string[] }
  }
  revocation?: Revocation
  /** Day the facts were last compared with the provider's documentation. */
  checked: string
  doubts?: readonly string[]
}

/** What a dot path finds in a JSON value; undefined where it leads nowhere. */
export function at(json: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = json
  for (const step of path.split('.')) {
    if (here === null || typeof here !== 'object') return undefined
    here = Array.isArray(here) ? here[Number(step)] : here[step]
  }
  return here
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
