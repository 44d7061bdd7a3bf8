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
import { forgeApp } from '../families/forge.ts'
import type { ResourceFields } from '../resource-kinds.ts'

const PROJECT: ResourceFields = {
  id: 'id',
  name: 'name',
  description: 'key',
  url: 'https://{site}.atlassian.net/browse/{key}',
  private: 'isPrivate',
  archived: 'archived',
}

export default defineProvider({
  id: 'jira',
  name: 'Jira Cloud',
  category: 'Project Management',
  summary: 'Search, read and write issues, and follow projects, boards and sprints of one site.',
  aliases: ['atlassian', 'issues', 'tickets', 'scrum', 'kanban', 'sprint'],
  advice: {
    needs: ['An Atlassian account that may use Jira on the site.'],
    limits: ['A connection sees the projects that its account sees.'],
    best: [
      'To have Confluence of the same site as well, choose the permissions Jira and Confluence: it is then verified, without signing in again.',
    ],
  },
  family: 'atlassian',
  hosts: ATLASSIAN_HOSTS,
  callback: 'universal',
  env: {
    client_id: 'JIRA_CLIENT_ID',
    client_secret: 'JIRA_CLIENT_SECRET',
    fallback: [ATLASSIAN_CLIENT],
    extra: {
      FORGE_APP_ID:
        'Id of your Forge app (ari:cloud:ecosystem::app/...), where the hub is its remote backend.',
    },
  },
  parameters: [site, cloudId],
  auth: [atlassianOauth, apiToken, forgeApp],
  scopes: {
    'read:jira-work': { why: 'Reads issues, comments, projects and filters.', access: 'read' },
    'write:jira-work': { why: 'Creates, edits and moves issues, and adds comments.', access: 'write' },
    'read:jira-user': {
      why: 'Reads the people an issue can be assigned to, and who is connected.',
      access: 'read',
    },
    'manage:jira-webhook': {
      why: 'Subscribes to changes of issues, so that events arrive at once.',
      access: 'write',
    },
    'read:board-scope:jira-software': { why: 'Lists boards.', access: 'read' },
    'read:sprint:jira-software': { why: 'Lists the sprints of a board.', access: 'read' },
    'read:project:jira': {
      why: 'Names the project a board belongs to, which listing boards requires.',
      access: 'read',
    },
    'read:page:confluence': { why: 'Reads pages of Confluence on the same site.', access: 'read' },
    'read:space:confluence': { why: 'Lists spaces of Confluence on the same site.', access: 'read' },
    'search:confluence': { why: 'Searches Confluence on the same site.', access: 'read' },
    'read:confluence-user': { why: 'Reads who is connected, as Confluence knows them.', access: 'read' },
    offline_access: offlineAccess,
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What works today: webhooks, boards and sprints need scopes that no guide lists.',
      scopes: [
        'read:jira-work',
        'write:jira-work',
        'read:jira-user',
        'manage:jira-webhook',
        'read:board-scope:jira-software',
        'read:sprint:jira-software',
        'read:project:jira',
        'offline_access',
      ],
    },
    with_confluence: {
      label: 'Jira and Confluence',
      note: 'One grant for both: Confluence of the same site is then verified, without signing in again.',
      scopes: [
        'read:jira-work',
        'write:jira-work',
        'read:jira-user',
        'manage:jira-webhook',
        'read:board-scope:jira-software',
        'read:sprint:jira-software',
        'read:project:jira',
        'read:page:confluence',
        'read:space:confluence',
        'search:confluence',
        'read:confluence-user',
        'offline_access',
      ],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents; boards, sprints and webhooks are refused with it.',
      scopes: ['read:jira-work', 'write:jira-work', 'read:jira-user', 'offline_access'],
    },
    insights: {
      label: 'Insights',
      note: 'As listed by the guide for metadata syncs, which uses Forge; without offline_access a connection lasts one hour.',
      scopes: ['read:jira-work', 'read:jira-user'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation; without offline_access a connection lasts one hour, and without read:jira-user the account cannot be named.',
      scopes: ['read:jira-work', 'write:jira-work'],
    },
  },
  api: {
    base_url: 'https://api.atlassian.com/ex/jira/{cloudId}',
    errors: { forbidden: [wrongScope] },
  },
  verify: { url: '/rest/api/3/myself' },
  account: ({ body, parameters }) =>
    readMember(body, parameters, {
      name: readText(body, 'displayName'),
      email: readText(body, 'emailAddress'),
    }),
  tenants: sitesWith('jira'),
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/rest/api/3/myself' },
    { label: 'Projects', method: 'GET', path: '/rest/api/3/project/search?maxResults=10' },
    {
      label: 'Issues changed lately',
      method: 'GET',
      path: '/rest/api/3/search/jql?jql=updated%20%3E%3D%20-30d%20ORDER%20BY%20updated%20DESC&fields=summary,status,assignee&maxResults=10',
    },
    { label: 'Boards', method: 'GET', path: '/rest/agile/1.0/board?maxResults=10' },
  ],
  setup: {
    console_url: 'https://developer.atlassian.com/console/myapps/',
    prerequisites: [
      'An Atlassian account with access to the Jira site.',
      'Where the site restricts apps: an administrator who approves it.',
    ],
    steps: [
      'Open https://developer.atlassian.com/console/myapps/ and choose Create, OAuth 2.0 integration. Name it as people shall see it.',
      'Under Permissions add the Jira API, and then the scopes shown on this page: the classic ones on its first tab, the granular ones (read:board-scope:jira-software, read:sprint:jira-software, read:project:jira) on its second.',
      'Under Authorization choose Configure beside OAuth 2.0 (3LO) and paste the redirect URI shown on this page as Callback URL.',
      'Under Distribution switch Sharing on, so that others than you can connect.',
      'Under Settings copy the Client ID and the Secret.',
      'Set JIRA_CLIENT_ID and JIRA_CLIENT_SECRET. offline_access is not listed in the console: it is asked for while connecting.',
    ],
    after: [
      'If no issues are found, check that the account may see the projects: a connection sees what its account sees.',
    ],
    notes: [...ATLASSIAN_NOTES, 'Webhooks of an app that is not shared are delivered only for its owner.'],
    revoke: removeAccess,
  },
  revocation: atlassianRevocation,
  webhooks: {
    mode: 'automatic',
    events: [
      'jira:issue_created',
      'jira:issue_updated',
      'jira:issue_deleted',
      'comment_created',
      'comment_updated',
      'comment_deleted',
      'sprint_created',
      'sprint_started',
      'sprint_closed',
      'jira:version_released',
    ],
    // https://developer.atlassian.com/cloud/jira/platform/webhooks/: a bearer token of the app's own secret.
    signature: { scheme: 'jwt-hs256', header: 'Authorization', prefix: 'Bearer ', secret: 'client_secret' },
    lifetime: 30 * 86_400,
    note: 'Made by the hub when an account connects, with manage:jira-webhook, and renewed before its 30 days are over. An app has one address for all sites: the site and the numbers in matchedWebhookIds tell which connection is meant. Five webhooks are allowed for each person, app and site. X-Atlassian-Webhook-Identifier stays the same when a delivery is repeated.',
  },
  resources: [
    {
      id: 'project',
      one: 'project',
      many: 'projects',
      hint: 'Select the projects that the team plans in. Titles, states and dates of issues are read; descriptions and comments are not.',
      lists: [
        {
          needs: ['read:jira-work'],
          request: { url: '/rest/api/3/project/search?orderBy=name' },
          items: 'values',
          pages: {
            by: 'offset',
            parameter: 'startAt',
            last: 'isLast',
            size: { parameter: 'maxResults', value: 100 },
          },
          fields: PROJECT,
        },
      ],
      search: {
        needs: ['read:jira-work'],
        request: { url: '/rest/api/3/project/search?maxResults=50&query={query}' },
        items: 'values',
        fields: PROJECT,
      },
    },
    {
      id: 'board',
      one: 'board',
      many: 'boards',
      hint: 'Select the boards whose sprints count. Without any, sprints are known from the issues alone.',
      lists: [
        {
          needs: ['read:board-scope:jira-software', 'read:project:jira'],
          request: { url: '/rest/agile/1.0/board' },
          items: 'values',
          pages: {
            by: 'offset',
            parameter: 'startAt',
            last: 'isLast',
            size: { parameter: 'maxResults', value: 50 },
          },
          fields: { id: 'id', name: 'name', description: 'location.displayName', private: 'isPrivate' },
          // A site without Jira Software has no boards at all.
          none: [{ status: 404 }],
        },
      ],
    },
  ],
  sources: [
    'https://developer.atlassian.com/cloud/jira/platform (oauth-2-3lo-apps, scopes-for-oauth-2-3LO-and-forge-apps, webhooks, rate-limiting), read in November 2026',
    'jira.js 6.2.0, a client by others that checks every answer: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    ...ATLASSIAN_DOUBTS,
    'What exactly the token of a webhook claims is known from other clients; the signature and its age are what counts.',
    'The issues of a sprint by the Agile API need two more granular scopes; the same list comes from a search with sprint = id.',
  ],
})
