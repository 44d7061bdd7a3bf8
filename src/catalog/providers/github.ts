import { defineProvider, type JsonObject, readText } from '../define.ts'

export default defineProvider({
  id: 'github',
  name: 'GitHub',
  category: 'Engineering & DevOps',
  summary: 'Read and write repositories, issues, pull requests and commits.',
  aliases: ['git', 'repository', 'pull request', 'octocat'],
  family: 'github',
  hosts: ['api.github.com', 'github.com', 'uploads.github.com'],
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
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with GitHub',
      authorization_endpoint: 'https://github.com/login/oauth/authorize',
      token_endpoint: 'https://github.com/login/oauth/access_token',
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
    base_url: 'https://api.github.com',
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
  account: ({ body }) => {
    const email = readText(body, 'email')
    const avatar = readText(body, 'avatar_url')
    return {
      id: readText(body, 'id') ?? '',
      label: `@${readText(body, 'login') ?? ''}`,
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
      'A classic OAuth App has no webhook of its own and no read-only access to private code; a GitHub App has both.',
      'GitHub Enterprise Server: override the endpoints of the integration with those of your host (API below /api/v3).',
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
      url: 'https://api.github.com/applications/{client_id}/grant',
      authorization: 'client',
      json: { access_token: '{access_token}' },
      gone: [{ status: [404, 422] }],
    },
    narrow: {
      method: 'DELETE',
      url: 'https://api.github.com/applications/{client_id}/token',
      authorization: 'client',
      json: { access_token: '{access_token}' },
      gone: [{ status: [404, 422] }],
    },
  },
  checked: '2026-11-21',
  doubts: [
    'REST version 2026-03-10 exists and changes answers; 2022-11-28 stays supported until March 2028 at least.',
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
