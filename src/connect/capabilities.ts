/**
 * What an account has beside its permission to be called: a plan, a product, a number of places, a mailbox. Asked after
 * connecting and whenever the connection is verified. A call that fails tells nothing, and never fails a connection.
 */
import { type Capability, type Json, MAIL_CAPABILITY, type Provider } from '../catalog/define.ts'
import { readTold } from '../catalog/parameters.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import type { Access } from '../vault/access.ts'
import type { Mail, MailReach } from '../vault/mail.ts'
import { type ConnectionKey, tellChange } from '../vault/status.ts'

export type HeldCapability = { id: string; value: string; warning?: string }

/** What was found, and what the answers told besides, held to its patterns. */
export type Asked = { capabilities: HeldCapability[]; parameters: Record<string, string> }

type Answer = { status: number; body: Json | undefined; text?: string }

export type Capabilities = {
  /** All that calls can tell; one that is not told keeps what was held. `verified` is the answer to the declared `verify`. */
  ask(
    connection: ConnectionKey,
    provider: Provider,
    verified: Answer,
    held: readonly HeldCapability[],
  ): Promise<Asked>
  /**
   * Behind the person's back: for a connection that was made just now those that need a call of their own, and the
   * mailbox, whose servers may take their time.
   */
  askLater(connection: ConnectionKey, provider: Provider, which: 'all' | 'mail'): void
  drain(): Promise<void>
}

type Told = { capability: HeldCapability; parameters: Record<string, string> }

export function createCapabilities(options: {
  database: Database
  bus: Bus
  access: Access
  mail: Pick<Mail, 'check'>
}): Capabilities {
  const { database, bus, access, mail } = options
  const { db } = database
  /** The last ask of each connection that is not over. */
  const underWay = new Map<string, Promise<void>>()

  async function askOne(
    connection: ConnectionKey,
    capability: Capability,
    verified: Answer | undefined,
  ): Promise<Told | undefined> {
    if (!capability.request) return verified && readOne(capability, verified)
    try {
      const { answer, body } = await access.call(connection, capability.request)
      return readOne(capability, { status: answer.status, body, text: answer.body.toString('utf8') })
    } catch {
      return undefined
    }
  }

  async function askAll(
    connection: ConnectionKey,
    provider: Provider,
    verified: Answer | undefined,
  ): Promise<Asked> {
    const found = await Promise.all(
      (provider.capabilities ?? []).map((capability) => askOne(connection, capability, verified)),
    )
    const told = readTold(provider, Object.assign({}, ...found.map((one) => one?.parameters)))
    return {
      capabilities: found.flatMap((one) => one?.capability ?? []),
      parameters: told.wrong.length === 0 ? told.values : {},
    }
  }

  async function askMail(connection: ConnectionKey): Promise<Asked> {
    const reach = await mail.check(connection)
    return { capabilities: reach ? [describeReach(reach)] : [], parameters: {} }
  }

  async function askNow(connection: ConnectionKey, provider: Provider, which: 'all' | 'mail'): Promise<void> {
    const find = () =>
      db
        .selectFrom('connections')
        .select(['capabilities', 'parameters', 'account_id', 'provider', 'owner_kind', 'owner_id'])
        .where('organization_id', '=', connection.organization)
        .where('id', '=', connection.id)
        .where('disconnected_at', 'is', null)
    const before = await find().executeTakeFirst()
    if (!before) return
    const asked = await Promise.all([
      ...(which === 'all' ? [askAll(connection, provider, undefined)] : []),
      ...(provider.mail ? [askMail(connection)] : []),
    ])
    await bus.transaction(db, async (trx) => {
      const row = await find().forUpdate().executeTakeFirst()
      // What was asked of one account says nothing of another that took its place.
      if (!row || row.account_id !== before.account_id) return
      const found = asked.flatMap(({ capabilities }) => capabilities)
      await trx
        .updateTable('connections')
        .set({
          capabilities: JSON.stringify(merge(provider, row.capabilities, found)),
          parameters: JSON.stringify(
            Object.assign({ ...row.parameters }, ...asked.map((one) => one.parameters)),
          ),
        })
        .where('organization_id', '=', connection.organization)
        .where('id', '=', connection.id)
        .execute()
      await tellChange(trx, bus, connection, row)
    })
  }

  return {
    async ask(connection, provider, verified, held) {
      const { capabilities, parameters } = await askAll(connection, provider, verified)
      return { capabilities: merge(provider, held, capabilities), parameters }
    },
    askLater(connection, provider, which) {
      const calls = which === 'all' && provider.capabilities?.some(({ request }) => request)
      if (!calls && !provider.mail) return
      const { id } = connection
      // In turn: an older answer that arrives late must not take the place of a newer one.
      const asking = (underWay.get(id) ?? Promise.resolve())
        .then(() => askNow(connection, provider, which))
        .catch(() => {})
        .finally(() => {
          if (underWay.get(id) === asking) underWay.delete(id)
        })
      underWay.set(id, asking)
    },
    async drain() {
      await Promise.all(underWay.values())
    },
  }
}

/** Those that the answer to `verify` tells. */
export function readVerified({ capabilities = [] }: Provider, verified: Answer): HeldCapability[] {
  return capabilities.flatMap((capability) =>
    capability.request ? [] : (readOne(capability, verified)?.capability ?? []),
  )
}

/** In the declared order, what was found before what was held. */
function merge(
  provider: Provider,
  held: readonly HeldCapability[],
  found: readonly HeldCapability[],
): HeldCapability[] {
  const ids = [
    ...(provider.capabilities ?? []).map(({ id }) => id),
    ...(provider.mail ? [MAIL_CAPABILITY.id] : []),
  ]
  const byId = (list: readonly HeldCapability[], wanted: string) => list.find(({ id }) => id === wanted)
  return ids.flatMap((id) => byId(found, id) ?? byId(held, id) ?? [])
}

function readOne(capability: Capability, answer: Answer): Told | undefined {
  try {
    const told = capability.read(answer)
    if (!told) return undefined
    const { parameters = {}, ...rest } = told
    return { capability: { id: capability.id, ...rest }, parameters }
  } catch {
    // An answer of another shape than the declaration knows tells nothing.
    return undefined
  }
}

/** A mailbox that does not open is a warning: the connection works all the same. */
function describeReach({ reading, sending }: MailReach): HeldCapability {
  const { id } = MAIL_CAPABILITY
  if (reading === 'not_played' || sending === 'not_played') return { id, value: 'not played' }
  if (reading === 'reachable' && sending === 'reachable') return { id, value: 'reachable' }
  const refused = reading === 'refused' || sending === 'refused'
  const why = refused
    ? 'The mail server refuses the user name or the password. Where the mailbox has another name, reconnect and enter it.'
    : 'The mail server did not answer. It is asked again whenever the connection is verified.'
  if (reading === 'reachable') return { id, value: 'reading only', warning: `Mail cannot be sent. ${why}` }
  if (sending === 'reachable') return { id, value: 'sending only', warning: `Mail cannot be read. ${why}` }
  return { id, value: 'not reachable', warning: why }
}
