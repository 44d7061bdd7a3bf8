/** Reading lists of resources as their declarations say: the next request, and what an item is. No I/O. */
import { type AnswerHead } from './answers.ts'
import { type ApiRequest, at, type Json, type JsonObject } from './define.ts'
import { isJsonObject, type Values } from './fill.ts'
import type { Flag, FoundResource, Needs, Paging, ResourceList } from './resource-kinds.ts'

/** What asks for one page, beside the declared request: values by parameter. Kept between pages, so plain JSON. */
export type PageParameters = Readonly<Record<string, string>>

/** Names and texts of a provider are kept this long at most. */
const LONGEST = { id: 500, name: 300, description: 500, url: 2000 } as const

/** The scopes that are missing; of alternatives the first is named. */
export function lacking(needs: Needs | undefined, granted: readonly string[]): string[] {
  return (needs ?? []).flatMap((need) => {
    const enough = [need].flat()
    return enough.some((scope) => granted.includes(scope)) ? [] : [enough[0] as string]
  })
}

/** The request for one page: the declared one with the size and what the page before it told, and its braces' values. */
export function requestPage(
  request: ApiRequest,
  pages: Paging | undefined,
  next: PageParameters | undefined,
  size = pages?.size?.value,
): { request: ApiRequest; values: Values } {
  if (!pages) return { request, values: {} }
  if (next && pages.by === 'cursor' && pages.onward)
    return { request: pages.onward, values: { cursor: next[pages.parameter] ?? '' } }
  const first: PageParameters =
    pages.by === 'page'
      ? { [pages.parameter]: String(pages.first) }
      : pages.by === 'offset'
        ? { [pages.parameter]: '0' }
        : {}
  const sized: PageParameters = pages.size && size ? { [pages.size.parameter]: String(size) } : {}
  return putParameters(request, { ...sized, ...(next ?? first) }, numbersOf(pages))
}

/** Parameters that are numbers in a JSON body. */
function numbersOf(pages: Paging): readonly string[] {
  const counted = pages.by === 'page' || pages.by === 'offset' ? [pages.parameter] : []
  return [...counted, ...(pages.size ? [pages.size.parameter] : [])]
}

/** In a body a value stands behind a brace of its own: a cursor may hold braces, which nothing should fill. */
function putParameters(
  request: ApiRequest,
  parameters: PageParameters,
  numbers: readonly string[],
): { request: ApiRequest; values: Values } {
  const entries = Object.entries(parameters)
  const values = Object.fromEntries(entries.map(([, value], index) => [`page_${index}`, value]))
  if (request.form) {
    const put = Object.fromEntries(entries.map(([name], index) => [name, `{page_${index}}`]))
    return { request: { ...request, form: { ...request.form, ...put } }, values }
  }
  if (request.json !== undefined) {
    let json = request.json
    for (const [index, [path, value]] of entries.entries())
      json = put(json, path.split('.'), numbers.includes(path) ? Number(value) : `{page_${index}}`)
    return { request: { ...request, json }, values }
  }
  const [path = '', query = ''] = request.url.split('?')
  // What the declaration wrote may hold braces, which must stay as they are; what is put in is encoded.
  const kept = query.split('&').filter((pair) => pair && !((pair.split('=')[0] ?? '') in parameters))
  const added = entries.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  const whole = [...kept, ...added].join('&')
  return { request: { ...request, url: whole ? `${path}?${whole}` : path }, values: {} }
}

function put(json: Json, [step, ...rest]: string[], value: Json): Json {
  if (step === undefined) return value
  const inside: JsonObject = isJsonObject(json) ? json : {}
  return { ...inside, [step]: put(inside[step] ?? {}, rest, value) }
}

/** What asks for the page after this one; undefined: it was the last. */
export function nextPage(
  pages: Paging | undefined,
  answer: {
    head: AnswerHead
    body: Json | undefined
    items: readonly Json[]
    asked: PageParameters | undefined
  },
  size = pages?.size?.value,
): PageParameters | undefined {
  if (!pages) return undefined
  const { head, body, items, asked } = answer
  const count = items.length
  const last = items.at(-1)
  switch (pages.by) {
    case 'link':
      return queryOf(nextLink(head))
    case 'next_url':
      return queryOf(textAt(body, pages.at))
    case 'cursor': {
      if (pages.more !== undefined && !isSet(body, pages.more)) return undefined
      const cursor = textAt(body, pages.at)
      // A page that names itself as the next one would never end.
      return cursor && cursor !== asked?.[pages.parameter] ? { [pages.parameter]: cursor } : undefined
    }
    case 'last': {
      const id = last === undefined ? undefined : textAt(last, pages.at)
      const over = count < (size ?? 1) || !id || id === asked?.[pages.parameter]
      return over ? undefined : { [pages.parameter]: id }
    }
    case 'page': {
      const page = Number(asked?.[pages.parameter] ?? pages.first)
      const all = pages.pages === undefined ? Number.NaN : Number(at(body, pages.pages))
      const over = Number.isFinite(all) ? page - pages.first + 1 >= all : count < (size ?? 1)
      return count === 0 || over ? undefined : { [pages.parameter]: String(page + 1) }
    }
    case 'offset': {
      const begin = Number(asked?.[pages.parameter] ?? 0)
      const total = pages.total === undefined ? Number.NaN : Number(at(body, pages.total))
      const over =
        pages.last !== undefined
          ? at(body, pages.last) === true
          : Number.isFinite(total)
            ? begin + count >= total
            : count < (size ?? 1)
      return count === 0 || over ? undefined : { [pages.parameter]: String(begin + count) }
    }
  }
}

