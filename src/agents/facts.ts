/**
 * What availability is judged by, held for each person until any of it changes: one query for connections, one for
 * switches and rules. Every replica hears of changes on the bus and forgets at once; while it cannot hear, it holds
 * nothing.
 */
import { sql } from 'kysely'
import type { Bus, BusMessage } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import type { HeldConnection } from './choose.ts'
import { type AccessRule, type Facts, type Holder, type Subject, switchKey } from './judge.ts'

export type FactsReader = {
  of(subject: Pick<Subject, 'organization' | 'person'>): Promise<Facts>
  close(): void
}

type Place = { organization: string; person: string | null }
type Held = Place & { facts: Promise<Facts> }

/** A few kilobytes each. */
const LIMIT = 5_000

export function createFactsReader(options: { db: Db; bus: Bus; cache: boolean }): FactsReader {
  const { db, bus, cache } = options
  /** In the order of use; those that are being read are among them, so that a change reaches them too. */
  const held = new Map<string, Held>()

  function forget(matches: (place: Place) => boolean): void {
    for (const [key, place] of held) if (matches(place)) held.delete(key)
  }

  const unsubscribe = bus.subscribe((message) => {
    const changed = placesOf(message)
    if (changed) forget(changed)
  })
  const unsubscribeGap = bus.onGap(() => held.clear())

  async function read(place: Place): Promise<Facts> {
    const [connections, rules] = await Promise.all([readConnections(db, place), readRules(db, place)])
    return { connections, ...rules }
  }

  return {
    async of({ organization, person }) {
      const place = { organization, person }
      if (!cache || !bus.listening) return read(place)
      const key = `${organization} ${person ?? ''}`
      const known = held.get(key)
      if (known) {
        held.delete(key)
        held.set(key, known)
        return known.facts
      }
      const facts = read(place)
      const entry = { ...place, facts }
      held.set(key, entry)
      const oldest = held.size > LIMIT ? held.keys().next().value : undefined
      if (oldest !== undefined) held.delete(oldest)
      try {
        return await facts
      } catch (error) {
        if (held.get(key) === entry) held.delete(key)
        throw error
      }
    },
    close() {
      unsubscribe()
      unsubscribeGap()
      held.clear()
    },
  }
}

/** Whose facts a message makes old; undefined: nobody's. */
function placesOf(message: BusMessage): ((place: Place) => boolean) | undefined {
  const { topic } = message
  if (topic === 'organization.changed') return ({ organization }) => organization === message.organization
  if (topic !== 'connection.changed' && topic !== 'connection.deleted') return undefined
  return ({ organization, person }) =>
    organization === message.organization && (message.owner === organization || message.owner === person)
}

function readConnections(db: Db, { organization, person }: Place): Promise<HeldConnection[]> {
  return db
    .selectFrom('connections as c')
    .leftJoin('connections as l', (join) =>
      join.onRef('l.organization_id', '=', 'c.organization_id').onRef('l.id', '=', 'c.lender_id'),
    )
    .select([
      'c.id',
      'c.provider',
      'c.method',
      'c.owner_kind',
      'c.is_default',
      'c.status',
      'c.status_cause',
      'c.status_detail',
      'c.granted_scopes',
      'l.granted_scopes as lender_scopes',
    ])
    .select((eb) => eb.fn.coalesce('c.label', 'c.account_label').as('label'))
    .where('c.organization_id', '=', organization)
    .where('c.disconnected_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('c.owner_kind', '=', 'organization'),
        ...(person === null
          ? []
          : [eb.and([eb('c.owner_kind', '=', 'person'), eb('c.owner_id', '=', person)])]),
      ]),
    )
    .orderBy('c.id')
    .execute()
}

async function readRules(
  db: Db,
  { organization, person }: Place,
): Promise<Pick<Facts, 'switches' | 'access'>> {
  const { rows } = await sql<{
    agent: string
    tool: string
    subject: string
    enabled: boolean
    roles: string[] | null
    people: string[] | null
  }>`
    select agent, tool, subject, enabled, null::text[] as roles, null::text[] as people
    from agent_switches
    where organization_id = ${organization} and subject in (${organization}, ${person ?? organization})
    union all
    select agent, '', '', true, roles, people from agent_access where organization_id = ${organization}
  `.execute(db)
  const switches = new Map<string, boolean>()
  const access = new Map<string, AccessRule>()
  for (const { agent, tool, subject, enabled, roles, people } of rows) {
    const holder: Holder = subject === organization ? 'organization' : 'me'
    if (roles && people) access.set(agent, { roles, people })
    else switches.set(switchKey(holder, agent, tool), enabled)
  }
  return { switches, access }
}
