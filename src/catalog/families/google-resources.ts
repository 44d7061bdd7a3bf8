/** What of Google Calendar and Google Drive a project can select. https://developers.google.com/workspace */
import type { Paging, ResourceKind } from '../resource-kinds.ts'
import { googleScope } from './google.ts'

/** How the lists of Google's services go on; one that is empty is left out of the answer. */
export function googlePages(size: { parameter: string; value: number }): Paging {
  return { by: 'cursor', at: 'nextPageToken', parameter: 'pageToken', size }
}

export const calendarResources: ResourceKind = {
  id: 'calendar',
  one: 'calendar',
  many: 'calendars',
  hint: 'Select the calendars whose meetings count. Titles, times and attendees are read; descriptions are not.',
  lists: [
    {
      needs: [[googleScope('calendar'), googleScope('calendar.readonly')]],
      request: { url: 'https://www.googleapis.com/calendar/v3/users/me/calendarList' },
      items: 'items',
      sparse: true,
      pages: googlePages({ parameter: 'maxResults', value: 250 }),
      fields: { id: 'id', name: ['summaryOverride', 'summary'], description: 'description' },
    },
  ],
}

const READ = [[googleScope('drive.readonly'), googleScope('drive')]] as const
const FOLDERS =
  'https://www.googleapis.com/drive/v3/files?fields=nextPageToken,files(id,name,webViewLink)&supportsAllDrives=true&includeItemsFromAllDrives=true'
/** `mimeType = 'application/vnd.google-apps.folder' and trashed = false`. */
const IS_FOLDER = "mimeType%3D'application%2Fvnd.google-apps.folder'%20and%20trashed%3Dfalse"

export const driveResources: readonly [ResourceKind, ResourceKind] = [
  {
    id: 'drive',
    one: 'drive',
    many: 'drives',
    hint: 'Select the shared drives that hold the work. Names and times of files are read, their content is not.',
    lists: [
      {
        needs: READ,
        request: { url: 'https://www.googleapis.com/drive/v3/drives' },
        items: 'drives',
        sparse: true,
        pages: googlePages({ parameter: 'pageSize', value: 100 }),
        fields: { id: 'id', name: 'name', url: 'https://drive.google.com/drive/folders/{id}' },
        fixed: [{ id: 'root', name: 'My Drive', description: 'The files of the connected account' }],
      },
    ],
  },
  {
    id: 'folder',
    one: 'folder',
    many: 'folders',
    hint: 'Select single folders where a whole drive is too much.',
    lists: [
      {
        needs: READ,
        request: { url: `${FOLDERS}&q=${IS_FOLDER}` },
        items: 'files',
        sparse: true,
        pages: googlePages({ parameter: 'pageSize', value: 1000 }),
        fields: { id: 'id', name: 'name', url: 'webViewLink' },
      },
    ],
  },
]
