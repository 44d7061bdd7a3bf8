/** The little of WebDAV, CalDAV and CardDAV that the sandbox's Nextcloud and iCloud speak. RFC 4918, 4791, 6352 */
import { empty, type Reply, text } from '../messages.ts'
import type { Home } from './nextcloud.ts'

type Entry = {
  href: string
  folder: boolean
  type: string
  size: number
  modified: number
  etag: string
  data?: { name: string; value: string }
  /** What a folder holds, and what it is called. */
  holds?: { kind: 'cal:calendar' | 'card:addressbook'; name: string }
  /** Properties that point elsewhere, by name. */
  links?: Readonly<Record<string, string>>
}

const escapeXml = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/')

function multistatus(entries: readonly Entry[]): Reply {
  const responses = entries.map(({ href, folder, type, size, modified, etag, data, holds, links }) => {
    const props = [
      `<d:getlastmodified>${new Date(modified).toUTCString()}</d:getlastmodified>`,
      `<d:resourcetype>${folder ? '<d:collection/>' : ''}${holds ? `<${holds.kind}/>` : ''}</d:resourcetype>`,
      `<d:getetag>&quot;${etag}&quot;</d:getetag>`,
      folder
        ? ''
        : `<d:getcontentlength>${size}</d:getcontentlength><d:getcontenttype>${type}</d:getcontenttype>`,
      `<oc:size>${size}</oc:size>`,
      data ? `<${data.name}>${escapeXml(data.value)}</${data.name}>` : '',
      holds ? `<d:displayname>${escapeXml(holds.name)}</d:displayname>` : '',
      holds?.kind === 'cal:calendar'
        ? '<cal:supported-calendar-component-set><cal:comp name="VEVENT"/></cal:supported-calendar-component-set>'
        : '',
      ...Object.entries(links ?? {}).map(
        ([name, target]) => `<${name}><d:href>${escapeXml(target)}</d:href></${name}>`,
      ),
    ]
    return `<d:response><d:href>${escapeXml(href)}</d:href><d:propstat><d:prop>${props.join('')}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
  })
  const names =
    'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:card="urn:ietf:params:xml:ns:carddav"'
  return text(207, `<?xml version="1.0"?>\n<d:multistatus ${names}>${responses.join('')}</d:multistatus>`, {
    'content-type': 'application/xml; charset=utf-8',
  })
}

export function davProblem(status: number, exception: string, message: string): Reply {
  return text(
    status,
    `<?xml version="1.0" encoding="utf-8"?>\n<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Sabre\\DAV\\Exception\\${exception}</s:exception><s:message>${escapeXml(message)}</s:message></d:error>`,
    {
      'content-type': 'application/xml; charset=utf-8',
    },
  )
}

const notFound = (path: string) => davProblem(404, 'NotFound', `File with name ${path} could not be located`)

/** Folders that exist because something lies in them count as folders too. */
function isFolder(home: Home, path: string): boolean {
  return path === '' || Object.keys(home.files).some((name) => name.startsWith(`${path.replace(/\/$/, '')}/`))
}

export function listFolder(home: Home, root: string, path: string, depth: string): Reply {
  const here = path.replace(/^\/|\/$/g, '')
  const file = home.files[here]
  const entry = (name: string, folder: boolean): Entry => {
    const found = home.files[folder ? `${name}/` : name]
    return {
      href: encodePath(`${root}${name ? `/${name}` : ''}${folder ? '/' : ''}`),
      folder,
      type: found?.type ?? '',
      size: found?.content.length ?? 0,
      modified: found?.modified ?? 0,
      etag: etagOf(name + (found?.modified ?? 0)),
    }
  }
  if (file) return multistatus([entry(here, false)])
  if (!isFolder(home, here)) return notFound(here)
  const prefix = here === '' ? '' : `${here}/`
  const inside = new Map<string, boolean>()
  for (const name of Object.keys(home.files)) {
    if (!name.startsWith(prefix) || name === prefix) continue
    const [first = '', ...rest] = name.slice(prefix.length).split('/')
    inside.set(first, (inside.get(first) ?? false) || rest.length > 0)
  }
  const children = depth === '0' ? [] : [...inside].map(([name, folder]) => entry(prefix + name, folder))
  return multistatus([entry(here, true), ...children])
}

export function searchFiles(home: Home, root: string, body: string): Reply {
  const wanted = /<(?:\w+:)?literal>%?([^<%]*)%?<\//.exec(body)?.[1]?.toLowerCase() ?? ''
  const found = Object.entries(home.files).filter(
    ([name]) => !name.endsWith('/') && (name.split('/').at(-1) ?? '').toLowerCase().includes(wanted),
  )
  return multistatus(
    found.map(([name, file]) => ({
      href: encodePath(`${root}/${name}`),
      folder: false,
      type: file.type,
      size: file.content.length,
      modified: file.modified,
      etag: etagOf(name + file.modified),
    })),
  )
}

export function readFile(home: Home, path: string): Reply {
  const file = home.files[path]
  return file
    ? text(200, file.content, { 'content-type': file.type, etag: `"${etagOf(path + file.modified)}"` })
    : notFound(path)
}

export function writeFile(
  home: Home,
  options: { path: string; content: string; type: string; now: number },
): Reply {
  const { path, content, type, now } = options
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  if (!isFolder(home, folder))
    return davProblem(409, 'Conflict', 'Files cannot be created in non-existent collections')
  const existed = home.files[path] !== undefined
  home.files[path] = { content, type, modified: now }
  return empty(existed ? 204 : 201, { etag: `"${etagOf(path + now)}"` })
}

export function removeFile(home: Home, path: string): Reply {
  const names = Object.keys(home.files).filter(
    (name) => name === path || name.startsWith(`${path.replace(/\/$/, '')}/`),
  )
  if (names.length === 0) return notFound(path)
  for (const name of names) delete home.files[name]
  return empty(204)
}

/** RFC 6764 section 6: what a client asks for on its way to the collections. */
export function describe(href: string, links: Readonly<Record<string, string>>): Reply {
  return multistatus([{ href, folder: true, type: '', size: 0, modified: 0, etag: etagOf(href), links }])
}

/** A home and the one collection in it. */
export function listHome(home: string, collection: NonNullable<Entry['holds']> & { href: string }): Reply {
  const folder = { folder: true, type: '', size: 0, modified: 0 }
  const { href, ...holds } = collection
  return multistatus([
    { ...folder, href: home, etag: etagOf(home) },
    { ...folder, href, etag: etagOf(href), holds },
  ])
}

/** A REPORT on a calendar or an address book; `time-range` and `text-match` narrow it. */
export function report(
  kind: 'events' | 'cards',
  objects: Record<string, string>,
  root: string,
  body: string,
): Reply {
  const [, from = '', to = ''] = /time-range[^>]*start="([^"]*)"[^>]*end="([^"]*)"/.exec(body) ?? []
  const wanted = /<(?:\w+:)?text-match[^>]*>([^<]*)</.exec(body)?.[1]?.toLowerCase() ?? ''
  const found = Object.entries(objects).filter(([, value]) => {
    const start = /DTSTART[^:]*:(\S+)/.exec(value)?.[1] ?? ''
    return (!from || start >= from) && (!to || start < to) && value.toLowerCase().includes(wanted)
  })
  // A multiget names what it wants.
  const named = [...body.matchAll(/<(?:\w+:)?href[^>]*>([^<]+)</g)].map(([, href = '']) =>
    href.split('/').at(-1),
  )
  const name = kind === 'events' ? 'cal:calendar-data' : 'card:address-data'
  const type = kind === 'events' ? 'text/calendar' : 'text/vcard'
  return multistatus(
    found.flatMap(([file, value]) =>
      named.length > 0 && !named.includes(encodePath(file))
        ? []
        : [
            {
              href: `${root}/${encodePath(file)}`,
              folder: false,
              type,
              size: value.length,
              modified: 0,
              etag: etagOf(value),
              data: { name, value },
            },
          ],
    ),
  )
}

export function putObject(
  objects: Record<string, string>,
  name: string,
  value: string,
  begins: string,
): Reply {
  if (!value.startsWith(begins))
    return davProblem(415, 'UnsupportedMediaType', 'Validation error: the object could not be parsed')
  const existed = objects[name] !== undefined
  objects[name] = value
  return empty(existed ? 204 : 201, { etag: `"${etagOf(value)}"` })
}

function etagOf(of: string): string {
  let hash = 5381
  for (const character of of) hash = ((hash << 5) + hash + character.charCodeAt(0)) >>> 0
  return hash.toString(16).padStart(8, '0')
}
