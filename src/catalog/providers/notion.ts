import { defineProvider, readText } from '../define.ts'
import type { ResourceFields, ResourceList } from '../resource-kinds.ts'

const DATABASE: ResourceFields = {
  id: 'id',
  name: ['title.0.plain_text'],
  url: 'url',
  archived: 'in_trash',
}
/** The title is whichever property has the type `title`; none of the others holds an array of that name. */
const PAGE: ResourceFields = {
  id: 'id',
  name: ['properties.*.title.0.plain_text'],
  url: 'url',
  archived: 'in_trash',
}

export default defineProvider({
  id: 'notion',
  name: 'Notion',
  category: 'Storage & Knowledge',
  summary: 'Search, read and write the pages and databases that were shared.',
  aliases: ['wiki', 'notes', 'pages', 'databases'],
  advice: {
    needs: ['A Notion account that may share the pages.'],
    limits: ['Only the pages chosen while authorizing are seen, with those below them.'],
    best: ['Choose the top page of each area: pages added below it later are seen as well.'],
  },
  family: 'notion',
  hosts: ['api.notion.com'],
  callback: 'native',
  env: {
    client_id: 'NOTION_CLIENT_ID',
    client_secret: 'NOTION_CLIENT_SECRET',
    extra: { NOTION_WEBHOOK_VERIFICATION_TOKEN: 'Checks the signature of the events Notion sends.' },
  },
  auth: [
    {
      kind: 'oauth2',
      label: 'Choose pages in Notion',
      authorization_endpoint: 'https://api.notion.com/v1/oauth/authorize',
      token_endpoint: 'https://api.notion.com/v1/oauth/token',
      token_endpoint_auth_method: 'client_secret_basic',
      token_request_format: 'json',
      pkce: {
        off: 'Notion documents no PKCE and ignores a challenge, so sending one would protect nothing; checked 2026-11.',
      },
      authorization_params: { owner: 'user' },
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'The answer has no expires_in: the token is refreshed when the API refuses it. A used refresh token is invalid at once.',
      },
    },
    {
      kind: 'api_key',
      label: 'Internal integration secret',
      fields: [
        {
          name: 'token',
          label: 'Internal integration secret',
          pattern: '^(?:ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{40,60})$',
          example: 'ntn_123456789...',
          required: true,
          secret: true,
          mismatch: 'The secret of an internal integration begins with ntn_ (older ones with secret_).',
        },
      ],
      authorization: { scheme: 'bearer' },
      instructions: [
        'Open https://www.notion.so/profile/integrations and create an internal integration for the workspace.',
        'Copy its secret and paste it here.',
        'In Notion open each page it should reach, choose the menu at the top right, Connections, and add the integration.',
      ],
    },
  ],
  permissions_note:
    'Notion has no scopes. While authorizing you pick the pages and databases, and everything below them is included; more can be added later in the Connections menu of a page. What the connection may do with them (read, update, insert, comment) is set once for the integration.',
  api: {
    base_url: 'https://api.notion.com/v1',
    headers: { 'Notion-Version': '2025-09-03' },
  },
  verify: { url: '/users/me' },
  account: ({ body }) => {
    const workspace = readText(body, 'bot.workspace_id') ?? ''
    const email = readText(body, 'bot.owner.user.person.email')
    // A person's grant, else the integration itself: an internal one is owned by the workspace.
    const owner = readText(body, 'bot.owner.user.id') ?? readText(body, 'id') ?? ''
    return {
      id: `${workspace}:${owner}`,
      label: readText(body, 'bot.workspace_name') ?? readText(body, 'name') ?? '',
      ...(email && { email }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users/me' },
    { label: 'People in the workspace', method: 'GET', path: '/users?page_size=10' },
    { label: 'Pages that are shared', method: 'POST', path: '/search', json: { page_size: 10 } },
  ],
  setup: {
    console_url: 'https://www.notion.so/profile/integrations',
    prerequisites: [
      'A Notion workspace where you are an owner.',
      'A web address for your company, which Notion asks for.',
    ],
    steps: [
      'Open https://www.notion.so/profile/integrations and create a new integration of type Public.',
      'Fill in the name, logo, website, privacy policy and terms: Notion shows them on the consent page.',
      'Add the redirect URI shown on this page under Redirect URIs.',
      'Under Capabilities tick reading, updating and inserting content, reading and inserting comments, and user information with e-mail addresses.',
      'Save, and copy the OAuth client ID and the OAuth client secret.',
      'Set NOTION_CLIENT_ID and NOTION_CLIENT_SECRET.',
    ],
    after: [
      'To share more pages later, open a page in Notion, its menu, Connections, and add the integration.',
    ],
    notes: [
      'Since version 2025-09-03 a database holds data sources, and it is those that are queried.',
      'Limits: about three calls a second for each connection.',
    ],
    revoke: {
      url: 'https://www.notion.so/my-connections',
      steps: [
        'In Notion open Settings, Connections.',
        'Choose the menu beside the integration.',
        'Choose Disconnect account, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'token',
    request: {
      method: 'POST',
      url: 'https://api.notion.com/v1/oauth/revoke',
      authorization: 'client',
      json: { token: '{access_token}' },
    },
  },
  webhooks: {
    mode: 'by_hand',
    events: [
      'page.created',
      'page.content_updated',
      'page.properties_updated',
      'data_source.schema_updated',
      'comment.created',
    ],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Notion-Signature',
      encoding: 'hex',
      prefix: 'sha256=',
      signed: '{body}',
      secret: 'NOTION_WEBHOOK_VERIFICATION_TOKEN',
    },
    handshake:
      'The first delivery holds a verification_token and no signature. It is typed into Notion to finish, and signs every delivery after that.',
    steps: [
      'Open the integration at https://www.notion.so/profile/integrations, Webhooks, and choose Create a subscription.',
      'Paste the webhook address of the hub, tick the events shown on this page, and create it.',
      'The hub receives the verification token: copy it, choose Verify in Notion and paste it there.',
      'Set NOTION_WEBHOOK_VERIFICATION_TOKEN to it as well.',
    ],
    note: 'No guide uses them. One subscription serves every workspace that connects through the integration; deliveries are told apart by their id.',
  },
  resources: [
    {
      id: 'database',
      one: 'database',
      many: 'databases',
      hint: 'Select the databases whose entries count. Only what was shared with the connection while authorizing is listed.',
      lists: [{ ...listBy('data_source'), fields: DATABASE }],
      search: { ...searchBy('data_source'), fields: DATABASE },
    },
    {
      id: 'page',
      one: 'page',
      many: 'pages',
      hint: 'Select pages that hold the work. Only what was shared with the connection while authorizing is listed.',
      lists: [{ ...listBy('page'), fields: PAGE }],
      search: { ...searchBy('page'), fields: PAGE },
    },
  ],
  sources: [
    'https://developers.notion.com (authorization, versioning, webhooks), read in November 2026',
    '@notionhq/client 5.26.0, the vendor’s client: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'The lifetime of access and refresh tokens is not published.',
    'Version 2026-03-11 is the newest (archived became in_trash); 2025-09-03 is sent.',
  ],
})

type Listed = 'data_source' | 'page'

/** What was shared with the connection, through the search: Notion has no other list. */
function listBy(object: Listed): Omit<ResourceList, 'fields'> {
  return {
    request: { method: 'POST', url: '/search', json: { filter: { property: 'object', value: object } } },
    items: 'results',
    pages: {
      by: 'cursor',
      at: 'next_cursor',
      more: 'has_more',
      parameter: 'start_cursor',
      size: { parameter: 'page_size', value: 100 },
    },
  }
}

function searchBy(object: Listed): Omit<ResourceList, 'fields'> {
  return {
    request: {
      method: 'POST',
      url: '/search',
      json: { query: '{query}', page_size: 50, filter: { property: 'object', value: object } },
    },
    items: 'results',
  }
}
