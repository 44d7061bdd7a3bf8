import { defineProvider, type JsonObject, type Parameter, readText } from '../define.ts'

const NAME = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}(?::[1-9][0-9]{0,4})?'

const host = {
  name: 'host',
  label: 'GitHub server',
  pattern: `^${NAME}$`,
  example: 'github.com',
  default: 'github.com',
  help: 'github.com, your subdomain of ghe.com, or the name of your own GitHub Enterprise Server. It is reached by https, and only where its address is public or allowed by the hub.',
  mismatch: 'Type the name of the server, without a path: github.com or github.example.com.',
  normalise: readHost,
  derive: (name) => ({ apiRoot: apiRootOf(name) }),
  host: true,
  asked: 'operator',
} satisfies Parameter

export default defineProvider({
  id: 'github',
  name: 'GitHub',
  category: 'Engineering & DevOps',
  summary: 'Read and write repositories, issues, pull requests and commits.',
  aliases: ['git', 'repository', 'pull request', 'octocat'],
  starter: true,
  advice: {
    needs: [
      'A GitHub account that may see the repositories.',
      'For everything of an organization: an owner of it, who grants access on GitHub’s page while you authorize.',
    ],
    limits: [
      'An organization that restricts OAuth apps shows nothing of its own until an owner approves the app.',
    ],
  },
  family: 'github',
  hosts: ['{apiRoot}', '{host}', 'uploads.github.com'],
  callback: 'universal',
  env: {
    client_id: 'GITHUB_CLIENT_ID',
    client_secret: 'GITHUB_CLIENT_SECRET',
    extra: {
      GITHUB_WEBHOOK_SECRET: 'Checks the signature of the events GitHub sends.',
      GITHUB_APP_ID: 'Only where a GitHub App is used: its id.',
      GITHUB_APP_PRIVATE_KEY: 'Only where a GitHub App is used: its private key (PEM).',
    },
  },
  parameters: [
    host,
    {
      name: 'apiRoot',
      label: 'Root of the API',
      pattern: `^${NAME}(?:/api/v3)?$`,
      example: 'api.github.com',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with GitHub',
      authorization_endpoint: 'https://{host}/login/oauth/authorize',
      token_endpoint: 'https://{host}/login/oauth/access_token',
      token_endpoint_auth_method: 'client_secret_post',
      // Without it GitHub connects the account signed in last, with no page shown once the app is authorised.
      authorization_params: { prompt: 'select_account' },
      normaliseTokenAnswer: readErrorsInsideOk,
      refresh: {
        rotates: 'none',
        note: 'Tokens of an OAuth App do not expire. GitHub revokes one that was not used for a year, and the oldest when a person holds more than ten for the same app and scopes.',
      },
    },
    {
      kind: 'api_key',
      label: 'Personal access token',
      fields: [
        {
          name: 'token',
          label: 'Personal access token',
          pattern: '^(?:ghp_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,251})$',
          example: 'github_pat_11ABCDEFG0...',
          required: true,
          secret: true,
          mismatch: 'A personal access token begins with github_pat_ (fine-grained) or ghp_ (classic).',
          derive: (token) => ({ token_type: token.startsWith('ghp_') ? 'classic' : 'fine-grained' }),
        },
      ],
      authorization: { scheme: 'bearer' },
      instructions: [
        'Open https://github.com/settings/personal-access-tokens/new.',
        'Choose the resource owner and the repositories the token may reach, and an expiry.',
        'Under Repository permissions give Metadata read, and Issues, Pull requests and Contents as needed.',
        'Generate the token and paste it here. GitHub shows it once.',
      ],
    },
  ],
  scopes: {
    repo: {
      why: 'Reads and writes repositories, private ones included: issues, pull requests, commits and files. GitHub has no read-only scope for private repositories.',
      access: 'write',
    },
    'read:user': { why: 'Reads the profile, to show which account is connected.', access: 'read' },
    'user:email': { why: 'Reads the e-mail addresses, to match the person across tools.', access: 'read' },
    'read:org': {
      why: 'Reads organization and team membership, to show the organizations that are reached.',
      access: 'read',
    },
    user: { why: 'Reads and changes the whole profile, follows included.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What every tool of this provider needs.',
      scopes: ['repo', 'read:user', 'user:email'],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents.',
      scopes: ['repo', 'read:user', 'user:email'],
    },
    insights: {
      label: 'Insights',
      note: 'As listed by the guide for metadata syncs, which calls it read access; repo can write as well.',
      scopes: ['repo', 'read:user', 'user:email'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['repo', 'user', 'read:org'],
    },
    public_only: {
      label: 'Public data only',
      note: 'Reads the profile and public repositories; private ones stay hidden.',
      scopes: ['read:user', 'user:email'],
    },
  },
  api: {
    base_url: 'https://{apiRoot}',
    headers: {
      Accept: 'application/vnd.github+json',
      'X-GitHub-Api-Version': '2022-11-28',
      'User-Agent': 'Trunkline',
    },
    errors: {
      // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: a limit is a 403 too.
      rate_limited: [
        { status: 403, header: 'x-ratelimit-remaining', equals: '0' },
        { status: 403, header: 'retry-after' },
      ],
    },
    rate_limit: { reset_header: 'x-ratelimit-reset' },
  },
  verify: { url: '/user' },
  account: ({ body, parameters }) => {
    const email = readText(body, 'email')
    const avatar = readText(body, 'avatar_url')
    const server = parameters['host'] ?? host.default
    const [id, name] = [readText(body, 'id') ?? '', `@${readText(body, 'login') ?? ''}`]
    return {
      // Each server counts its people from one.
      id: server === host.default ? id : `${server}:${id}`,
      label: server === host.default ? name : `${name} (${server})`,
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/user' },
    { label: 'Repositories, newest first', method: 'GET', path: '/user/repos?sort=updated&per_page=10' },
    { label: 'Organizations', method: 'GET', path: '/user/orgs' },
    { label: 'Issues assigned to me', method: 'GET', path: '/issues?per_page=10' },
  ],
  setup: {
    console_url: 'https://github.com/settings/developers',
    prerequisites: [
      'A GitHub account that can reach the repositories.',
      'For the repositories of an organization: an owner who approves the app, where the organization restricts OAuth apps.',
    ],
    steps: [
      'Open Settings, Developer settings, OAuth Apps and choose New OAuth App. To let an organization own the app, begin in the settings of the organization.',
      'Enter a name that people will recognise on the consent page, and the address of this hub as Homepage URL.',
      'Paste the redirect URI shown on this page as Authorization callback URL. Leave Device Flow off.',
      'Register the application and copy the Client ID.',
      'Choose Generate a new client secret and copy it at once: GitHub shows it once.',
      'Set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET. Scopes are not entered at GitHub: they are asked for while connecting.',
    ],
    after: [
      'If the repositories of an organization are missing, open https://github.com/settings/applications, choose the app, and press Grant or Request beside the organization.',
    ],
    notes: [
      'A classic OAuth App has no webhook of its own and no read-only access to private code; a GitHub App has both. The guides speak of app-level webhooks and of read access: both mean a GitHub App.',
      'GitHub Enterprise Server: set GitHub server on this page to the name of your server, and register the OAuth App there. Its API is found below /api/v3. One integration serves one server, and connections keep the one they were made with.',
      'Limits: 5,000 calls an hour for each person, 30 searches a minute, 100 calls at once.',
    ],
    revoke: {
      url: 'https://github.com/settings/applications',
      steps: [
        'Open Settings, Applications, Authorized OAuth Apps.',
        'Find the app by its name and choose Revoke.',
        'A personal access token is deleted at https://github.com/settings/personal-access-tokens.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    request: {
      method: 'DELETE',
      url: 'https://{apiRoot}/applications/{client_id}/grant',
      authorization: 'client',
      json: { access_token: '{access_token}' },
      gone: [{ status: [404, 422] }],
    },
    narrow: {
      method: 'DELETE',
      url: 'https://{apiRoot}/applications/{client_id}/token',
      authorization: 'client',
      json: { access_token: '{access_token}' },
      gone: [{ status: [404, 422] }],
    },
  },
  webhooks: {
    mode: 'app_level',
    events: ['push', 'pull_request', 'issues', 'issue_comment', 'installation', 'github_app_authorization'],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Hub-Signature-256',
      encoding: 'hex',
      prefix: 'sha256=',
      signed: '{body}',
      secret: 'GITHUB_WEBHOOK_SECRET',
    },
    handshake: 'The first delivery is the event ping, which wants a 2xx.',
    steps: [
      'Choose a secret of your own, for example from a password manager, and set GITHUB_WEBHOOK_SECRET.',
      'With a GitHub App: open it under Settings, Developer settings, GitHub Apps, switch Webhook Active on, paste the webhook address of the hub and the secret, and subscribe to Push, Pull request, Issues and Issue comment.',
      'With an OAuth App: open the repository or the organization, Settings, Webhooks, Add webhook, paste both, choose application/json, and pick the same events.',
    ],
    note: 'A classic OAuth App has no webhook of its own. X-GitHub-Event names the event and X-GitHub-Delivery the delivery; GitHub does not repeat one by itself, and wants an answer within ten seconds.',
  },
  resources: [
    {
      id: 'repository',
      one: 'repository',
      many: 'repositories',
      hint: 'Select the repositories that the team works in. Code is never read, only what happens to it.',
      lists: [
        {
          request: {
            url: '/user/repos?affiliation=owner,collaborator,organization_member&sort=full_name',
          },
          pages: { by: 'link', size: { parameter: 'per_page', value: 100 } },
          fields: {
            id: 'id',
            name: 'full_name',
            description: 'description',
            url: 'html_url',
            private: 'private',
            archived: 'archived',
          },
        },
      ],
    },
  ],
  sources: [
    'https://docs.github.com/en/apps/oauth-apps and /en/rest, read in November 2026',
    'emulate 0.12.2, an emulator by others made strict: the life of a connection runs against it',
    '@octokit/webhooks-examples 7: payloads of events',
  ],
  checked: '2026-11-21',
  doubts: [
    'REST version 2026-03-10 exists and changes answers; 2022-11-28 stays supported until March 2028 at least.',
    'Calls against a GitHub Enterprise Server were not made; its paths are those of its documentation.',
    'GitHub answers with the scopes granted, merged with those of an earlier authorization of the same app.',
  ],
})

const RFC_ERRORS: Readonly<Record<string, string>> = {
  bad_verification_code: 'invalid_grant',
  redirect_uri_mismatch: 'invalid_grant',
  incorrect_client_credentials: 'invalid_client',
}

/**
 * GitHub answers a failed exchange with 200 and its own error codes where RFC 6749 section 5.2 asks for 400 and the
 * registered ones, and separates granted scopes with commas where section 3.3 asks for spaces.
 * https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 */
function readErrorsInsideOk({ status, body }: { status: number; body: JsonObject }) {
  const error = body['error']
  if (typeof error === 'string') {
    return { status: status === 200 ? 400 : status, body: { ...body, error: RFC_ERRORS[error] ?? error } }
  }
  const scope = body['scope']
  return { status, body: typeof scope === 'string' ? { ...body, scope: scope.replaceAll(',', ' ') } : body }
}

/** https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api */
function apiRootOf(name: string): string {
  return name === 'github.com' || name.endsWith('.ghe.com') ? `api.${name}` : `${name}/api/v3`
}

function readHost(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:443$/, '')
}
