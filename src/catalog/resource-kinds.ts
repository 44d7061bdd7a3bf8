/**
 * What of a provider a project can select: repositories, channels, boards. Data that says how they are listed, page by
 * page, and what of each is kept: its name and id, and what a person needs to recognise it. Types alone; reading is in
 * `resources.ts`.
 */
import type { ApiRequest, AuthMethod, Json, Match } from './define.ts'

/** Every entry is needed; of a list inside it one is enough. */
export type Needs = readonly (string | readonly string[])[]

export type ResourceKind = {
  /** Lower case, of one provider once: `repository`. It is part of addresses and never changes. */
  id: string
  /** As people read it, in lower case: "repository", "repositories". */
  one: string
  many: string
  /** What is worth selecting, in one sentence. */
  hint?: string
  /** Read one after the other; what is in none of them was removed at the provider. */
  lists: readonly [ResourceList, ...ResourceList[]]
  /** Asks the provider itself while the lists are not read to their end. Braces of the request: `{query}`. */
  search?: Pick<
    ResourceList,
    'needs' | 'request' | 'items' | 'sparse' | 'readItems' | 'only' | 'fields' | 'refine'
  >
  membership?: Membership
  /** Only for connections of these methods: a bot lists what a person's token does not. */
  methods?: readonly AuthMethod['kind'][]
}

export type ResourceList = {
  /** Which part of the kind it lists, where there are several: "Private channels". */
  label?: string
  needs?: Needs
  /** Read in its place where the connection lacks what it needs. */
  instead?: ResourceList
  /** Braces: parameters of the connection; `{parent}` where the list is read under each member of another. */
  request: ApiRequest
  /** Dot path to the array; absent: the answer itself. */
  items?: string
  /** An answer without any leaves the array out. */
  sparse?: true
  /** Where no path finds them: what else an answer holds. */
  readItems?: (answer: { body: Json | undefined; text: string }) => readonly Json[]
  pages?: Paging
  /** What else the answer holds is left out. */
  only?: Flag
  fields: ResourceFields
  /** The last word on one of them; undefined leaves it out. */
  refine?: (found: FoundResource, item: Json) => FoundResource | undefined
  /** The list is asked for once under each member of this one. */
  under?: ParentList
  /** Selectable without being listed: everything of the account. */
  fixed?: readonly FoundResource[]
  /** Answers that mean: there are none here (a site without boards). */
  none?: readonly Match[]
}

export type ParentList = Pick<ResourceList, 'request' | 'items' | 'sparse' | 'readItems' | 'pages'> & {
  /** Dot paths. */
  id: string
  name?: string
}

/**
 * How the next page is asked for. `parameter` is a name in the query; in a form or a JSON body, where the request has
 * one, a dot path in it.
 */
export type Paging = {
  size?: { parameter: string; value: number }
} & (
  | /** RFC 8288: the query of the link whose relation is `next`. Never its host or path. */ { by: 'link' }
  | /** The same of an address inside the answer. */ { by: 'next_url'; at: string }
  /** `onward`: the request for every page but the first, with `{cursor}`. `more`: without it the list ends. */
  | { by: 'cursor'; at: string; parameter: string; more?: Flag; onward?: ApiRequest }
  /** The last item's own id asks for those after it; a page that is not full is the last. */
  | { by: 'last'; at: string; parameter: string }
  /** `pages`: where the number of pages is told; absent: a page that is not full is the last. */
  | { by: 'page'; parameter: string; first: number; pages?: string }
  /** `last`: true there ends the list; `total`: the number of items is told there. */
  | { by: 'offset'; parameter: string; last?: string; total?: string }
)

/** A dot path whose value is true, one of the values that mean yes, or whether anything is there. */
export type Flag = string | { at: string; equals: Json | readonly Json[] } | { at: string; exists: boolean }

/**
 * Each a dot path into one item (of several the first that holds text), or text with braces: dot paths into the item,
 * `{parent}`, `{parent_name}`, parameters of the connection.
 */
export type ResourceFields = {
  id: string | readonly string[]
  name: string | readonly string[]
  description?: string | readonly string[]
  url?: string
  private?: Flag
  archived?: Flag
  /** Whether the account is in it, where it has to be. */
  member?: Flag
  /** Why nothing can be read of it. */
  unreadable?: readonly { when: Flag; reason: string }[]
}

export type FoundResource = {
  id: string
  name: string
  description?: string
  url?: string
  private?: boolean
  archived?: boolean
  member?: boolean
  unreadable?: string
}

/** Some resources are read only by an account that is in them. Braces: `{id}`, `{bot}`. */
export type Membership = {
  /** Done for public ones when they are selected; it may be repeated. */
  join: { needs?: Needs; request: ApiRequest }
  /** What a person types for private ones, and where. */
  invite: { command: string; where: string }
  /** Whether the account is in it. `absent`: answers that mean that it is not. */
  check: { request: ApiRequest; at: string; absent?: readonly Match[] }
  /** Under which name the account is invited. */
  bot: { request: ApiRequest; at: string; otherwise: string }
}
