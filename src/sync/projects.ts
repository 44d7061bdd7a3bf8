/** Projects and who is in them. What a caller may do with one is decided here, once. */
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { HubError } from '../errors.ts'
import type { Audit } from '../identity/audit.ts'
import type { Principal } from '../identity/principal.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { Schema } from '../store/schema.ts'
import { fold } from '../catalog/resources.ts'
import type { AuditAction } from '../identity/audit-actions.ts'

export type StoredProject = Selectable<Schema['projects']>
export type ProjectRole = 'admin' | 'member'

/** A project as one caller sees it. */
export type ProjectRow = StoredProject & {
  /** The caller's own; null: they see it as an administrator of the organization, or as its server. */
  role: ProjectRole | null
  members: number
  resources: number
}

export type MemberRow = {
  person_id: string
  name: string
  email: string
  role: ProjectRole
  added_at: Date
}

export type Person = { id: string; name: string; email: string }

export type Projects = {
  list(
    principal: Principal,
    page: { limit: number; after: string | undefined; query: string | undefined },
  ): Promise<ProjectRow[]>
  /** @throws HubError `not_found`, for those the caller may not see too */
  get(principal: Principal, id: string): Promise<ProjectRow>
  /** As `get`, for callers that change its members, resources or settings. @throws HubError `insufficient_scope` */
  getForChange(principal: Principal, id: string): Promise<ProjectRow>
  create(
    principal: Principal,
    project: { name: string; description: string },
    from: Origin,
  ): Promise<ProjectRow>
  update(
    principal: Principal,
    id: string,
    change: { name?: string | undefined; description?: string | undefined },
    from: Origin,
  ): Promise<ProjectRow>
  remove(principal: Principal, id: string, from: Origin): Promise<void>
  members(principal: Principal, id: string): Promise<MemberRow[]>
  /** People of the organization who are not in the project. */
  candidates(principal: Principal, id: string, query: string | undefined): Promise<Person[]>
  setMember(
    principal: Principal,
    id: string,
    member: { person: string; role: ProjectRole },
    from: Origin,
  ): Promise<MemberRow>
  removeMember(principal: Principal, id: string, person: string, from: Origin): Promise<void>
}

/** Where a change was asked for, for the audit log. */
export type Origin = { ip: string }

/** Administrators of the organization, and its server, see and manage every project. */
export function managesAll(principal: Principal): boolean {
  return principal.role === 'admin' || (principal.kind === 'api_key' && principal.personId === null)
}

export function mayManage(principal: Principal, { role }: Pick<ProjectRow, 'role'>): boolean {
  return role === 'admin' || managesAll(principal)
}

/** Tells every open page, when the transaction commits. */
export function tellProject(db: Db, bus: Bus, organization: string, id: string): Promise<void> {
  return bus.publish(db, { topic: 'organization.changed', organization, what: 'projects', id })
}

const CANDIDATES = 20

