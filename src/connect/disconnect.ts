/** Ending a connection: what stops, what is kept, and an honest report of what was and was not done. */
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import { fill } from '../catalog/fill.ts'
import type { Principal } from '../identity/principal.ts'
import { fillingOf } from '../vault/filling.ts'
import type { Integrations } from '../vault/integrations.ts'
import { planRevocation, type RevocationItem, type Revoke, type Siblings } from '../vault/revoke.ts'
import { recordEvent } from '../vault/status.ts'
import type { Vault } from '../vault/vault.ts'
import type { StoredConnection } from './connections.ts'

export type ImpactItem = {
  kind: 'projects' | 'resources' | 'syncs' | 'tools' | 'webhooks' | 'workflows' | 'siblings'
  count: number
  title: string
  names: string[]
}

/** A project that uses the connection, as far as the viewer may see it. */
export type ImpactProject = {
  id: string
  name: string
  resources: { kind: string; label: string; count: number; names: string[] }[]
  has_history: boolean
}

export type Impact = {
  items: ImpactItem[]
  projects: ImpactProject[]
  kept: string[]
  upstream: { revokes: boolean; reason: string }
  manual: { url: string; steps: string[] }
}

/** Whoever builds on connections says here what stops with one; counts hold all, names what the viewer may see. */
export type ImpactSource = (
  row: StoredConnection,
  viewer: Principal | undefined,
) => Promise<ImpactItem[] | { items: ImpactItem[]; projects?: ImpactProject[] }>

/** What a reader wants to know of in any case: a kind that nothing counted is zero. */
const ALWAYS: readonly Pick<ImpactItem, 'kind' | 'title'>[] = [
  { kind: 'projects', title: 'Projects that use it' },
  { kind: 'resources', title: 'Selected resources' },
  { kind: 'syncs', title: 'Projects with sync history' },
  { kind: 'tools', title: 'Tools of agents' },
  { kind: 'webhooks', title: 'Webhooks' },
  { kind: 'workflows', title: 'Workflows' },
]

export type Disconnector = {
  /** As `viewer` may see it; undefined: without names of what not everybody sees. */
  impact(row: StoredConnection, viewer?: Principal): Promise<Impact>
  /** `force` clears the hub's side without a word to the provider. */
  disconnect(
    row: StoredConnection,
    options: { force: boolean; actor: string },
  ): Promise<{ items: RevocationItem[]; manual: Impact['manual'] }>
}

/** Siblings of other owners are counted, never named: what is in them is not for the owner of this one. */
function isNamedTo(
  row: StoredConnection,
  sibling: Pick<StoredConnection, 'organization_id' | 'owner_kind' | 'owner_id'>,
) {
  if (sibling.organization_id !== row.organization_id) return false
  return (
    sibling.owner_kind === 'organization' ||
    (sibling.owner_kind === row.owner_kind && sibling.owner_id === row.owner_id)
  )
}

