import { defineProvider, readText } from '../define.ts'
import {
  zohoEnv,
  zohoForbidden,
  zohoOAuth,
  zohoParameters,
  zohoRevocation,
  zohoSetup,
  zohoSources,
} from '../families/zoho.ts'

/** WorkDrive speaks JSON:API and refuses plain JSON on some paths. */
const ACCEPT = { Accept: 'application/vnd.api+json' }

export default defineProvider({
  id: 'zoho-workdrive',
  name: 'Zoho WorkDrive',
  category: 'Storage & Knowledge',
  summary: 'Browse, read and write files and team folders.',
  aliases: ['files', 'documents', 'drive', 'storage'],
  family: 'zoho',
  hosts: ['{accountsHost}', '{apiHost}'],
  callback: 'universal',
  env: zohoEnv,
  parameters: [
    ...zohoParameters('apiHost'),
    {
      name: 'userId',
      label: 'User id',
      pattern: '^[A-Za-z0-9]{3,80}$',
      example: '747938014',
      asked: false,
    },
    {
      name: 'teamId',
      label: 'Team id',
      pattern: '^[A-Za-z0-9]{3,80}$',
      example: 'ntvsh3c8e4d1f4b0d4e4c9d7a3e6b1f2c5d80',
      asked: false,
    },
  ],
  auth: [zohoOAuth],
  scopes: {
    'WorkDrive.workspace.ALL': { why: 'Reads and manages team folders.', access: 'write' },
    'WorkDrive.files.ALL': { why: 'Reads, writes, moves and deletes files and folders.', access: 'write' },
    'WorkDrive.users.READ': { why: 'Reads who is connected.', access: 'read' },
    'WorkDrive.team.READ': { why: 'Lists the teams of the person.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The list of the guide, and what names the account and its teams.',
      scopes: [
        'WorkDrive.workspace.ALL',
        'WorkDrive.files.ALL',
        'WorkDrive.users.READ',
        'WorkDrive.team.READ',
      ],
    },
    automation: {
      label: 'Automation',
      note: 'The list of the guide for automation, with what names the account.',
      scopes: ['WorkDrive.workspace.ALL', 'WorkDrive.files.ALL', 'WorkDrive.users.READ'],
      documented: {
        scopes: ['WorkDrive.workspace.ALL', 'WorkDrive.files.ALL'],
        reason: 'Without WorkDrive.users.READ Zoho may not say who connected.',
      },
    },
  },
  api: {
    base_url: 'https://{apiHost}/workdrive/api/v1',
    bases: {
      team: 'https://{apiHost}/workdrive/api/v1/teams/{teamId}',
      user: 'https://{apiHost}/workdrive/api/v1/users/{userId}',
    },
    headers: ACCEPT,
    errors: { forbidden: zohoForbidden },
  },
  verify: { url: '/users/me', headers: ACCEPT },
  account: ({ body }) => {
    const userId = readText(body, 'data.id')
    const teamId = readText(body, 'data.attributes.preferred_team_id')
    const email = readText(body, 'data.attributes.email_id')
    return {
      id: userId ?? '',
      label: email ?? readText(body, 'data.attributes.display_name') ?? '',
      ...(email && { email }),
      parameters: { ...(userId && { userId }), ...(teamId && { teamId }) },
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users/me' },
    { label: 'Teams', method: 'GET', path: '/teams', base: 'user' },
    { label: 'Team folders', method: 'GET', path: '/workspaces', base: 'team' },
  ],
  setup: zohoSetup({
    variables:
      'Set ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET. They serve all entries of Zoho; Zoho CRM has a redirect URI of its own, to be added beside this one.',
    prerequisites: ['A WorkDrive account, of a team for team folders.'],
    notes: [
      'The base team begins at the preferred team of the person, the base user at the person. A personal WorkDrive has no team.',
      'Lists come in pages of 50: page[limit] and page[offset].',
    ],
  }),
  revocation: zohoRevocation,
  webhooks: {
    mode: 'none',
    note: 'Webhooks of WorkDrive are set up by team administrators and are not used.',
  },
  resources: [
    {
      id: 'team_folder',
      one: 'team folder',
      many: 'team folders',
      hint: 'Select the team folders that hold the work. Names and times of files are read, their content is not.',
      lists: [
        {
          needs: [['WorkDrive.workspace.ALL', 'WorkDrive.workspace.READ']],
          request: { url: 'https://{apiHost}/workdrive/api/v1/teams/{teamId}/workspaces' },
          items: 'data',
          pages: {
            by: 'offset',
            parameter: 'page[offset]',
            size: { parameter: 'page[limit]', value: 50 },
          },
          fields: { id: 'id', name: 'attributes.name', description: 'attributes.description' },
        },
      ],
    },
  ],
  sources: zohoSources,
  checked: '2026-11-21',
  doubts: [
    'Which scope /users/me needs is not documented; a public client reports that it works without WorkDrive.users.READ.',
    'How WorkDrive words a refused token was not found; the status 401 decides.',
  ],
})