export function createProjects(options: {
  db: Db
  bus: Bus
  audit: Pick<Audit, 'record'>
  now: () => number
}): Projects {
  const { db, bus, audit, now } = options

  const select = (principal: Principal) =>
    db
      .selectFrom('projects as p')
      .leftJoin('project_members as m', (join) =>
        join
          .onRef('m.organization_id', '=', 'p.organization_id')
          .onRef('m.project_id', '=', 'p.id')
          .on('m.person_id', '=', principal.personId ?? ''),
      )
      .selectAll('p')
      .select((eb) => [
        eb.ref('m.role').as('role'),
        eb
          .selectFrom('project_members as c')
          .select((count) => count.fn.countAll<string>().as('count'))
          .whereRef('c.organization_id', '=', 'p.organization_id')
          .whereRef('c.project_id', '=', 'p.id')
          .as('members'),
        eb
          .selectFrom('project_selections as s')
          .select((count) => count.fn.countAll<string>().as('count'))
          .whereRef('s.organization_id', '=', 'p.organization_id')
          .whereRef('s.project_id', '=', 'p.id')
          .as('resources'),
      ])
      .where('p.organization_id', '=', principal.organization)
      .$if(!managesAll(principal), (query) => query.where('m.role', 'is not', null))

  type Selected = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>
  const toRow = (row: Selected): ProjectRow => ({
    ...row,
    members: Number(row.members),
    resources: Number(row.resources),
  })

  async function get(principal: Principal, id: string): Promise<ProjectRow> {
    const row = await select(principal).where('p.id', '=', id).executeTakeFirst()
    if (!row) throw new HubError('not_found', `There is no project "${id}".`)
    return toRow(row)
  }

  async function getForChange(principal: Principal, id: string): Promise<ProjectRow> {
    const row = await get(principal, id)
    if (mayManage(principal, row)) return row
    throw new HubError(
      'insufficient_scope',
      'Only an administrator of the project may change this. Ask one of them, or an administrator of the organization.',
    )
  }

  function refuseUnlessManagesAll(principal: Principal, what: string): void {
    if (managesAll(principal)) return
    throw new HubError(
      'insufficient_scope',
      `Only an administrator of the organization may ${what} a project.`,
    )
  }

  const record = (
    principal: Principal,
    action: AuditAction,
    target: string,
    { ip }: Origin,
    detail: Record<string, unknown> = {},
  ) => audit.record({ organization: principal.organization, actor: principal.id, action, target, ip, detail })

  const memberRows = (principal: Principal, project: string) =>
    db
      .selectFrom('project_members as m')
      .innerJoin('people as p', 'p.id', 'm.person_id')
      .select(['m.person_id', 'p.name', 'p.email', 'm.role', 'm.added_at'])
      .where('m.organization_id', '=', principal.organization)
      .where('m.project_id', '=', project)

  return {
    get,
    getForChange,
    async list(principal, { limit, after, query }) {
      const rows = await select(principal)
        .$if(after !== undefined, (q) => q.where('p.id', '<', after as string))
        .$if(query !== undefined, (q) =>
          q.where((eb) =>
            eb.or([
              eb(sql<string>`lower(p.name)`, 'like', `%${likeText((query as string).toLowerCase())}%`),
              eb(sql<string>`lower(p.description)`, 'like', `%${likeText((query as string).toLowerCase())}%`),
            ]),
          ),
        )
        .orderBy('p.id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toRow)
    },
    async create(principal, { name, description }, from) {
      refuseUnlessManagesAll(principal, 'create')
      const { organization } = principal
      const id = newId('prj', now())
      const at = new Date(now())
      await bus.transaction(db, async (trx) => {
        await trx
          .insertInto('projects')
          .values({
            organization_id: organization,
            id,
            name,
            description,
            created_by: principal.id,
            created_at: at,
            updated_at: at,
          })
          .execute()
        if (principal.personId)
          await trx
            .insertInto('project_members')
            .values({
              organization_id: organization,
              project_id: id,
              person_id: principal.personId,
              role: 'admin',
              added_by: principal.id,
              added_at: at,
            })
            .execute()
        await tellProject(trx, bus, organization, id)
      })
      await record(principal, 'project.created', id, from, { name })
      return get(principal, id)
    },
    async update(principal, id, change, from) {
      const row = await getForChange(principal, id)
      const set = {
        ...(change.name !== undefined && { name: change.name }),
        ...(change.description !== undefined && { description: change.description }),
      }
      if (Object.keys(set).length === 0) return row
      await bus.transaction(db, async (trx) => {
        await trx
          .updateTable('projects')
          .set({ ...set, updated_at: new Date(now()) })
          .where('organization_id', '=', principal.organization)
          .where('id', '=', id)
          .execute()
        await tellProject(trx, bus, principal.organization, id)
      })
      await record(principal, 'project.updated', id, from, { changed: Object.keys(set) })
      return get(principal, id)
    },
    async remove(principal, id, from) {
      const row = await get(principal, id)
      refuseUnlessManagesAll(principal, 'delete')
      await bus.transaction(db, async (trx) => {
        await trx
          .deleteFrom('projects')
          .where('organization_id', '=', principal.organization)
          .where('id', '=', id)
          .execute()
        await tellProject(trx, bus, principal.organization, id)
      })
      await record(principal, 'project.deleted', id, from, { name: row.name, resources: row.resources })
    },
    async members(principal, id) {
      await get(principal, id)
      return memberRows(principal, id).orderBy('m.role').orderBy('p.name').execute()
    },
    async candidates(principal, id, query) {
      await getForChange(principal, id)
      const people = await db
        .selectFrom('memberships as o')
        .innerJoin('people as p', 'p.id', 'o.person_id')
        .leftJoin('project_members as m', (join) =>
          join
            .onRef('m.organization_id', '=', 'o.organization_id')
            .onRef('m.person_id', '=', 'o.person_id')
            .on('m.project_id', '=', id),
        )
        .select(['p.id', 'p.name', 'p.email'])
        .where('o.organization_id', '=', principal.organization)
        .where('m.person_id', 'is', null)
        .orderBy('p.name')
        .execute()
      const words = fold(query ?? '')
        .split(/\s+/)
        .filter(Boolean)
      return people
        .filter(({ name, email }) => words.every((word) => fold(`${name} ${email}`).includes(word)))
        .slice(0, CANDIDATES)
    },
    async setMember(principal, id, { person, role }, from) {
      await getForChange(principal, id)
      const { organization } = principal
      const known = await db
        .selectFrom('memberships')
        .select('person_id')
        .where('organization_id', '=', organization)
        .where('person_id', '=', person)
        .executeTakeFirst()
      if (!known)
        throw new HubError(
          'not_found',
          `There is no person "${person}" in this organization. Invite them first, then add them to the project.`,
        )
      await bus.transaction(db, async (trx) => {
        await trx
          .insertInto('project_members')
          .values({
            organization_id: organization,
            project_id: id,
            person_id: person,
            role,
            added_by: principal.id,
            added_at: new Date(now()),
          })
          .onConflict((conflict) =>
            conflict.columns(['organization_id', 'project_id', 'person_id']).doUpdateSet({ role }),
          )
          .execute()
        await tellProject(trx, bus, organization, id)
      })
      await record(principal, 'project.member_set', id, from, { person, role })
      return memberRows(principal, id).where('m.person_id', '=', person).executeTakeFirstOrThrow()
    },
    async removeMember(principal, id, person, from) {
      // Anybody may leave.
      if (person !== principal.personId) await getForChange(principal, id)
      else await get(principal, id)
      const removed = await bus.transaction(db, async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('project_members')
          .where('organization_id', '=', principal.organization)
          .where('project_id', '=', id)
          .where('person_id', '=', person)
          .executeTakeFirst()
        if (numDeletedRows > 0n) await tellProject(trx, bus, principal.organization, id)
        return numDeletedRows > 0n
      })
      if (!removed) throw new HubError('not_found', `"${person}" is not in this project.`)
      await record(principal, 'project.member_removed', id, from, { person })
    },
  }
}

/** Text inside a LIKE pattern, without its wildcards. */
export function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}
