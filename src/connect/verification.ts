/** Asking the provider whether a connection works, and recording what it says. */
import type { Selectable } from 'kysely'
import type { Account, ReadAccount } from '../catalog/define.ts'
import { isJsonObject, isXml, readRaw } from '../catalog/fill.ts'
import { identityOf, isVerified } from '../catalog/methods.ts'
import { readTold } from '../catalog/parameters.ts'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import type { Schema } from '../store/schema.ts'
import type { Access } from '../vault/access.ts'
import { fillingOf } from '../vault/filling.ts'
import { credentialMethod, type Integration, type Integrations } from '../vault/integrations.ts'
import { type ConnectionKey, recordEvent, setStatus, statusOf, tellChange } from '../vault/status.ts'
import type { Capabilities } from './capabilities.ts'
import { judgeAccess } from './verified-access.ts'

export type Verify = (connection: ConnectionKey, actor: string | null) => Promise<void>

type Answered = Awaited<ReturnType<Access['call']>>
type Asked = Pick<
  Selectable<Schema['connections']>,
  'provider' | 'mode' | 'method' | 'owner_kind' | 'owner_id' | 'parameters' | 'capabilities'
>

const isOver = ({ code }: HubError) =>
  code === 'connection_invalid' || code === 'connection_disconnected' || code === 'not_found'

export function createVerify(options: {
  database: Database
  bus: Bus
  access: Access
  integrations: Integrations
  capabilities: Capabilities
  now: () => number
}): Verify {
  const { database, bus, access, integrations, capabilities, now } = options
  const { db } = database

  async function verify(connection: ConnectionKey, actor: string | null, isLast = false): Promise<void> {
    const row = await db
      .selectFrom('connections')
      .select(['provider', 'mode', 'method', 'owner_kind', 'owner_id', 'parameters', 'capabilities'])
      .where('organization_id', '=', connection.organization)
      .where('id', '=', connection.id)
      .executeTakeFirstOrThrow()
    const integration = integrations.resolve(row.provider, row.mode)
    const { provider } = integration
    const method = credentialMethod(provider, row.method)
    let answered: Answered
    try {
      answered = await access.call(connection, identityOf(provider, method).verify)
    } catch (error) {
      // The refresh engine has recorded a dead grant itself; anything else proves nothing about the connection.
      if (!(error instanceof HubError)) throw error
      if (isVerified(method) && isOver(error)) return tellLenderOver(connection, method.through)
      if (error.code === 'not_found' || error.code === 'connection_disconnected') throw error
      return noteUnproved(connection, actor, error.detail)
    }
    const { verdict } = answered
    if (verdict === 'rate_limited' || verdict === 'failed') {
      const said = `${provider.name} answered ${answered.answer.status}; that says nothing about the credential.`
      return noteUnproved(connection, actor, said)
    }
    const judged = isVerified(method)
      ? await judgeAccess(provider, method, answered, (request) =>
          access.call(connection, request, { anonymous: true }),
        )
      : undefined
    const next = judged ?? statusOf(provider, verdict)
    const found = await readFindings(connection, integration, row, answered)
    const isStored = await bus.transaction(db, async (trx) => {
      if (!(await isStillHeld(trx, connection.organization, answered.carried))) return false
      await trx
        .updateTable('connections')
        .set({ last_verified_at: new Date(now()), ...found })
        .where('organization_id', '=', connection.organization)
        .where('id', '=', connection.id)
        .execute()
      await recordEvent(trx, now(), {
        connection,
        kind: 'verified',
        title: verdict === 'ok' ? `${provider.name} accepts the credential.` : next.detail,
        actor,
        detail: { verdict },
      })
      const changed = await setStatus(trx, bus, now(), connection, next, actor ?? undefined)
      if (!changed) await tellChange(trx, bus, connection, row)
      return true
    })
    if (!isStored) return isLast ? undefined : verify(connection, actor, true)
    if (verdict === 'ok') capabilities.askLater(connection, provider, 'mail')
  }

  /** Columns that an accepted credential tells anew. */
  async function readFindings(
    connection: ConnectionKey,
    integration: Integration,
    row: Asked,
    { verdict, body, answer }: Answered,
  ) {
    if (verdict !== 'ok') return {}
    const { provider } = integration
    const raw = readRaw(answer)
    const account =
      isJsonObject(body) || isXml(raw)
        ? readAgain(identityOf(provider, credentialMethod(provider, row.method)).account, {
            body: isJsonObject(body) ? body : {},
            parameters: fillingOf(integration, row.parameters),
            answer: raw,
          })
        : undefined
    const told = readTold(provider, account?.parameters ?? {})
    const asked = provider.capabilities
      ? await capabilities.ask(
          connection,
          provider,
          { status: answer.status, body, text: raw.text },
          row.capabilities,
        )
      : undefined
    const parameters = { ...(told.wrong.length === 0 ? told.values : {}), ...asked?.parameters }
    return {
      ...(asked ? { capabilities: JSON.stringify(asked.capabilities) } : {}),
      ...(account?.label ? { account_label: account.label } : {}),
      ...(account?.scopes ? { granted_scopes: [...account.scopes] } : {}),
      ...(Object.keys(parameters).length > 0
        ? { parameters: JSON.stringify({ ...row.parameters, ...parameters }) }
        : {}),
    }
  }

  async function tellLenderOver(connection: ConnectionKey, lender: string): Promise<void> {
    const { name } = integrations.resolve(lender).provider
    await bus.transaction(db, (trx) =>
      setStatus(trx, bus, now(), connection, {
        status: 'connection_invalid',
        cause: 'lender_over',
        detail: `This goes through the connection to ${name}, which no longer works. Reconnect ${name}, then verify the access again.`,
      }),
    )
  }

  function noteUnproved(connection: ConnectionKey, actor: string | null, title: string): Promise<void> {
    return recordEvent(db, now(), { connection, kind: 'verified', title, actor, detail: { ok: false } })
  }

  return (connection, actor) => verify(connection, actor)
}

/**
 * Whether an answer is about the credential that is stored now: a reconnect may have put another in its place while
 * the provider thought about the old one. Held until the transaction ends, so that none is stored meanwhile.
 */
async function isStillHeld(trx: Db, organization: string, carried: Answered['carried']): Promise<boolean> {
  if (!carried) return true
  const held = await trx
    .selectFrom('credentials')
    .select('version')
    .where('organization_id', '=', organization)
    .where('connection_id', '=', carried.connection)
    .forShare()
    .executeTakeFirst()
  return held?.version === carried.version
}

/** A label that needs the token answer (a workspace's name) stays as it was when the account was connected. */
function readAgain(
  read: ReadAccount,
  evidence: Omit<Parameters<ReadAccount>[0], 'token'>,
): Account | undefined {
  try {
    return read({ token: undefined, ...evidence })
  } catch {
    return undefined
  }
}
