/** Confluence Cloud: pages and spaces of a site; of the first version of the API little is left. https://developer.atlassian.com/cloud/confluence/rest/v2 */
import { type Json, type JsonObject, readText } from '../../catalog/define.ts'
import { type OnSite, type Play, playAtlassian } from '../families/atlassian.ts'
import { isObject, json, type Reply, readJson } from '../messages.ts'
import { on, readString, type Route } from '../stand-in.ts'
import { jiraIds } from '../worlds/jira.ts'
import { type Comment, type Page, seedWiki, type Space, type Wiki } from '../worlds/confluence.ts'
import { parseCql, spaceOf } from '../worlds/cql.ts'

type Data = { wikis: Record<string, Wiki> }
type OnWiki = OnSite & { wiki: Wiki }

const MAX_PAGE = 250

function playConfluence({ tools, both }: Play): Route[] {
  const data = tools.load<Data>(() => ({ wikis: {} }))
  const now = () => new Date(tools.now()).toISOString()
  const inWiki = (method: string, path: string, handle: (call: OnWiki) => Reply, scope: readonly string[]) =>
    both(
      method,
      `/wiki${path}`,
      (call) => handle({ ...call, wiki: (data.wikis[call.site.cloudId] ??= seedWiki(tools.now())) }),
      scope,
    )

  function createPage({ asked, account, wiki }: OnWiki): Reply {
    const given = readJson(asked)
    const space = wiki.spaces.find(({ id }) => id === readText(given, 'spaceId'))
    const title = readString(given, 'title')
    if (!space) return fail(404, 'NOT_FOUND', 'The space does not exist.')
    if (!title) return fail(400, 'INVALID_REQUEST_PARAMETER', 'A page needs a title.')
    if (wiki.pages.some((one) => one.space === space.id && one.title === title))
      return fail(400, 'BAD_REQUEST', 'A page with this title already exists in the space.')
    const made: Page = {
      id: String(wiki.nextId++),
      space: space.id,
      parent: readText(given, 'parentId') ?? space.homepage,
      title,
      body: readBody(given['body']) ?? '',
      author: account.id,
      createdAt: now(),
      version: 1,
      updatedAt: now(),
      updatedBy: account.id,
    }
    wiki.pages.push(made)
    return json(200, page(made, 'storage'))
  }

  function updatePage(call: OnWiki, found: Page): Reply {
    const given = readJson(call.asked)
    const version = Number(readText(given, 'version.number'))
    if (version !== found.version + 1)
      return fail(
        409,
        'CONFLICT',
        `Version must be incremented on update. Current version is ${found.version}.`,
      )
    found.title = readString(given, 'title') ?? found.title
    found.body = readBody(given['body']) ?? found.body
    found.version = version
    found.updatedAt = now()
    found.updatedBy = call.account.id
    return json(200, page(found, 'storage'))
  }

  function search(call: OnWiki): Reply {
    const { query } = call.asked
    const read = parseCql(query.get('cql') ?? '', { wiki: call.wiki, now: tools.now() })
    if (!read)
      return json(400, {
        statusCode: 400,
        data: { authorized: true, valid: true, errors: [] },
        message: 'Could not parse cql',
      })
    const limit = Math.min(Number(query.get('limit') ?? 25) || 25, 100)
    const start = readCursor(query.get('cursor'))
    const found = call.wiki.pages.filter(read.matches).sort(read.order)
    const results = found.slice(start, start + limit).map((one) => hit(one, call.wiki))
    const more = start + limit < found.length
    const base = `https://${call.site.slug}.atlassian.net/wiki`
    const next = new URLSearchParams(query)
    next.set('cursor', writeCursor(start + limit))
    return json(200, {
      results,
      start,
      limit,
      size: results.length,
      totalSize: found.length,
      cqlQuery: query.get('cql') ?? '',
      searchDuration: 12,
      _links: { base, context: '/wiki', self: base, ...(more && { next: `/rest/api/search?${next}` }) },
    })
  }

  const onPage = (handle: (call: OnWiki, found: Page) => Reply) => (call: OnWiki) => {
    const found = call.wiki.pages.find(({ id }) => id === call.params['page'])
    return found
      ? handle(call, found)
      : fail(404, 'NOT_FOUND', 'The page does not exist, or may not be seen.')
  }

  const pages = ['read:page:confluence']
  const spaces = ['read:space:confluence']
  return [
    ...inWiki(
      'GET',
      '/rest/api/user/current',
      ({ account, site }) =>
        json(200, {
          type: 'known',
          accountId: account.id,
          accountType: 'atlassian',
          email: account.email,
          publicName: account.name,
          displayName: account.name,
          isExternalCollaborator: false,
          profilePicture: { path: '/wiki/aa-avatar/1', width: 48, height: 48, isDefault: false },
          _links: { base: `https://${site.slug}.atlassian.net/wiki`, context: '/wiki', self: '' },
        }),
      ['read:confluence-user'],
    ),
    ...inWiki('GET', '/rest/api/search', search, ['search:confluence']),
    ...inWiki(
      'GET',
      '/api/v2/spaces',
      (call) => {
        const keys = call.asked.query.get('keys')?.split(',')
        const found = call.wiki.spaces.filter(({ key }) => !keys || keys.includes(key))
        return paged(call, found.map(space))
      },
      spaces,
    ),
    ...inWiki(
      'GET',
      '/api/v2/spaces/:space',
      ({ wiki, params }) => {
        const found = wiki.spaces.find(({ id }) => id === params['space'])
        return found ? json(200, space(found)) : fail(404, 'NOT_FOUND', 'The space does not exist.')
      },
      spaces,
    ),
    ...inWiki('GET', '/api/v2/pages', (call) => listPages(call, call.wiki.pages), pages),
    ...inWiki(
      'GET',
      '/api/v2/spaces/:space/pages',
      (call) =>
        listPages(
          call,
          call.wiki.pages.filter((one) => one.space === call.params['space']),
        ),
      pages,
    ),
    ...inWiki('POST', '/api/v2/pages', createPage, ['write:page:confluence']),
    ...inWiki(
      'GET',
      '/api/v2/pages/:page',
      onPage(({ asked }, found) => json(200, page(found, asked.query.get('body-format')))),
      pages,
    ),
    ...inWiki('PUT', '/api/v2/pages/:page', onPage(updatePage), ['write:page:confluence']),
    ...inWiki(
      'GET',
      '/api/v2/pages/:page/children',
      onPage((call, found) =>
        paged(
          call,
          call.wiki.pages
            .filter(({ parent }) => parent === found.id)
            .map((one) => ({
              id: one.id,
              status: 'current',
              title: one.title,
              spaceId: one.space,
              childPosition: 0,
            })),
        ),
      ),
      pages,
    ),
    ...inWiki(
      'GET',
      '/api/v2/pages/:page/versions',
      onPage((call, found) =>
        paged(
          call,
          Array.from({ length: found.version }, (_, index) => ({
            number: found.version - index,
            message: '',
            minorEdit: false,
            authorId: found.updatedBy,
            createdAt: found.updatedAt,
          })),
        ),
      ),
      pages,
    ),
    ...inWiki(
      'GET',
      '/api/v2/pages/:page/footer-comments',
      onPage((call, found) =>
        paged(call, call.wiki.comments.filter((one) => one.page === found.id).map(comment)),
      ),
      ['read:comment:confluence'],
    ),
    ...inWiki(
      'POST',
      '/api/v2/footer-comments',
      ({ asked, account, wiki }) => {
        const given = readJson(asked)
        const found = wiki.pages.find(({ id }) => id === readText(given, 'pageId'))
        const body = readBody(given['body'])
        if (!found || !body)
          return fail(400, 'INVALID_REQUEST_PARAMETER', 'A comment needs a page and a body.')
        const made = { id: String(wiki.nextId++), page: found.id, author: account.id, body, createdAt: now() }
        wiki.comments.push(made)
        return json(201, comment(made))
      },
      ['write:comment:confluence'],
    ),
    // What is left of the first version for OAuth apps is named above.
    ...['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) =>
      ['content', 'content/*rest', 'space', 'space/*rest'].map((path) =>
        on(method, `/ex/confluence/:cloudId/wiki/rest/api/${path}`, () =>
          json(410, { code: 410, message: 'This deprecated endpoint has been removed.' }),
        ),
      ),
    ),
  ]
}