/** RFC 8288. */
function nextLink({ headers }: AnswerHead): string | undefined {
  for (const link of [headers['link']].flat()) {
    const found = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')
    if (found) return found[1]
  }
  return undefined
}

/** The query alone: where the next page is asked for is decided here, not by the answer. */
function queryOf(address: string | undefined): PageParameters | undefined {
  const query = address?.split('#')[0]?.split('?')[1]
  // Some providers write the credential into the address of the next page; a call brings its own.
  const parameters = Object.fromEntries(
    [...new URLSearchParams(query ?? '')].filter(([name]) => name !== 'access_token'),
  )
  return Object.keys(parameters).length > 0 ? parameters : undefined
}

/** The items of an answer; undefined where there is no array at the declared place. */
export function readItems(
  { items, sparse, readItems: read }: Pick<ResourceList, 'items' | 'sparse' | 'readItems'>,
  answer: { body: Json | undefined; text: string },
): readonly Json[] | undefined {
  if (read) return read(answer)
  const found = items === undefined ? answer.body : at(answer.body, items)
  if (found === undefined && sparse) return []
  return Array.isArray(found) ? found : undefined
}

/** One item as it is kept; undefined: it is none. `parameters` fill braces. */
export function readResource(
  list: Pick<ResourceList, 'fields' | 'only' | 'refine'>,
  item: Json,
  parameters: Values,
): FoundResource | undefined {
  const { fields, only, refine } = list
  if (only !== undefined && !isSet(item, only)) return undefined
  const text = (spec: string | readonly string[] | undefined) => textOf(item, spec, parameters)?.trim()
  const id = text(fields.id)
  if (!id || id.length > LONGEST.id) return undefined
  const name = text(fields.name) || id
  const description = text(fields.description)
  const url = addressOf(fields.url, item, parameters)
  const reason = fields.unreadable?.find(({ when }) => isSet(item, when))?.reason
  const found: FoundResource = {
    id,
    name: name.slice(0, LONGEST.name),
    ...(description && { description: description.slice(0, LONGEST.description) }),
    ...(url && { url }),
    ...(fields.private !== undefined && { private: isSet(item, fields.private) }),
    ...(fields.archived !== undefined && { archived: isSet(item, fields.archived) }),
    ...(fields.member !== undefined && { member: isSet(item, fields.member) }),
    ...(reason && { unreadable: reason }),
  }
  return refine ? refine(found, item) : found
}

/** Names with dots in them (`@odata.nextLink`, `.tag`) come before paths. */
function lookup(json: Json | undefined, path: string): Json | undefined {
  return isJsonObject(json) && Object.hasOwn(json, path) ? json[path] : at(json, path)
}

function textAt(json: Json | undefined, path: string): string | undefined {
  const found = lookup(json, path)
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : undefined
}

function textOf(
  item: Json,
  spec: string | readonly string[] | undefined,
  parameters: Values,
  encode: (value: string) => string = (value) => value,
): string | undefined {
  if (typeof spec !== 'string') {
    for (const one of spec ?? []) {
      const text = textOf(item, one, parameters, encode)
      if (text) return text
    }
    return undefined
  }
  if (!spec.includes('{')) return textAt(item, spec)
  let whole = true
  const text = spec.replace(/\{([^{}]+)\}/g, (_, path: string) => {
    const own = textAt(item, path)
    // A parameter was checked against its pattern and may be a host; an item's text is whatever somebody typed.
    const value = own === undefined ? parameters[path] : encode(own)
    if (value === undefined) whole = false
    return value ?? ''
  })
  return whole ? text : undefined
}

function isSet(item: Json | undefined, flag: Flag): boolean {
  if (typeof flag === 'string') return lookup(item, flag) === true
  const found = lookup(item, flag.at)
  if ('exists' in flag) return (found !== undefined && found !== null) === flag.exists
  const values: readonly Json[] = Array.isArray(flag.equals) ? flag.equals : [flag.equals as Json]
  return values.includes(found ?? null)
}

/** Shown as a link, so nothing but http and https comes through. */
function addressOf(spec: string | undefined, item: Json, parameters: Values): string | undefined {
  const text = textOf(item, spec, parameters, encodeURIComponent)
  if (!text || text.length > LONGEST.url) return undefined
  const url = URL.parse(text)
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined
}

/** Text as it is searched: lower case, without accents and other marks. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('đ', 'd')
    .replaceAll('ı', 'i')
}
