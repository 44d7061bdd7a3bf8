/** What of Microsoft Graph a project can select. https://learn.microsoft.com/graph/paging */
import type { Needs, Paging, ResourceKind } from '../resource-kinds.ts'

function graphPages(value: number): Paging {
  return { by: 'next_url', at: '@odata.nextLink', size: { parameter: '$top', value } }
}

/** Not every list of Graph takes a size; its pages are as large as Graph makes them. */
const GRAPH_PAGES: Paging = { by: 'next_url', at: '@odata.nextLink' }

export const teamResources: readonly [ResourceKind, ResourceKind] = [
  {
    id: 'channel',
    one: 'channel',
    many: 'channels',
    hint: 'Select the channels that belong to the work: those of a project, a stand-up, an incident.',
    lists: [
      {
        needs: ['Team.ReadBasic.All', 'Channel.ReadBasic.All'],
        under: {
          request: { url: '/me/joinedTeams' },
          items: 'value',
          pages: GRAPH_PAGES,
          id: 'id',
          name: 'displayName',
        },
        request: { url: '/teams/{parent}/channels' },
        items: 'value',
        pages: GRAPH_PAGES,
        fields: {
          // A channel is asked for by its team.
          id: '{parent}/{id}',
          name: 'displayName',
          description: '{parent_name}',
          url: 'webUrl',
          private: { at: 'membershipType', equals: ['private', 'shared'] },
          archived: 'isArchived',
        },
      },
    ],
  },
  {
    id: 'team',
    one: 'team',
    many: 'teams',
    hint: 'Select whole teams where every channel counts.',
    lists: [
      {
        needs: ['Team.ReadBasic.All'],
        request: { url: '/me/joinedTeams' },
        items: 'value',
        pages: GRAPH_PAGES,
        fields: {
          id: 'id',
          name: 'displayName',
          description: 'description',
          private: { at: 'visibility', equals: 'private' },
          archived: 'isArchived',
        },
      },
    ],
  },
]

export const calendarResources: ResourceKind = {
  id: 'calendar',
  one: 'calendar',
  many: 'calendars',
  hint: 'Select the calendars whose meetings count. Titles, times and attendees are read; descriptions are not.',
  lists: [
    {
      needs: [['Calendars.ReadWrite', 'Calendars.Read']],
      request: { url: '/me/calendars?$select=id,name,owner' },
      items: 'value',
      pages: graphPages(100),
      fields: { id: 'id', name: 'name', description: 'owner.name' },
    },
  ],
}

export function folderResources(needs: Needs): ResourceKind {
  return {
    id: 'folder',
    one: 'folder',
    many: 'folders',
    hint: 'Select the folders that hold the work. Names and times of files are read, their content is not.',
    lists: [
      {
        needs,
        request: { url: '/me/drive/root/children?$select=id,name,webUrl,folder' },
        items: 'value',
        pages: graphPages(200),
        only: { at: 'folder', exists: true },
        fields: { id: 'id', name: 'name', url: 'webUrl' },
        fixed: [{ id: 'root', name: 'All files', description: 'The whole drive of the connected account' }],
      },
    ],
  }
}
