/** One page of a connection's lists: the call, what it held, and where the reading goes on. */
import { matches } from '../catalog/answers.ts'
import { type ApiRequest, type Json, readText } from '../catalog/define.ts'
import type { Values } from '../catalog/fill.ts'
import type { FoundResource, ResourceKind, ResourceList } from '../catalog/resource-kinds.ts'
import {
  lacking,
  nextPage,
  type PageParameters,
  readItems,
  readResource,
  requestPage,
} from '../catalog/resources.ts'
import { HubError } from '../errors.ts'
import type { SkippedList } from '../store/schema.ts'
import type { Access } from '../vault/access.ts'
import type { Integrations } from '../vault/integrations.ts'
import type { SourceConnection } from './sources.ts'

/** Where a reading goes on. */
export type Progress = {
  list: number
  next?: PageParameters
  /** Members of the parent list that are still to be read under. */
  parents?: { id: string; name: string }[]
  /** The next page of the parent list itself. */
  parentNext?: PageParameters
  parentsRead?: boolean
}

export type Turn = { skipped?: SkippedList; found: FoundResource[]; progress: Progress | undefined }
type Called = Awaited<ReturnType<Access['call']>>

/** @throws HubError where the answer is neither a page nor a refusal */
export type ReadPage = (
  connection: SourceConnection,
  kind: ResourceKind,
  progress: Progress,
  filling: Values,
) => Promise<Turn>

/** Members of a parent list that are read under. */
const PARENTS = 2000

export function createPageReader(options: {
  access: Pick<Access, 'call'>
  integrations: Integrations
  pageSize: number | undefined
}): ReadPage {
  const { access, integrations, pageSize } = options

  /** One call, and where it leads. */
  async function readPage(
    connection: SourceConnection,
    kind: ResourceKind,
    progress: Progress,
    filling: Values,
  ): Promise<Turn> {
    const list = listFor(kind.lists[progress.list] as ResourceList, connection)
    const nextList: Progress | undefined =
      progress.list + 1 < kind.lists.length ? { list: progress.list + 1 } : undefined
    const skip = (reason: SkippedList['reason'], scopes: string[], detail: string): Turn => ({
      skipped: { label: list.label ?? kind.many, reason, scopes, detail },
      found: [],
      progress: nextList,
    })
    const isFirst = !progress.next && !progress.parents && !progress.parentNext
    const missing = connection.granted_scopes.length > 0 ? lacking(list.needs, connection.granted_scopes) : []
    if (missing.length > 0)
      return skip('scopes', missing, `The connection does not have the permission ${missing.join(', ')}.`)
    const fixed = isFirst ? [...(list.fixed ?? [])] : []

    if (list.under && !progress.parentsRead) {
      const called = await call(connection, list.under.request, list.under.pages, progress.parentNext)
      if (matches(list.none, called.answer, called.body)) return { found: fixed, progress: nextList }
      if (isRefused(called)) return skip('refused', [], refusalOf(connection, called))
      const items = itemsOf(connection, list.under, called)
      const known = progress.parents ?? []
      const read = items.flatMap((item) => {
        const id = readText(item, list.under?.id ?? '')
        return id ? [{ id, name: readText(item, list.under?.name ?? '') ?? id }] : []
      })
      const parents = [...known, ...read].slice(0, PARENTS)
      const parentNext = nextPage(
        list.under.pages,
        { head: called.answer, body: called.body, items, asked: progress.parentNext },
        pageSize,
      )
      if (parentNext && parents.length < PARENTS)
        return { found: fixed, progress: { list: progress.list, parents, parentNext } }
      return {
        found: fixed,
        progress: parents.length > 0 ? { list: progress.list, parents, parentsRead: true } : nextList,
      }
    }

    const [parent, ...later] = progress.parents ?? []
    const nextParent: Progress | undefined =
      later.length > 0 ? { list: progress.list, parents: later, parentsRead: true } : nextList
    const inside: Values = parent ? { parent: parent.id, parent_name: parent.name } : {}
    const called = await call(connection, list.request, list.pages, progress.next, inside)
    if (matches(list.none, called.answer, called.body)) return { found: fixed, progress: nextParent }
    if (isRefused(called)) {
      // One of several that cannot be read does not hide the others.
      if (parent) return { found: [], progress: nextParent }
      return skip('refused', [], refusalOf(connection, called))
    }
    const items = itemsOf(connection, list, called)
    const next = nextPage(
      list.pages,
      { head: called.answer, body: called.body, items, asked: progress.next },
      pageSize,
    )
    const found = items.flatMap((item) => readResource(list, item, { ...filling, ...inside }) ?? [])
    return {
      found: [...fixed, ...found],
      progress: next ? { ...progress, next } : nextParent,
    }
  }

  /** @throws HubError where the answer is neither a page nor a refusal */
  async function call(
    connection: SourceConnection,
    request: ApiRequest,
    pages: ResourceList['pages'],
    next: PageParameters | undefined,
    inside: Values = {},
  ): Promise<Called> {
    const page = requestPage(request, pages, next, pageSize)
    const called = await access.call(
      { organization: connection.organization_id, id: connection.id },
      page.request,
      { values: { ...inside, ...page.values } },
    )
    const { name } = integrations.resolve(connection.provider, connection.mode).provider
    const { verdict, answer } = called
    if (verdict === 'unauthorized')
      throw new HubError(
        'connection_invalid',
        `${name} refuses the credential. Reconnect it, then read again.`,
      )
    if (verdict === 'rate_limited')
      throw new HubError('upstream_rate_limited', `${name} asked to wait before the next page.`, {
        retryAfter: Math.ceil(called.retryAfter ?? 30),
      })
    // What is not there for this account is told; what went wrong is tried again.
    if (verdict === 'failed' && ![400, 404, 410].includes(answer.status))
      throw new HubError('upstream_error', `${name} answered ${answer.status}.`)
    return called
  }

  const isRefused = ({ verdict }: Called) => verdict !== 'ok'

  function refusalOf(connection: SourceConnection, { verdict, answer }: Called): string {
    const { name } = integrations.resolve(connection.provider, connection.mode).provider
    if (verdict === 'forbidden') return `${name} does not let this account list them.`
    if (verdict === 'not_available') return `The account’s plan at ${name} does not have them.`
    return `${name} answered ${answer.status}: there is no such list for this account.`
  }

  function itemsOf(
    connection: SourceConnection,
    list: Pick<ResourceList, 'items' | 'sparse' | 'readItems'>,
    { answer, body }: Called,
  ): readonly Json[] {
    const items = readItems(list, { body, text: answer.body.toString('utf8') })
    if (items) return items
    const { name } = integrations.resolve(connection.provider, connection.mode).provider
    throw new HubError('upstream_invalid_answer', `${name} answered with something that is no list.`)
  }

  return readPage
}

/** The list, or the one that stands in for it where the connection lacks what it needs. */
function listFor(list: ResourceList, connection: SourceConnection): ResourceList {
  const isShort =
    connection.granted_scopes.length > 0 && lacking(list.needs, connection.granted_scopes).length > 0
  return isShort && list.instead ? listFor(list.instead, connection) : list
}
