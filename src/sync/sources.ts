/** The connections that projects work with: the organization's, of providers that have something to select. */
import type { Selectable } from 'kysely'
import type { Provider } from '../catalog/define.ts'
import { lacking } from '../catalog/resources.ts'
import type { ResourceKind } from '../catalog/resource-kinds.ts'
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import type { Schema } from '../store/schema.ts'
import type { Integrations } from '../vault/integrations.ts'

export type SourceConnection = Pick<
  Selectable<Schema['connections']>,
  | 'organization_id'
  | 'id'
  | 'provider'
  | 'mode'
  | 'method'
  | 'account_id'
  | 'account_label'
  | 'label'
  | 'parameters'
  | 'granted_scopes'
  | 'status'
  | 'status_detail'
>

const COLUMNS = [
  'organization_id',
  'id',
  'provider',
  'mode',
  'method',
  'account_id',
  'account_label',
  'label',
  'parameters',
  'granted_scopes',
  'status',
  'status_detail',
] as const

/** Live ones; a person's own are nobody else's to use, and a project is more than one person. */
export function selectSources(db: Db, organization: string) {
  return db
    .selectFrom('connections')
    .select(COLUMNS)
    .where('organization_id', '=', organization)
    .where('owner_kind', '=', 'organization')
    .where('disconnected_at', 'is', null)
}

/** @throws HubError `not_found` */
export async function findSource(db: Db, organization: string, id: string): Promise<SourceConnection> {
  const row = await selectSources(db, organization).where('id', '=', id).executeTakeFirst()
  if (!row) throw new HubError('not_found', `There is no connection "${id}" of the organization.`)
  return row
}

/** The provider of a connection; undefined where the catalog does not have it any more. */
export function providerOf(integrations: Integrations, id: string): Provider | undefined {
  return integrations.find(id)?.provider
}

export function kindsOf(provider: Provider | undefined): readonly ResourceKind[] {
  return provider?.resources ?? []
}

/** Those that a connection of this method can list. */
export function kindsFor(
  provider: Provider | undefined,
  { method }: Pick<SourceConnection, 'method'>,
): readonly ResourceKind[] {
  return kindsOf(provider).filter(({ methods }) => !methods || methods.some((one) => one === method))
}

/** @throws HubError `not_found` */
export function findKind(
  provider: Provider | undefined,
  id: string,
  connection: SourceConnection,
): ResourceKind {
  const kind = kindsFor(provider, connection).find((one) => one.id === id)
  if (kind) return kind
  throw new HubError(
    'not_found',
    `${provider?.name ?? 'This provider'} has no resources of the kind "${id}".`,
  )
}

/** Scopes that a connection lacks for some list; those without scopes (a key) are asked as they are. */
export function lackingFor(
  kind: ResourceKind,
  { granted_scopes }: Pick<SourceConnection, 'granted_scopes'>,
): string[] {
  if (granted_scopes.length === 0) return []
  return [
    ...new Set(
      kind.lists.flatMap(({ needs, instead }) => {
        const missing = lacking(needs, granted_scopes)
        // Another list does as well with what there is.
        return instead && lacking(instead.needs, granted_scopes).length === 0 ? [] : missing
      }),
    ),
  ]
}
