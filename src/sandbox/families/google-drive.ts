/** Google Drive: find, read and export files. https://developers.google.com/workspace/drive/api/reference/rest/v3 */
import type { JsonObject } from '../../catalog/define.ts'
import { type Asked, json, type Reply, text } from '../messages.ts'
import { type Call, on } from '../stand-in.ts'
import type { DriveFile } from '../worlds/google.ts'
import { file, listFiles, problem } from '../worlds/google-shapes.ts'
import { AUTH, type Play, type Product } from './google.ts'

const www = { host: 'www.googleapis.com' }
const DRIVE = [`${AUTH}drive.readonly`, `${AUTH}drive.file`]

export const drive: Product = ({ world }) => [
  on(
    'GET',
    '/drive/v3/about',
    ({ account }) =>
      json(200, {
        kind: 'drive#about',
        user: {
          kind: 'drive#user',
          displayName: account.name,
          me: true,
          permissionId: account.id.slice(-20),
          emailAddress: account.email,
        },
      }),
    { ...www, scope: DRIVE },
  ),
  on(
    'GET',
    '/drive/v3/files',
    ({ asked, account }) =>
      (asked.query.get('q') ?? '').includes(FOLDER)
        ? page(asked, 'files', FOLDERS)
        : listFiles(asked, world(account).files),
    {
      ...www,
      scope: DRIVE,
    },
  ),
  on('GET', '/drive/v3/drives', ({ asked }) => page(asked, 'drives', DRIVES), { ...www, scope: DRIVE }),
  on(
    'GET',
    '/drive/v3/files/:id',
    (call) =>
      withFile(world, call, (found) =>
        call.asked.query.get('alt') === 'media'
          ? text(200, found.text, { 'content-type': found.mimeType })
          : json(200, file(found)),
      ),
    { ...www, scope: DRIVE },
  ),
  on(
    'GET',
    '/drive/v3/files/:id/export',
    (call) =>
      withFile(world, call, (found) =>
        found.mimeType.startsWith('application/vnd.google-apps')
          ? text(200, found.text, { 'content-type': call.asked.query.get('mimeType') ?? 'text/plain' })
          : problem(
              403,
              'Export only supports Docs Editors files.',
              'fileNotExportable',
              'PERMISSION_DENIED',
            ),
      ),
    { ...www, scope: DRIVE },
  ),
]

const FOLDER = 'application/vnd.google-apps.folder'
const FOLDERS = ['Offers', 'Photos', 'Price lists', 'Repairs'].map((name, index) => ({
  kind: 'drive#file',
  id: `1FoldFernhill${index + 1}x9Qb`,
  name,
  mimeType: FOLDER,
  webViewLink: `https://drive.google.com/drive/folders/1FoldFernhill${index + 1}x9Qb`,
}))
/** The shared drives of the first organization. */
const DRIVES = ['Workshop', 'Shop and checkout', 'Fleet'].map((name, index) => ({
  kind: 'drive#drive',
  id: `0AFernhill${index + 1}Uk9PVA`,
  name,
}))

function page(asked: Asked, key: string, items: readonly JsonObject[]): Reply {
  const size = Math.min(Math.max(Number(asked.query.get('pageSize') ?? 100) || 100, 1), 1000)
  const start = Number(asked.query.get('pageToken') ?? 0) || 0
  return json(200, {
    [key]: items.slice(start, start + size),
    ...(start + size < items.length && { nextPageToken: String(start + size) }),
  })
}

function withFile(
  world: Play['world'],
  { params, account }: Call,
  handle: (found: DriveFile) => Reply,
): Reply {
  const found = world(account).files.find(({ id }) => id === params['id'])
  return found ? handle(found) : problem(404, `File not found: ${params['id']}.`, 'notFound', 'NOT_FOUND')
}
