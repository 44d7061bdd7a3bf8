/** How Notion writes down pages, blocks and databases, and how they are read. https://developers.notion.com/reference */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { isObject } from '../messages.ts'
import { readString } from '../stand-in.ts'
import type { Block, Comment, DataSource, Page } from './notion.ts'

const PLAIN: JsonObject = {
  bold: false,
  italic: false,
  strikethrough: false,
  underline: false,
  code: false,
  color: 'default',
}

export function page(one: Page, sources: readonly DataSource[]): JsonObject {
  const rich = (value: string) => [
    {
      type: 'text',
      text: { content: value, link: null },
      plain_text: value,
      href: null,
      annotations: PLAIN,
    },
  ]
  const titled = sources.find(({ id }) => id === one.parent)
  const properties: JsonObject = {
    [titled ? 'Name' : 'title']: { id: 'title', type: 'title', title: rich(one.title) },
  }
  for (const [name, value] of Object.entries(one.properties)) {
    properties[name] =
      titled?.columns[name] === 'select'
        ? { id: name, type: 'select', select: { id: value, name: value, color: 'default' } }
        : { id: name, type: 'rich_text', rich_text: rich(value) }
  }
  return {
    object: 'page',
    id: one.id,
    created_time: one.createdAt,
    last_edited_time: one.editedAt,
    created_by: { object: 'user', id: one.by },
    last_edited_by: { object: 'user', id: one.by },
    cover: null,
    icon: null,
    parent:
      one.parentKind === 'workspace'
        ? { type: 'workspace', workspace: true }
        : { type: one.parentKind, [one.parentKind]: one.parent },
    archived: one.inTrash,
    in_trash: one.inTrash,
    is_locked: false,
    properties,
    url: `https://www.notion.so/${one.title.replaceAll(' ', '-')}-${one.id.replaceAll('-', '')}`,
    public_url: null,
  }
}

export function person(one: { id: string; name: string; email: string }): JsonObject {
  return {
    object: 'user',
    id: one.id,
    type: 'person',
    name: one.name,
    avatar_url: null,
    person: { email: one.email },
  }
}

export function block(one: Block, where: Page): JsonObject {
  const rich_text = [
    {
      type: 'text',
      text: { content: one.text, link: null },
      plain_text: one.text,
      href: null,
      annotations: PLAIN,
    },
  ]
  return {
    object: 'block',
    id: one.id,
    parent: { type: 'page_id', page_id: where.id },
    created_time: where.createdAt,
    last_edited_time: where.editedAt,
    created_by: { object: 'user', id: where.by },
    last_edited_by: { object: 'user', id: where.by },
    has_children: false,
    archived: false,
    in_trash: false,
    type: one.type,
    [one.type]: { rich_text, color: 'default', ...(one.checked !== undefined && { checked: one.checked }) },
  }
}

export function comment(one: Comment): JsonObject {
  return {
    object: 'comment',
    id: one.id,
    parent: { type: 'page_id', page_id: one.page },
    discussion_id: one.id,
    created_time: one.at,
    last_edited_time: one.at,
    created_by: { object: 'user', id: one.by },
    rich_text: [
      {
        type: 'text',
        text: { content: one.text, link: null },
        plain_text: one.text,
        href: null,
        annotations: PLAIN,
      },
    ],
  }
}

export function source(one: DataSource): JsonObject {
  const properties = Object.entries(one.columns).map(([name, type]) => [
    name,
    { id: name, name, type, [type]: {} },
  ])
  return {
    object: 'data_source',
    id: one.id,
    title: [
      {
        type: 'text',
        text: { content: one.title, link: null },
        plain_text: one.title,
        href: null,
        annotations: PLAIN,
      },
    ],
    parent: { type: 'database_id', database_id: one.database },
    properties: Object.fromEntries(properties) as JsonObject,
    in_trash: false,
  }
}

export function database(one: DataSource): JsonObject {
  return {
    object: 'database',
    id: one.database,
    title: [
      {
        type: 'text',
        text: { content: one.title, link: null },
        plain_text: one.title,
        href: null,
        annotations: PLAIN,
      },
    ],
    parent: { type: 'page_id', page_id: one.parent },
    data_sources: [{ id: one.id, name: one.title }],
    in_trash: false,
  }
}

export function readRichText(value: Json | undefined): string {
  if (!Array.isArray(value)) return ''
  return value
    .map((part) =>
      isObject(part) && isObject(part['text']) ? (readString(part['text'], 'content') ?? '') : '',
    )
    .join('')
}

export function readTitle(properties: Json | undefined): string | undefined {
  if (!isObject(properties)) return undefined
  for (const value of Object.values(properties)) {
    if (isObject(value) && value['title'] !== undefined) return readRichText(value['title'])
    if (Array.isArray(value)) return readRichText(value)
  }
  return undefined
}

export function readProperties(properties: Json | undefined): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(isObject(properties) ? properties : {})) {
    if (!isObject(value)) continue
    if (isObject(value['select'])) found[name] = readString(value['select'], 'name') ?? ''
    if (value['rich_text'] !== undefined) found[name] = readRichText(value['rich_text'])
  }
  return found
}

export function readBlocks(children: Json | undefined, uuid: () => string): Block[] {
  return (Array.isArray(children) ? children : []).filter(isObject).map((child) => {
    const type =
      readString(child, 'type') ?? Object.keys(child).find((key) => isObject(child[key])) ?? 'paragraph'
    const content = child[type]
    return { id: uuid(), type, text: isObject(content) ? readRichText(content['rich_text']) : '' }
  })
}
