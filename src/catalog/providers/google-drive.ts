import { defineProvider } from '../define.ts'
import {
  asListed,
  describeScopes,
  google,
  googleDoubts,
  googleErrors,
  googleHosts,
  googleSetup,
  withIdentity,
} from '../families/google.ts'
import { driveResources } from '../families/google-resources.ts'

export default defineProvider({
  ...google,
  id: 'google-drive',
  name: 'Google Drive',
  category: 'Storage & Knowledge',
  summary: 'Find, read and export the files of one Google account.',
  aliases: ['gdrive', 'files', 'google docs', 'google sheets', 'google slides'],
  hosts: googleHosts('www.googleapis.com'),
  callback: 'universal',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  scopes: describeScopes('drive.readonly', 'drive.file'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists, and the identity of the account: it reads and changes nothing.',
      scopes: withIdentity('drive.readonly'),
    },
    automation: asListed('As listed by the guide for automation.', 'drive.readonly'),
    own_files: {
      label: 'Own files only',
      note: 'Only the files that were made or opened through this app; needs no security assessment.',
      scopes: withIdentity('drive.file'),
    },
  },
  api: { base_url: 'https://www.googleapis.com/drive/v3', errors: googleErrors() },
  test_calls: [
    { label: 'Whose Drive', method: 'GET', path: '/about?fields=user' },
    {
      label: 'Files',
      method: 'GET',
      path: '/files?pageSize=10&fields=files(id,name,mimeType,modifiedTime)',
    },
    {
      label: 'Documents',
      method: 'GET',
      path: '/files?q=mimeType%3D%27application%2Fvnd.google-apps.document%27&pageSize=10',
    },
  ],
  setup: googleSetup({
    apis: 'the Google Drive API',
    notes: [
      'drive.readonly is a restricted scope: a public app needs the verification of Google and a yearly security assessment. drive.file is not restricted.',
      'Where an administrator has switched Drive apps off, every call is refused with domainPolicy.',
    ],
  }),
  webhooks: {
    mode: 'none',
    note: 'The guides call Drive on demand. Drive itself can notify a channel (changes.watch), to be renewed at least every seven days.',
  },
  resources: driveResources,
  sources: [
    '@googleapis/drive 26 (npm), Google’s own client: the stand-in answers it (files and their export); November 2026.',
    'emulate 0.12 (npm): file lists answer in the same shape; compared November 2026.',
    "Google's public reference of the Drive API; read November 2026.",
  ],
  doubts: [...googleDoubts],
})
