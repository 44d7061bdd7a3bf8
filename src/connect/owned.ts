/** Connections, each with its owner's name: a person, somebody of a host application, or the organization. */
import type { Db } from '../store/database.ts'

export function selectOwned(db: Db) {
  return db
    .selectFrom('connections as c')
    .leftJoin('people as p', (join) =>
      join.on('c.owner_kind', '=', 'person').onRef('p.id', '=', 'c.owner_id'),
    )
    .leftJoin('end_users as u', (join) =>
      join
        .on('c.owner_kind', '=', 'end_user')
        .onRef('u.organization_id', '=', 'c.organization_id')
        .onRef('u.id', '=', 'c.owner_id'),
    )
    .leftJoin('organizations as o', (join) =>
      join.on('c.owner_kind', '=', 'organization').onRef('o.id', '=', 'c.owner_id'),
    )
    .select((eb) => eb.fn.coalesce('p.name', 'u.name', 'u.external_id', 'o.name').as('owner_name'))
}
