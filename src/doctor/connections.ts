/** Connections that do not work, or soon will not: by provider, so that an operator sees what is theirs to mend. */
import { sql } from 'kysely'
import type { Catalog } from '../catalog/catalog.ts'
import type { Db } from '../store/database.ts'
import type { Finding } from './finding.ts'

export async function examineConnections(db: Db, catalog: Catalog): Promise<Finding[]> {
  const { rows } = await sql<{
    provider: string
    status: string
    cause: string | null
    trouble: string | null
    count: string
  }>`
    select c.provider, c.status, c.status_cause as cause, v.trouble_code as trouble, count(*) as count
    from connections c
    left join credentials v on v.organization_id = c.organization_id and v.connection_id = c.id
    where c.disconnected_at is null
    group by 1, 2, 3, 4 order by 1, 5 desc`.execute(db)
  const total = rows.reduce((sum, { count }) => sum + Number(count), 0)
  const findings: Finding[] = []
  for (const [id, group] of Map.groupBy(rows, ({ provider }) => provider)) {
    const name = catalog.find(id)?.name ?? id
    const about = { area: 'connections', provider: id } as const
    const count = (of: typeof rows) => of.reduce((sum, row) => sum + Number(row.count), 0)
    const rejected = group.filter(
      ({ cause, trouble }) => cause === 'client_rejected' || trouble === 'client_rejected',
    )
    if (rejected.length > 0)
      findings.push({
        ...about,
        code: 'client_rejected',
        severity: 'error',
        what: `${name} refuses this hub's OAuth client: ${connections(count(rejected))} cannot be refreshed.`,
        why: 'They stop working when their tokens end. The grants themselves are fine.',
        remedy: `Check ${name}'s client id and secret; it may have been rotated or deleted there.`,
      })
    const broken = group.filter((row) => row.status !== 'connected' && !rejected.includes(row))
    if (broken.length > 0)
      findings.push({
        ...about,
        code: 'connections_in_trouble',
        severity: 'warning',
        what: `${name}: ${broken.map((row) => `${row.count} ${row.status}${row.cause ? ` (${row.cause})` : ''}`).join(', ')}.`,
        why: 'Whatever uses them does not work.',
        remedy: 'The page of each connection says who can mend it, and how.',
      })
    const delayed = group.filter(
      (row) => row.status === 'connected' && row.trouble && !rejected.includes(row),
    )
    if (delayed.length > 0)
      findings.push({
        ...about,
        code: 'connections_in_trouble',
        severity: 'warning',
        what: `${name}: ${connections(count(delayed))} could not be refreshed lately (${[...new Set(delayed.map(({ trouble }) => trouble))].join(', ')}) and still work.`,
        why: 'It is tried again. They stop when their tokens end.',
        remedy: 'If it lasts, look at the timeline of one of them, and at the hub’s log.',
      })
  }
  const troubled = findings.length > 0
  findings.push({
    code: 'connections',
    severity: 'ok',
    area: 'connections',
    what:
      total === 0
        ? 'Nothing is connected yet.'
        : `${connections(total)} ${total === 1 ? 'is' : 'are'} live${troubled ? '' : ', all in order'}.`,
  })
  return findings
}

const connections = (count: number) => (count === 1 ? '1 connection' : `${count} connections`)
