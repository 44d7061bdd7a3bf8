/**
 * What a project selected. Kept by account, not by connection: a disconnect loses nothing, and the account connected
 * anew takes it up. Selecting may have to do something at the provider (join a channel), which may be repeated.
 */
import type { Selectable } from 'kysely'
import { matches } from '../catalog/answers.ts'
import { at as find } from '../catalog/define.ts'
import type { Membership } from '../catalog/resource-kinds.ts'
import { lacking } from '../catalog/resources.ts'
import { HubError } from '../errors.ts'
import type { Audit } from '../identity/audit.ts'
import type { Principal } from '../identity/principal.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { Schema } from '../store/schema.ts'
import type { Access } from '../vault/access.ts'
import type { Integrations } from '../vault/integrations.ts'
import { type Origin, type Projects, tellProject } from './projects.ts'
import { inviteCommand } from './reading.ts'
import {
  findKind,
  findSource,
  kindsFor,
  kindsOf,
  lackingFor,
  providerOf,
  selectSources,
  type SourceConnection,
} from './sources.ts'

export type StoredSelection = Selectable<Schema['project_selections']>

export type SelectionRow = StoredSelection & {
  /** Live connection to the account; null: it is disconnected. */
  connection_id: string | null
  archived: boolean
  unreadable: string | null
  gone_at: Date | null
  /** What to type where the account has to be invited first. */
  invite: { command: string; where: string } | null
}

/** An account that the project works with, or worked with. */
export type SourceRow = {
  provider: string
  mode: 'live' | 'sandbox'
  account: { id: string; label: string }
  connection: SourceConnection | null
  kinds: { id: string; one: string; many: string; hint: string | null; selected: number; missing: string[] }[]
  selected: number
}

export type Selections = {
  sources(principal: Principal, project: string): Promise<SourceRow[]>
  list(principal: Principal, project: string): Promise<SelectionRow[]>
  select(
    principal: Principal,
    project: string,
    chosen: { connection: string; kind: string; ids: readonly string[] },
    from: Origin,
  ): Promise<SelectionRow[]>
  deselect(principal: Principal, project: string, ids: readonly string[], from: Origin): Promise<void>
  /** Looks at the provider whether the account is in it by now. */
  check(principal: Principal, project: string, id: string, from: Origin): Promise<SelectionRow>
}

type Access3 = Pick<StoredSelection, 'access' | 'access_detail'>
const READY: Access3 = { access: 'ready', access_detail: null }

