import { defineProvider, readText } from '../define.ts'
import {
  asListed,
  describeScopes,
  graphApi,
  graphNotifications,
  microsoft,
  microsoftDoubts,
  microsoftSetup,
  microsoftSources,
  NO_DRIVE,
  withSignIn,
} from '../families/microsoft.ts'
import { folderResources } from '../families/microsoft-resources.ts'

export default defineProvider({
  ...microsoft('common'),
  id: 'onedrive',
  name: 'OneDrive',
  category: 'Storage & Knowledge',
  summary: 'Find, read and write the files that one Microsoft account can open.',
  aliases: ['one drive', 'sharepoint files', 'files', 'office 365 files'],
  callback: 'universal',
  env: {
    client_id: 'ONEDRIVE_CLIENT_ID',
    client_secret: 'ONEDRIVE_CLIENT_SECRET',
    fallback: [{ client_id: 'MICROSOFT_CLIENT_ID', client_secret: 'MICROSOFT_CLIENT_SECRET' }],
  },
  scopes: describeScopes('Files.ReadWrite.All', 'Files.Read.All'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Reading and writing; Files.ReadWrite.All includes Files.Read.All.',
      scopes: withSignIn('Files.ReadWrite.All'),
    },
    agent: asListed(
      'Agent',
      'As listed by the guide for agents: it reads and changes nothing.',
      'Files.Read.All',
    ),
    automation: asListed(
      'Automation',
      'As listed by the guide for automation.',
      'Files.Read.All',
      'Files.ReadWrite.All',
    ),
  },
  api: graphApi(NO_DRIVE),
  capabilities: [
    {
      id: 'drive',
      label: 'OneDrive',
      request: { url: '/me/drive?$select=id,driveType' },
      read: ({ status, body }) =>
        status === 200
          ? { value: readText(body, 'driveType') === 'personal' ? 'Personal' : 'Work or school' }
          : status === 404 || status === 400
            ? {
                value: 'None',
                warning:
                  'This account has no OneDrive yet: open OneDrive once in the browser, or ask the administrator for a licence.',
              }
            : undefined,
    },
  ],
  test_calls: [
    { label: 'Drive', method: 'GET', path: '/me/drive' },
    {
      label: 'Files at the top',
      method: 'GET',
      path: '/me/drive/root/children?$select=id,name,size,lastModifiedDateTime&$top=10',
    },
    { label: 'Files that say sprint', method: 'GET', path: "/me/drive/root/search(q='sprint')?$top=10" },
  ],
  setup: microsoftSetup({
    permissions: 'Files.ReadWrite.All',
    variables:
      'Set ONEDRIVE_CLIENT_ID and ONEDRIVE_CLIENT_SECRET. Where they are absent, MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET are used.',
    notes: [
      'The guide gives OneDrive variables of its own although its app is an ordinary registration of Entra ID.',
      'The content of a file comes from an address outside of Graph, to which Graph redirects; that address needs no token.',
    ],
  }),
  webhooks: graphNotifications('a drive', '29 days'),
  resources: [folderResources([['Files.ReadWrite.All', 'Files.Read.All']])],
  sources: [...microsoftSources],
  doubts: [...microsoftDoubts],
})