export default playAtlassian('confluence', playConfluence)

const fail = (status: number, code: string, title: string): Reply =>
  json(status, { errors: [{ status, code, title, detail: null }] })

const writeCursor = (start: number) => Buffer.from(`start:${start}`).toString('base64url')
const readCursor = (cursor: string | null) =>
  Number(/^start:(\d+)$/.exec(Buffer.from(cursor ?? '', 'base64url').toString())?.[1] ?? 0)

/** https://developer.atlassian.com/cloud/confluence/rest/v2/intro/#using-pagination-in-cloud */
function paged({ asked, site }: OnWiki, items: Json[]): Reply {
  const { query, path } = asked
  const limit = Math.min(Math.max(Number(query.get('limit') ?? 25) || 25, 1), MAX_PAGE)
  const start = readCursor(query.get('cursor'))
  const more = start + limit < items.length
  const rest = new URLSearchParams(query)
  rest.set('cursor', writeCursor(start + limit))
  const next = `${path.replace(/^.*(?=\/wiki\/)/, '')}?${rest}`
  return json(
    200,
    {
      results: items.slice(start, start + limit),
      _links: { base: `https://${site.slug}.atlassian.net/wiki`, ...(more && { next }) },
    },
    more ? { link: `<${next}>; rel="next"` } : {},
  )
}

