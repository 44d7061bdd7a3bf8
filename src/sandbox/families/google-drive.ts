/** Google Drive: find, read and export files. https://developers.google.com/workspace/drive/api/reference/rest/v3 */
import { json, type Reply, text } from '../messages.ts'
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
  on('GET', '/drive/v3/files', ({ asked, account }) => listFiles(asked, world(account).files), {
    ...www,
    scope: DRIVE,
  }),
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

function withFile(
  world: Play['world'],
  { params, account }: Call,
  handle: (found: DriveFile) => Reply,
): Reply {
  const found = world(account).files.find(({ id }) => id === params['id'])
  return found ? handle(found) : problem(404, `File not found: ${params['id']}.`, 'notFound', 'NOT_FOUND')
}