export function createSelections(options: {
  database: Database
  bus: Bus
  access: Pick<Access, 'call'>
  audit: Pick<Audit, 'record'>
  projects: Projects
  integrations: Integrations
  now: () => number
}): Selections {
  const { bus, access, audit, projects, integrations, now } = options
  const { db } = options.database

  function selectRows(organization: string, project: string) {
    return db
      .selectFrom('project_selections as s')
      .leftJoin('connections as c', (join) =>
        join
          .onRef('c.organization_id', '=', 's.organization_id')
          .onRef('c.provider', '=', 's.provider')
          .onRef('c.mode', '=', 's.mode')
          .onRef('c.account_id', '=', 's.account_id')
          .on('c.owner_kind', '=', 'organization')
          .on('c.disconnected_at', 'is', null),
      )
      .leftJoin('resources as r', (join) =>
        join
          .onRef('r.organization_id', '=', 's.organization_id')
          .onRef('r.connection_id', '=', 'c.id')
          .onRef('r.kind', '=', 's.kind')
          .onRef('r.external_id', '=', 's.external_id'),
      )
      .leftJoin('resource_readings as g', (join) =>
        join
          .onRef('g.organization_id', '=', 's.organization_id')
          .onRef('g.connection_id', '=', 'c.id')
          .onRef('g.kind', '=', 's.kind'),
      )
      .selectAll('s')
      .select(['c.id as connection_id', 'r.archived', 'r.unreadable', 'r.gone_at', 'g.bot'])
      .where('s.organization_id', '=', organization)
      .where('s.project_id', '=', project)
      .orderBy('s.provider')
      .orderBy('s.kind')
      .orderBy('s.name')
      .orderBy('s.id')
  }

  type Selected = Awaited<ReturnType<ReturnType<typeof selectRows>['executeTakeFirstOrThrow']>>
  function toRow({ bot, ...row }: Selected): SelectionRow {
    const kind = kindsOf(providerOf(integrations, row.provider)).find(({ id }) => id === row.kind)
    return {
      ...row,
      archived: row.archived ?? false,
      invite:
        row.access === 'invite' && kind?.membership
          ? { command: inviteCommand(kind.membership, bot), where: kind.membership.invite.where }
          : null,
    }
  }

  async function rowsOf(organization: string, project: string, ids: readonly string[]) {
    if (ids.length === 0) return []
    const rows = await selectRows(organization, project)
      .where('s.id', 'in', [...ids])
      .execute()
    return rows.map(toRow)
  }

  /** Whether the account can read it: joins where it may, says what to type where it has to be invited. */
  async function settle(
    connection: SourceConnection,
    membership: Membership | undefined,
    resource: { id: string; private: boolean; member: boolean | null },
  ): Promise<Access3> {
    if (!membership || resource.member === true) return READY
    const target = { organization: connection.organization_id, id: connection.id }
    const { name } = integrations.resolve(connection.provider, connection.mode).provider
    if (resource.private) return { access: 'invite', access_detail: `${name} lets nobody in uninvited.` }
    const missing =
      connection.granted_scopes.length > 0 ? lacking(membership.join.needs, connection.granted_scopes) : []
    if (missing.length > 0)
      return {
        access: 'failed',
        access_detail: `The connection does not have the permission ${missing.join(', ')}, which joining needs.`,
      }
    try {
      const { verdict, answer } = await access.call(target, membership.join.request, {
        values: { id: resource.id },
      })
      if (verdict === 'ok') return READY
      return {
        access: 'failed',
        access_detail:
          verdict === 'rate_limited'
            ? `${name} asks to wait. Check again in a minute.`
            : `${name} did not let the account in (${answer.status}). It may have been archived or made private.`,
      }
    } catch (error) {
      if (error instanceof HubError) return { access: 'failed', access_detail: error.detail }
      throw error
    }
  }

  async function setAccess(trx: Db, row: StoredSelection, next: Access3): Promise<void> {
    await trx
      .updateTable('project_selections')
      .set(next)
      .where('organization_id', '=', row.organization_id)
      .where('project_id', '=', row.project_id)
      .where('id', '=', row.id)
      .execute()
    await tellProject(trx, bus, row.organization_id, row.project_id)
  }

  const noteMember = (connection: SourceConnection, kind: string, ids: readonly string[]) =>
    db
      .updateTable('resources')
      .set({ member: true })
      .where('organization_id', '=', connection.organization_id)
      .where('connection_id', '=', connection.id)
      .where('kind', '=', kind)
      .where('external_id', 'in', [...ids])
      .execute()

  return {
    async list(principal, project) {
      await projects.get(principal, project)
      return (await selectRows(principal.organization, project).execute()).map(toRow)
    },
    async sources(principal, project) {
      await projects.get(principal, project)
      const { organization } = principal
      const [connections, counted] = await Promise.all([
        selectSources(db, organization).orderBy('provider').orderBy('id').execute(),
        db
          .selectFrom('project_selections')
          .select(['provider', 'mode', 'account_id', 'kind'])
          .select((eb) => [eb.fn.countAll<string>().as('count'), eb.fn.max('account_label').as('label')])
          .where('organization_id', '=', organization)
          .where('project_id', '=', project)
          .groupBy(['provider', 'mode', 'account_id', 'kind'])
          .execute(),
      ])
      const places = new Map<string, Omit<SourceRow, 'kinds' | 'selected'>>()
      const placeOf = (one: { provider: string; mode: string; account_id: string }) =>
        JSON.stringify([one.provider, one.mode, one.account_id])
      for (const connection of connections) {
        if (kindsFor(providerOf(integrations, connection.provider), connection).length === 0) continue
        const { provider, mode, account_id: id, label, account_label } = connection
        places.set(placeOf(connection), {
          provider,
          mode,
          account: { id, label: label ?? account_label },
          connection,
        })
      }
      for (const one of counted)
        if (!places.has(placeOf(one)))
          places.set(placeOf(one), {
            provider: one.provider,
            mode: one.mode,
            account: { id: one.account_id, label: one.label },
            connection: null,
          })
      // By what people see, so that an account keeps its place when its connection comes or goes.
      const ordered = [...places.values()].sort(
        (a, b) => a.provider.localeCompare(b.provider) || a.account.label.localeCompare(b.account.label),
      )
      return ordered.map((place) => {
        const mine = counted.filter(
          (one) => placeOf(one) === placeOf({ ...place, account_id: place.account.id }),
        )
        const provider = providerOf(integrations, place.provider)
        const declared = place.connection ? kindsFor(provider, place.connection) : kindsOf(provider)
        const kinds = declared.map((kind) => ({
          id: kind.id,
          one: kind.one,
          many: kind.many,
          hint: kind.hint ?? null,
          selected: Number(mine.find((one) => one.kind === kind.id)?.count ?? 0),
          missing: place.connection ? lackingFor(kind, place.connection) : [],
        }))
        return { ...place, kinds, selected: mine.reduce((sum, { count }) => sum + Number(count), 0) }
      })
    },
    async select(principal, project, { connection: id, kind: kindId, ids }, from) {
      await projects.getForChange(principal, project)
      const { organization } = principal
      const connection = await findSource(db, organization, id)
      const kind = findKind(providerOf(integrations, connection.provider), kindId, connection)
      const wanted = [...new Set(ids)]
      const known = await db
        .selectFrom('resources')
        .selectAll()
        .where('organization_id', '=', organization)
        .where('connection_id', '=', connection.id)
        .where('kind', '=', kind.id)
        .where('external_id', 'in', wanted)
        .execute()
      const unknown = wanted.filter((one) => !known.some(({ external_id }) => external_id === one))
      // Only what the provider listed for this account: an id that somebody made up is nobody's resource.
      if (unknown.length > 0)
        throw new HubError(
          'not_found',
          `${unknown.length === 1 ? `"${unknown[0]}" is` : `${unknown.length} of these are`} not among the ${kind.many} of this connection. Read them again, then choose.`,
        )
      const at = new Date(now())
      const made = await bus.transaction(db, async (trx) => {
        const rows = await trx
          .insertInto('project_selections')
          .values(
            known.map((one) => ({
              organization_id: organization,
              project_id: project,
              id: newId('sel', now()),
              provider: connection.provider,
              mode: connection.mode,
              account_id: connection.account_id,
              account_label: connection.label ?? connection.account_label,
              kind: kind.id,
              external_id: one.external_id,
              name: one.name,
              url: one.url,
              private: one.private,
              access: 'ready' as const,
              access_detail: null,
              selected_by: principal.id,
              selected_at: at,
            })),
          )
          .onConflict((conflict) =>
            conflict
              .columns([
                'organization_id',
                'project_id',
                'provider',
                'mode',
                'account_id',
                'kind',
                'external_id',
              ])
              // Selected before: touched, so that its row comes back.
              .doUpdateSet({ account_label: connection.label ?? connection.account_label }),
          )
          .returningAll()
          .execute()
        await tellProject(trx, bus, organization, project)
        return rows
      })
      const joined: string[] = []
      for (const row of made) {
        const resource = known.find(({ external_id }) => external_id === row.external_id)
        if (!resource) continue
        const settled = await settle(connection, kind.membership, {
          id: resource.external_id,
          private: resource.private,
          member: resource.member,
        })
        if (settled.access !== row.access || settled.access_detail !== row.access_detail)
          await bus.transaction(db, (trx) => setAccess(trx, row, settled))
        if (settled.access === 'ready' && resource.member === false) joined.push(resource.external_id)
      }
      if (joined.length > 0) await noteMember(connection, kind.id, joined)
      await audit.record({
        organization,
        actor: principal.id,
        action: 'project.resources_selected',
        target: project,
        ip: from.ip,
        detail: {
          provider: connection.provider,
          connection: connection.id,
          kind: kind.id,
          ids: wanted,
          joined,
        },
      })
      return rowsOf(
        organization,
        project,
        made.map(({ id: made }) => made),
      )
    },
    async deselect(principal, project, ids, from) {
      await projects.getForChange(principal, project)
      const { organization } = principal
      const removed = await bus.transaction(db, async (trx) => {
        const rows = await trx
          .deleteFrom('project_selections')
          .where('organization_id', '=', organization)
          .where('project_id', '=', project)
          .where('id', 'in', [...ids])
          .returning(['provider', 'kind', 'external_id'])
          .execute()
        if (rows.length > 0) await tellProject(trx, bus, organization, project)
        return rows
      })
      if (removed.length === 0) throw new HubError('not_found', 'None of these is selected in this project.')
      await audit.record({
        organization,
        actor: principal.id,
        action: 'project.resources_deselected',
        target: project,
        ip: from.ip,
        detail: { resources: removed },
      })
    },
    async check(principal, project, id, from) {
      await projects.getForChange(principal, project)
      const { organization } = principal
      const [row] = await rowsOf(organization, project, [id])
      if (!row) throw new HubError('not_found', `There is no selection "${id}" in this project.`)
      if (!row.connection_id)
        throw new HubError(
          'connection_disconnected',
          `${row.account_label} is disconnected. Connect the account anew, then check again.`,
        )
      const connection = await findSource(db, organization, row.connection_id)
      const kind = findKind(providerOf(integrations, row.provider), row.kind, connection)
      if (!kind.membership) return row
      const { check } = kind.membership
      const { verdict, answer, body } = await access.call(
        { organization, id: connection.id },
        check.request,
        { values: { id: row.external_id } },
      )
      const isAbsent = matches(check.absent, answer, body)
      if (verdict !== 'ok' && !isAbsent) {
        const { name } = integrations.resolve(row.provider, row.mode).provider
        throw new HubError(
          verdict === 'rate_limited' ? 'upstream_rate_limited' : 'upstream_error',
          `${name} did not say whether the account is in it (${answer.status}). Check again in a moment.`,
        )
      }
      const member = !isAbsent && find(body, check.at) === true
      const settled = await settle(connection, kind.membership, {
        id: row.external_id,
        private: row.private,
        member,
      })
      const {
        connection_id: _connection,
        archived: _archived,
        unreadable: _unreadable,
        gone_at: _gone,
        invite: _invite,
        ...stored
      } = row
      await bus.transaction(db, (trx) => setAccess(trx, stored, settled))
      if (settled.access === 'ready') await noteMember(connection, kind.id, [row.external_id])
      await audit.record({
        organization,
        actor: principal.id,
        action: 'project.resource_checked',
        target: project,
        ip: from.ip,
        detail: { selection: id, access: settled.access },
      })
      const [after] = await rowsOf(organization, project, [id])
      if (!after) throw new HubError('not_found', `There is no selection "${id}" in this project.`)
      return after
    },
  }
}