export function createDisconnector(options: {
  database: Database
  bus: Bus
  vault: Vault
  integrations: Integrations
  revoke: Revoke
  sources: readonly ImpactSource[]
  now: () => number
}): Disconnector {
  const { database, bus, vault, integrations, revoke, sources, now } = options
  const { db } = database

  /**
   * Live connections that hang on the same grant at the provider, of every organization: the provider knows one
   * client, whoever of this hub uses it.
   */
  function siblingsOf(row: StoredConnection) {
    return db
      .selectFrom('connections')
      .select([
        'id',
        'organization_id',
        'owner_kind',
        'owner_id',
        'provider',
        'account_id',
        'account_label',
        'label',
      ])
      .where('family', '=', row.family)
      .where('grant_id', '=', row.grant_id)
      .where('mode', '=', row.mode)
      .where('client_id', '=', row.client_id)
      .where('disconnected_at', 'is', null)
      .where('id', '!=', row.id)
      .execute()
  }

  function manualOf(row: StoredConnection): Impact['manual'] {
    const integration = integrations.find(row.provider)
    if (!integration) return { url: '', steps: [] }
    const { auth, setup } = integration.provider
    const { console_url } = setup
    const method = auth.find(({ kind }) => kind === row.method)
    const guide = (method && 'revoke' in method ? method.revoke : undefined) ?? setup.revoke
    const steps = [...guide.steps]
    try {
      return { url: fill(guide.url, fillingOf(integration, row.parameters)), steps }
    } catch {
      // Its page depends on something that is not known any more; disconnecting must work all the same.
      return { url: console_url, steps }
    }
  }

  async function impact(row: StoredConnection, viewer?: Principal): Promise<Impact> {
    const siblings = await siblingsOf(row)
    const told = (await Promise.all(sources.map((source) => source(row, viewer)))).map((one) =>
      Array.isArray(one) ? { items: one } : one,
    )
    const counted = told.flatMap(({ items }) => items)
    const projects = told.flatMap((one) => ('projects' in one ? (one.projects ?? []) : []))
    const items: ImpactItem[] = [
      ...ALWAYS.flatMap(({ kind, title }) => {
        const found = counted.filter((item) => item.kind === kind)
        return found.length > 0 ? found : [{ kind, title, count: 0, names: [] }]
      }),
      ...counted.filter((item) => !ALWAYS.some(({ kind }) => kind === item.kind)),
    ]
    const usesProjects = items.some(({ kind, count }) => kind === 'projects' && count > 0)
    if (siblings.length > 0) {
      items.push({
        kind: 'siblings',
        count: siblings.length,
        title: 'Other connections share this grant at the provider',
        names: siblings
          .filter((sibling) => isNamedTo(row, sibling))
          .map(({ label, account_label, provider }) => `${label ?? account_label} (${provider})`),
      })
    }
    let upstream: Impact['upstream']
    try {
      const { revokes, reason } = planRevocation(
        integrations.resolve(row.provider, row.mode, row.client_id),
        row.method,
        countSiblings(row, siblings),
      )
      upstream = { revokes, reason }
    } catch (error) {
      upstream = {
        revokes: false,
        reason: error instanceof HubError ? error.detail : 'The provider cannot be reached from here.',
      }
    }
    return {
      items,
      projects,
      kept: [
        'The timeline of this connection',
        'Everything that was read through it before',
        ...(usesProjects
          ? [
              'Each project with its selected resources, sync settings and history; they are taken up again when this account is connected anew',
            ]
          : []),
      ],
      upstream,
      manual: manualOf(row),
    }
  }

  return {
    impact,
    async disconnect(row, { force, actor }) {
      const connection = { organization: row.organization_id, id: row.id }
      if (row.disconnected_at)
        throw new HubError('connection_disconnected', 'This connection was disconnected before.')
      const items: RevocationItem[] = []
      if (force)
        items.push({
          item: 'Access at the provider',
          outcome: 'by_hand',
          detail: 'Not asked for: a forced disconnect clears only the hub’s side.',
        })
      else items.push(await revokeUpstream(row))
      await bus.transaction(db, async (trx) => {
        await vault.destroy(trx, connection)
        const updated = await trx
          .updateTable('connections')
          .set({
            disconnected_at: new Date(now()),
            status: 'not_configured',
            status_cause: 'disconnected',
            status_detail: 'The account was disconnected.',
            status_since: new Date(now()),
            is_default: false,
          })
          .where('organization_id', '=', row.organization_id)
          .where('id', '=', row.id)
          .where('disconnected_at', 'is', null)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n)
          throw new HubError('connection_disconnected', 'This connection was disconnected before.')
        if (row.is_default) await passOnDefault(trx, row)
        await recordEvent(trx, now(), {
          connection,
          kind: 'disconnected',
          title: force ? 'Disconnected by force.' : 'Disconnected.',
          actor,
          detail: { forced: force, report: items },
        })
        await bus.publish(trx, {
          topic: 'connection.deleted',
          organization: row.organization_id,
          id: row.id,
          provider: row.provider,
          owner_kind: row.owner_kind,
          owner: row.owner_id,
        })
      })
      items.push({
        item: 'Stored credential',
        outcome: 'done',
        detail: 'Destroyed, together with the key that opened it.',
      })
      items.push({ item: 'History', outcome: 'done', detail: 'The timeline is kept.' })
      return { items, manual: manualOf(row) }
    },
  }

  async function revokeUpstream(row: StoredConnection): Promise<RevocationItem> {
    try {
      const siblings = await siblingsOf(row)
      return await revoke(
        await vault.load({ organization: row.organization_id, id: row.id }),
        countSiblings(row, siblings),
      )
    } catch (error) {
      const why = error instanceof HubError ? error.detail : 'The credential could not be opened.'
      return {
        item: 'Access at the provider',
        outcome: 'failed',
        detail: `${why} End the access on the provider's own page, see below.`,
      }
    }
  }

  async function passOnDefault(trx: Database['db'], row: StoredConnection): Promise<void> {
    const next = await trx
      .selectFrom('connections')
      .select('id')
      .where('organization_id', '=', row.organization_id)
      .where('owner_kind', '=', row.owner_kind)
      .where('owner_id', '=', row.owner_id)
      .where('provider', '=', row.provider)
      .where('disconnected_at', 'is', null)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    if (!next) return
    await trx
      .updateTable('connections')
      .set({ is_default: true })
      .where('organization_id', '=', row.organization_id)
      .where('id', '=', next.id)
      .execute()
  }
}

function countSiblings(row: StoredConnection, siblings: readonly { account_id: string }[]): Siblings {
  return {
    count: siblings.length,
    sameAccount: siblings.some(({ account_id }) => account_id === row.account_id),
  }
}
