import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'trello',
  name: 'Trello',
  category: 'Project Management',
  summary: 'Read and write boards, lists, cards and comments.',
  aliases: ['boards', 'cards', 'kanban', 'atlassian'],
  family: 'trello',
  hosts: ['api.trello.com'],
  callback: 'universal',
  env: {
    client_id: 'TRELLO_API_KEY',
    extra: { TRELLO_API_SECRET: 'Checks the signature of the events Trello sends.' },
  },
  auth: [
    {
      // Older than OAuth 2.0: the token stands behind the # of the return address, where no server sees it.
      // https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/
      kind: 'fragment',
      label: 'Sign in with Trello',
      authorization_endpoint: 'https://trello.com/1/authorize',
      authorization_params: {
        key: '{client_id}',
        name: 'Trunkline',
        scope: '{scope}',
        expiration: 'never',
        response_type: 'token',
        return_url: '{redirect_uri}',
        callback_method: 'fragment',
      },
      token_parameter: 'token',
      error_parameter: 'error',
      scope_separator: ',',
      authorization: {
        scheme: 'header',
        name: 'Authorization',
        value: 'OAuth oauth_consumer_key="{client_id}", oauth_token="{access_token}"',
      },
    },
    {
      kind: 'api_key',
      label: 'API key and token',
      fields: [
        {
          name: 'apiKey',
          label: 'API key',
          pattern: '^[0-9a-f]{32}$',
          example: '0123456789abcdef0123456789abcdef',
          required: true,
          mismatch: 'An API key is 32 digits and letters from a to f.',
        },
        {
          name: 'token',
          label: 'Token',
          pattern: '^(?:ATTA[A-Za-z0-9]{60,200}|[0-9a-f]{64})$',
          example: 'ATTA0123456789abcdef...',
          required: true,
          secret: true,
          mismatch:
            'A token begins with ATTA; older ones are 64 digits and letters from a to f. The API secret is no token.',
        },
      ],
      authorization: {
        scheme: 'header',
        name: 'Authorization',
        value: 'OAuth oauth_consumer_key="{apiKey}", oauth_token="{token}"',
      },
      instructions: [
        'Open https://trello.com/power-ups/admin, choose a Power-Up or make one, and open API key.',
        'Copy the API key. Follow the link Token beside it, allow access, and copy the token.',
        'Paste both here. The token may do whatever you may do.',
      ],
    },
  ],
  scopes: {
    read: { why: 'Reads boards, lists, cards and comments.', access: 'read' },
    write: { why: 'Creates and changes boards, lists, cards and comments.', access: 'write' },
    account: { why: 'Reads the e-mail address, and may change the profile.', access: 'write' },
  },
  scope_sets: {
    recommended: { label: 'Recommended', note: 'Reads and writes boards.', scopes: ['read', 'write'] },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['read', 'write'],
    },
    with_email: {
      label: 'With e-mail',
      note: 'Adds the e-mail address, to match people across tools.',
      scopes: ['read', 'write', 'account'],
    },
    read_only: { label: 'Read only', note: 'Reads and changes nothing.', scopes: ['read'] },
  },
  api: { base_url: 'https://api.trello.com/1' },
  verify: { url: '/members/me?fields=id,fullName,username,email,avatarUrl' },
  account: ({ body }) => {
    const email = readText(body, 'email')
    const avatar = readText(body, 'avatarUrl')
    return {
      id: readText(body, 'id') ?? '',
      label: `@${readText(body, 'username') ?? ''} (${readText(body, 'fullName') ?? ''})`,
      ...(email && { email }),
      ...(avatar && { avatar: `${avatar}/50.png` }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/members/me?fields=fullName,username,url' },
    {
      label: 'Boards',
      method: 'GET',
      path: '/members/me/boards?filter=open&fields=name,url,dateLastActivity',
    },
    { label: 'Cards I am on', method: 'GET', path: '/members/me/cards?fields=name,due,idBoard,idList' },
  ],
  setup: {
    console_url: 'https://trello.com/power-ups/admin',
    prerequisites: ['A Trello account with a workspace in which you may make a Power-Up.'],
    steps: [
      'Open https://trello.com/power-ups/admin, choose New, and fill in the name, the workspace and a contact. The connector address stays empty.',
      'Open API key and choose Generate a new API key.',
      'Under Allowed origins add the address of this hub, without a path: Trello sends people back to listed origins only.',
      'Copy the API key, and the Secret beside it.',
      'Set TRELLO_API_KEY, and TRELLO_API_SECRET where events are wanted.',
    ],
    notes: [
      'The token comes back behind the # of the address, where no server sees it: a page of the hub reads it in the browser that began the connection, and hands it in.',
      'Tokens do not end by time. Trello adds OAuth 2.0 since September 2026, with tokens that do; it is not used yet.',
      'A missing scope is answered with 401, as an ended token is: the connection is then verified, and stays connected.',
      'Limits: 300 calls in ten seconds for a key, 100 for a token, and 100 calls below /members in 15 minutes.',
    ],
    revoke: {
      url: 'https://trello.com/my/account',
      steps: [
        'In Trello open your picture, Manage account, Settings.',
        'Under Applications find Trunkline.',
        'Choose Revoke.',
      ],
    },
  },
  revocation: {
    kills: 'token',
    request: {
      method: 'DELETE',
      url: 'https://api.trello.com/1/tokens/{access_token}',
      authorization: 'token',
      gone: [{ status: [401, 404] }],
    },
  },
  webhooks: {
    mode: 'none',
    signature: {
      scheme: 'hmac-sha1',
      header: 'X-Trello-Webhook',
      encoding: 'base64',
      signed: '{body}{url}',
      secret: 'TRELLO_API_SECRET',
    },
    handshake: 'While a webhook is made its address gets a HEAD request, and has to answer 200.',
    note: 'No guide uses them. A webhook follows one board, list or card. Answering 410 removes it, and 30 days of failures switch it off.',
  },
  resources: [
    {
      id: 'board',
      one: 'board',
      many: 'boards',
      hint: 'Select the boards whose cards count.',
      lists: [
        {
          needs: ['read'],
          request: { url: '/members/me/boards?filter=all&fields=name,url,closed,prefs' },
          fields: {
            id: 'id',
            name: 'name',
            url: 'url',
            private: { at: 'prefs.permissionLevel', equals: 'private' },
            archived: 'closed',
          },
        },
      ],
    },
  ],
  sources: [
    'https://developer.atlassian.com/cloud/trello/guides/rest-api (authorization, rate-limits, webhooks), read in November 2026',
    'trello.js 2.2.0, a client by others that checks every answer: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'The endpoints and scope names of Trello’s new OAuth 2.0 could not be read; the older way, which still works, is used.',
    'How Trello words a refusal in the fragment is known from its own client only.',
  ],
})
