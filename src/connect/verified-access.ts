/**
 * Access that is verified, not authorized: a connection that goes through another one of its family. Nobody is sent
 * anywhere; a call with the lender's credential tells how things stand.
 */
import { matches } from '../catalog/answers.ts'
import { isVerified } from '../catalog/methods.ts'
import type { Provider, VerifiedAccess } from '../catalog/define.ts'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import type { Access } from '../vault/access.ts'
import type { Integrations, Mode } from '../vault/integrations.ts'
import { CONNECTED, type ConnectionKey, type NewStatus, statusOf } from '../vault/status.ts'
import type { AttemptOwner } from './attempt.ts'
import type { ImpactSource } from './disconnect.ts'

type Answered = Awaited<ReturnType<Access['call']>>

export type Lender = { id: string; mode: Mode; parameters: Record<string, string>; label: string }

/** Methods whose credential reaches more than the provider it was granted at. */
const LENDING = ['oauth2', 'installed_app']

/**
 * The owner's connection that lends its credential: the default one first.
 * @throws HubError `not_configured` naming what to connect first
 */
export async function findLender(
  db: Db,
  integrations: Integrations,
  {
    provider,
    method,
    organization,
    owner,
  }: {
    provider: Provider
    method: VerifiedAccess
    organization: string
    owner: AttemptOwner
  },
): Promise<Lender> {
  const row = await db
    .selectFrom('connections')
    .select(['id', 'mode', 'parameters', 'account_label'])
    .where('organization_id', '=', organization)
    .where('owner_kind', '=', owner.kind)
    .where('owner_id', '=', owner.id)
    .where('provider', '=', method.through)
    .where('method', 'in', LENDING)
    .where('disconnected_at', 'is', null)
    .orderBy('is_default', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!row) {
    const { name } = integrations.resolve(method.through).provider
    throw new HubError(
      'not_configured',
      `${provider.name} is reached through ${name}. Connect ${name} first, then verify the access again.`,
    )
  }
  const known = new Set((provider.parameters ?? []).map((parameter) => parameter.name))
  return {
    id: row.id,
    mode: row.mode,
    parameters: Object.fromEntries(Object.entries(row.parameters).filter(([name]) => known.has(name))),
    label: row.account_label,
  }
}

/** What the answer to `verify` means here. Undefined: nothing, the provider is busy or broken. */
export async function judgeAccess(
  provider: Provider,
  method: VerifiedAccess,
  { verdict, answer, body }: Pick<Answered, 'verdict' | 'answer' | 'body'>,
  ask: (request: VerifiedAccess['presence']['request']) => Promise<Answered>,
): Promise<NewStatus | undefined> {
  if (verdict === 'ok') return CONNECTED
  if (matches(method.presence.absent, answer, body)) return statusOf(provider, 'not_available')
  if (!matches(method.setup_required, answer, body)) {
    return verdict === 'rate_limited' || verdict === 'failed' ? undefined : statusOf(provider, verdict)
  }
  // Whether the product is there is asked at an address that may not be known, or not answer: then it is assumed.
  const presence = await ask(method.presence.request).catch(() => undefined)
  if (presence && matches(method.presence.absent, presence.answer, presence.body))
    return statusOf(provider, 'not_available')
  return {
    status: 'setup_required',
    cause: 'app_not_connected',
    detail: `The site has ${provider.name}, but this hub's app is not connected to it. An administrator follows the steps, then verify the access again.`,
  }
}

/** Connections that go through others: what happens to a lender reaches them at once. */
export function createFollowers(options: {
  db: Db
  bus: Bus
  integrations: Integrations
  verify: (connection: ConnectionKey) => void
  onError: (error: unknown) => void
}): { impact: ImpactSource; close: () => void } {
  const { db, bus, integrations, verify, onError } = options

  function borrowersOf(organization: string, lender: string, provider: string) {
    return db
      .selectFrom('connections')
      .select(['id', 'provider', 'status', 'account_label', 'label'])
      .where('organization_id', '=', organization)
      .where('method', '=', 'verified_access')
      .where('lender_id', '=', lender)
      .where('provider', '!=', provider)
      .where('disconnected_at', 'is', null)
      .execute()
  }

  // Asked at every change of every connection; what an operator declares at run time lends nothing.
  const lenders = new Set(
    integrations
      .list()
      .flatMap(({ provider }) =>
        provider.auth.flatMap((method) => (isVerified(method) ? method.through : [])),
      ),
  )

  const unsubscribe = bus.subscribe((message) => {
    const { topic } = message
    if (topic !== 'connection.changed' && topic !== 'connection.deleted') return
    if (!lenders.has(message.provider)) return
    tellBorrowers(message).catch(onError)
  })

  async function tellBorrowers({
    organization,
    id,
    provider,
  }: {
    organization: string
    id: string
    provider: string
  }) {
    const lender = await db
      .selectFrom('connections')
      .select('status')
      .where('organization_id', '=', organization)
      .where('id', '=', id)
      .executeTakeFirst()
    for (const borrower of await borrowersOf(organization, id, provider)) {
      // Fresh tokens come by the hour: only a lender that fell or rose says something new.
      const rose = lender?.status === 'connected'
      if (rose ? borrower.status === 'connection_invalid' : borrower.status === 'connected')
        verify({ organization, id: borrower.id })
    }
  }

  return {
    impact: async (row) => {
      const borrowers = await borrowersOf(row.organization_id, row.id, row.provider)
      if (borrowers.length === 0) return []
      return [
        {
          kind: 'siblings',
          count: borrowers.length,
          title: 'Connections that go through this one, and end with it',
          names: borrowers.map(
            ({ label, account_label, provider }) => `${label ?? account_label} (${provider})`,
          ),
        },
      ]
    },
    close: unsubscribe,
  }
}