function listPages(call: OnWiki, found: readonly Page[]): Reply {
  const { query } = call.asked
  const sort = query.get('sort') ?? 'id'
  const key = (one: Page) =>
    sort.endsWith('modified-date') ? one.updatedAt : sort.endsWith('created-date') ? one.createdAt : one.id
  const sign = sort.startsWith('-') ? -1 : 1
  const title = query.get('title')
  const chosen = found.filter((one) => title === null || one.title === title)
  return paged(
    call,
    [...chosen]
      .sort((a, b) => sign * key(a).localeCompare(key(b)))
      .map((one) => page(one, query.get('body-format'))),
  )
}

function space(one: Space): JsonObject {
  return {
    id: one.id,
    key: one.key,
    name: one.name,
    type: 'global',
    status: 'current',
    authorId: jiraIds.ada,
    createdAt: one.createdAt,
    homepageId: one.homepage,
    description: null,
    _links: { webui: `/spaces/${one.key}` },
  }
}

function page(one: Page, format: string | null): JsonObject {
  return {
    id: one.id,
    status: 'current',
    title: one.title,
    spaceId: one.space,
    parentId: one.parent,
    parentType: one.parent === null ? null : 'page',
    position: 0,
    authorId: one.author,
    ownerId: one.author,
    lastOwnerId: null,
    createdAt: one.createdAt,
    version: {
      createdAt: one.updatedAt,
      message: '',
      number: one.version,
      minorEdit: false,
      authorId: one.updatedBy,
    },
    body: format ? { [format]: { representation: format, value: one.body } } : {},
    _links: {
      webui: `/pages/${one.id}`,
      editui: `/pages/resumedraft.action?draftId=${one.id}`,
      tinyui: `/x/${one.id}`,
    },
  }
}

function comment(one: Comment): JsonObject {
  return {
    id: one.id,
    status: 'current',
    title: 'Re:',
    pageId: one.page,
    version: { createdAt: one.createdAt, message: '', number: 1, minorEdit: false, authorId: one.author },
    body: { storage: { representation: 'storage', value: one.body } },
    _links: { webui: `/pages/${one.page}?focusedCommentId=${one.id}` },
  }
}

/** A result of the search, in the shape of the first version. */
function hit(one: Page, wiki: Wiki): JsonObject {
  const home = spaceOf(one, wiki)
  return {
    content: {
      id: one.id,
      type: 'page',
      status: 'current',
      title: one.title,
      space: {
        id: Number(home?.id ?? 0),
        key: home?.key ?? '',
        name: home?.name ?? '',
        type: 'global',
        status: 'current',
        _expandable: {},
        _links: { webui: `/spaces/${home?.key ?? ''}`, self: '' },
      },
      version: {
        number: one.version,
        when: one.updatedAt,
        friendlyWhen: 'lately',
        message: '',
        minorEdit: false,
        by: person(one.updatedBy),
        _expandable: {},
        _links: { self: '' },
      },
      history: {
        latest: true,
        createdDate: one.createdAt,
        createdBy: person(one.author),
        _expandable: {},
        _links: { self: '' },
      },
      _expandable: {},
      _links: { webui: `/pages/${one.id}`, self: '', tinyui: `/x/${one.id}` },
    },
    title: one.title,
    excerpt: one.body.replaceAll(/<[^>]*>/g, ''),
    url: `/pages/${one.id}`,
    entityType: 'content',
    iconCssClass: 'aui-icon content-type-page',
    lastModified: one.updatedAt,
    friendlyLastModified: 'lately',
    score: 1,
    breadcrumbs: [],
  }
}

const person = (accountId: string): JsonObject => ({ type: 'known', accountId, accountType: 'atlassian' })

function readBody(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined
  const inner = Object.values(value).find(isObject)
  return readString(value, 'value') ?? (inner && readString(inner, 'value'))
}
