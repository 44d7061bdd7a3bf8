/** The wikis of the sandbox's Atlassian sites. Not every site has one. */
import { cast, daysAgo } from '../cast.ts'
import { jiraIds, seedSites } from './jira.ts'

export type Space = { id: string; key: string; name: string; homepage: string; createdAt: string }
export type Page = {
  id: string
  space: string
  parent: string | null
  title: string
  /** Storage format. */
  body: string
  author: string
  createdAt: string
  version: number
  updatedAt: string
  updatedBy: string
}
export type Comment = { id: string; page: string; author: string; body: string; createdAt: string }
export type Wiki = { spaces: Space[]; pages: Page[]; comments: Comment[]; nextId: number }

/** The second site has Jira alone. */
const [WITH_WIKI] = seedSites(0)

export function hasConfluence(cloudId: string): boolean {
  return cloudId === WITH_WIKI?.cloudId
}

export function seedWiki(now: number): Wiki {
  const at = (days: number) => daysAgo(now, days)
  const page = (
    id: number,
    space: string,
    parent: number | null,
    title: string,
    body: string,
    days: number,
    more: Partial<Page> = {},
  ): Page => ({
    id: String(id),
    space,
    parent: parent === null ? null : String(parent),
    title,
    body: `<p>${body}</p>`,
    author: jiraIds.ada,
    createdAt: at(60),
    version: 1,
    updatedAt: at(days),
    updatedBy: jiraIds.ada,
    ...more,
  })
  const [workshop, shop] = ['98305', '98306'] as const
  return {
    spaces: [
      { id: workshop, key: 'WORK', name: 'Workshop', homepage: '131073', createdAt: at(400) },
      { id: shop, key: 'SHOP', name: 'Shop', homepage: '131080', createdAt: at(200) },
    ],
    pages: [
      page(131073, workshop, null, 'Workshop', 'Everything about tools and opening hours.', 90),
      page(131074, workshop, 131073, 'Truing a wheel', 'Begin with the hub, end with the rim.', 12, {
        author: jiraIds.chiara,
        version: 4,
        updatedBy: jiraIds.chiara,
      }),
      page(
        131075,
        workshop,
        131073,
        'Batteries of cargo bicycles',
        'Never below ten percent. See FLEET-34.',
        2,
        {
          author: jiraIds.bruno,
          version: 2,
          updatedBy: jiraIds.bruno,
        },
      ),
      page(131080, shop, null, 'Shop', 'Plans and notes.', 80),
      page(131081, shop, 131080, 'Decisions', 'The basket keeps its frame size: SHOP-118.', 1, {
        version: 7,
      }),
    ],
    comments: [
      {
        id: '229377',
        page: '131075',
        author: jiraIds.chiara,
        body: `<p>${cast.bruno.name.split(' ')[0]}, which charger?</p>`,
        createdAt: at(1),
      },
    ],
    nextId: 262_145,
  }
}
