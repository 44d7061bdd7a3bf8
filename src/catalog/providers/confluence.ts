import { defineProvider, readText } from '../define.ts'
import {
  apiToken,
  ATLASSIAN_CLIENT,
  ATLASSIAN_DOUBTS,
  ATLASSIAN_HOSTS,
  ATLASSIAN_NOTES,
  atlassianOauth,
  atlassianRevocation,
  cloudId,
  offlineAccess,
  readMember,
  removeAccess,
  site,
  sitesWith,
  wrongScope,
} from '../families/atlassian.ts'
import { confluenceAccess } from '../families/forge.ts'

export default defineProvider({
  id: 'confluence',
  name: 'Confluence Cloud',
  category: 'Storage & Knowledge',
  summary: 'Search, read and write pages and comments, and list the spaces of one site.',
  aliases: ['atlassian', 'wiki', 'pages', 'spaces', 'documentation', 'knowledge base'],
  advice: {
    needs: [
      'Jira of the same site, connected.',
      'A subscription to Confluence Cloud on that site.',
      'Where Confluence is not yet opened to the app: an administrator of the site, who does it in Atlassian’s admin console.',
    ],
  },
  family: 'atlassian',
  hosts: ATLASSIAN_HOSTS,
  callback: 'universal',
  env: {
    client_id: 'CONFLUENCE_CLIENT_ID',
    client_secret: 'CONFLUENCE_CLIENT_SECRET',
    fallback: [{ client_id: 'JIRA_CLIENT_ID', client_secret: 'JIRA_CLIENT_SECRET' }, ATLASSIAN_CLIENT],
  },
  parameters: [site, cloudId],
  auth: [confluenceAccess, atlassianOauth, apiToken],
  scopes: {
    'read:page:confluence': { why: 'Reads pages and lists those of a space.', access: 'read' },
    'write:page:confluence': { why: 'Creates pages and changes them.', access: 'write' },
    'read:space:confluence': { why: 'Lists spaces and reads their details.', access: 'read' },
    'read:comment:confluence': { why: 'Reads the comments on a page.', access: 'read' },
    'write:comment:confluence': { why: 'Adds comments to a page.', access: 'write' },
    'search:confluence': { why: 'Searches pages and spaces.', access: 'read' },
    'read:confluence-user': { why: 'Reads who is connected.', access: 'read' },
    'read:confluence-content.all': {
      why: 'Reads pages through the first version of the API, of which little is left.',
      access: 'read',
    },
    'read:confluence-content.summary': {
      why: 'Reads titles and dates of the pages that a search finds.',
      access: 'read',
    },
    'write:confluence-content': {
      why: 'Wrote pages through the first version of the API; Atlassian answers 410 Gone there.',
      access: 'write',
    },
    'read:confluence-space.summary': {
      why: 'Read spaces through the first version of the API; Atlassian answers 410 Gone there.',
      access: 'read',
    },
    offline_access: offlineAccess,
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What works today: pages, spaces and comments need scopes that no guide lists.',
      scopes: [
        'read:page:confluence',
        'write:page:confluence',
        'read:space:confluence',
        'read:comment:confluence',
        'write:comment:confluence',
        'search:confluence',
        'read:confluence-user',
        'offline_access',
      ],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents, and the scopes that pages, spaces and comments need today.',
      scopes: [
        'read:confluence-content.all',
        'write:confluence-content',
        'read:confluence-space.summary',
        'read:confluence-user',
        'search:confluence',
        'offline_access',
        'read:page:confluence',
        'write:page:confluence',
        'read:space:confluence',
        'read:comment:confluence',
        'write:comment:confluence',
      ],
      documented: {
        scopes: [
          'read:confluence-content.all',
          'write:confluence-content',
          'read:confluence-space.summary',
          'read:confluence-user',
          'search:confluence',
          'offline_access',
        ],
        reason:
          'These reach the first version of the API. Since August 2026 it answers 410 Gone to OAuth apps for everything but search and the current user.',
      },
    },
    insights: {
      label: 'Insights',
      note: 'As listed by the guide for metadata syncs, which verifies access instead of asking for it, and what naming the account and lasting longer than an hour take.',
      scopes: [
        'read:confluence-content.summary',
        'read:confluence-space.summary',
        'search:confluence',
        'read:confluence-user',
        'read:space:confluence',
        'offline_access',
      ],
      documented: {
        scopes: ['read:confluence-content.summary', 'read:confluence-space.summary', 'search:confluence'],
        reason:
          'Meant for a Forge app. On its own the list cannot name the account, ends after an hour, and lists no spaces.',
      },
    },
    read_only: {
      label: 'Read only',
      note: 'Reads and changes nothing.',
      scopes: [
        'read:page:confluence',
        'read:space:confluence',
        'read:comment:confluence',
        'search:confluence',
        'read:confluence-user',
        'offline_access',
      ],
    },
  },
  api: {
    base_url: 'https://api.atlassian.com/ex/confluence/{cloudId}',
    errors: { forbidden: [wrongScope] },
  },
  verify: { url: '/wiki/rest/api/user/current' },
  account: ({ body, parameters }) =>
    readMember(body, parameters, {
      name: readText(body, 'displayName') || readText(body, 'publicName'),
      email: readText(body, 'email'),
    }),
  tenants: sitesWith('confluence'),
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/wiki/rest/api/user/current' },
    { label: 'Spaces', method: 'GET', path: '/wiki/api/v2/spaces?limit=20' },
    {
      label: 'Pages, last changed first',
      method: 'GET',
      path: '/wiki/api/v2/pages?sort=-modified-date&limit=10',
    },
    {
      label: 'Changed in the last month',
      method: 'GET',
      path: '/wiki/rest/api/search?cql=type%3Dpage%20AND%20lastmodified%20%3E%3D%20now(%22-30d%22)&limit=10',
    },
  ],
  setup: {
    console_url: 'https://developer.atlassian.com/console/myapps/',
    prerequisites: [
      'An Atlassian account with access to Confluence on the site.',
      'Where the site restricts apps: an administrator who approves it.',
    ],
    steps: [
      'Open https://developer.atlassian.com/console/myapps/ and choose Create, OAuth 2.0 integration; or open the app that Jira uses already.',
      'Under Permissions add the Confluence API, and then the scopes shown on this page: the classic ones (search:confluence, read:confluence-user) on its first tab, the granular ones (those that end in :confluence otherwise) on its second.',
      'Under Authorization choose Configure beside OAuth 2.0 (3LO) and paste the redirect URI shown on this page as Callback URL.',
      'Under Distribution switch Sharing on, so that others than you can connect.',
      'Under Settings copy the Client ID and the Secret.',
      'Set CONFLUENCE_CLIENT_ID and CONFLUENCE_CLIENT_SECRET. Without them those of Jira are used (JIRA_CLIENT_ID and JIRA_CLIENT_SECRET, or ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET).',
    ],
    after: [
      'If no pages are found, check that the account may see the spaces: a connection sees what its account sees.',
    ],
    notes: [
      'The scopes of the guides reach the first version of the API, which answers 410 Gone to OAuth apps since August 2026, search and the current user aside. Pages, spaces and comments are reached through the second version, with granular scopes.',
      ...ATLASSIAN_NOTES,
      'An API token reaches both versions, on the site itself.',
    ],
    revoke: removeAccess,
  },
  revocation: atlassianRevocation,
  webhooks: {
    mode: 'none',
    note: 'Atlassian lets OAuth apps make none for Confluence. Changes are found by searching for what was modified since.',
  },
  resources: [
    {
      id: 'space',
      one: 'space',
      many: 'spaces',
      hint: 'Select the spaces that the team writes in. Titles, authors and times of pages are read, their content is not.',
      lists: [
        {
          needs: ['read:space:confluence'],
          request: { url: '/wiki/api/v2/spaces?status=current' },
          items: 'results',
          pages: { by: 'next_url', at: '_links.next', size: { parameter: 'limit', value: 250 } },
          fields: {
            id: 'id',
            name: 'name',
            description: 'key',
            url: 'https://{site}.atlassian.net/wiki/spaces/{key}',
            archived: { at: 'status', equals: 'archived' },
          },
          // The classic permissions reach spaces by search alone.
          instead: {
            needs: ['search:confluence'],
            request: { url: '/wiki/rest/api/search?cql=type%3Dspace' },
            items: 'results',
            pages: { by: 'next_url', at: '_links.next', size: { parameter: 'limit', value: 100 } },
            fields: {
              id: 'space.id',
              name: ['space.name', 'title'],
              description: 'space.key',
              url: 'https://{site}.atlassian.net/wiki/spaces/{space.key}',
              archived: { at: 'space.status', equals: 'archived' },
            },
          },
        },
      ],
    },
  ],
  sources: [
    'https://developer.atlassian.com/cloud/confluence (rest/v2, scopes-for-oauth-2-3LO-and-forge-apps, advanced-searching-using-cql), read in November 2026',
    'https://github.com/sooperset/mcp-atlassian, issues 1598 and 1599 of August 2026: what is gone from the gateway',
    'confluence.js 3.2.0, a client by others that checks every answer: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    ...ATLASSIAN_DOUBTS,
    'The children of a page are read with read:page:confluence; direct children of other kinds need read:hierarchical-content:confluence besides.',
  ],
})
