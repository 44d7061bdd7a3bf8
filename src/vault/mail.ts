/**
 * Mailboxes of a connection, beside its HTTP API. As with calls, nobody outside this folder gets the password: what is
 * handed out is a mailbox and an outbox that are signed in.
 */
import type { MailAccess } from '../catalog/define.ts'
import { bracesOf, fill, fillHosts, type Values } from '../catalog/fill.ts'
import type { MailCall, MailGate } from '../egress/mail.ts'
import type { Mailbox } from '../egress/mailbox.ts'
import type { Outbox } from '../egress/outbox.ts'
import { HubError } from '../errors.ts'
import type { Credential } from './credential.ts'
import { fillingOf } from './filling.ts'
import type { Integration, Integrations, Mode } from './integrations.ts'
import type { ConnectionKey } from './status.ts'
import type { Vault } from './vault.ts'

export type MailSession = {
  mailbox: Mailbox
  /** Signs in when the first message is sent. */
  outbox: Outbox
  close(): Promise<void>
}

export type MailReach = { reading: MailOutcome; sending: MailOutcome }

/** `not_played`: the connection belongs to a sandbox or an emulator that has no mail. */
export type MailOutcome = 'reachable' | 'refused' | 'unreachable' | 'not_played'

type Unsaved = {
  provider: string
  mode: Mode
  parameters: Readonly<Record<string, string>>
  credential: Credential
}

export type Mail = {
  /** @throws HubError `connection_invalid`, `credential_refused`, `upstream_*`; `invalid_request` without a mailbox */
  open(connection: ConnectionKey): Promise<MailSession>
  /** Whether reading and sending work; never throws for what a mail server does. Undefined: the provider has no mail. */
  check(target: ConnectionKey | Unsaved): Promise<MailReach | undefined>
}

/** What both sides of a mailbox are reached with. */
type Way = { calls: (server: 'imap' | 'smtp') => MailCall[] }

export function createMail(options: {
  vault: Vault
  integrations: Integrations
  gate: MailGate
  /** A mailbox refused the password of a stored connection: somebody should verify the connection. */
  onRefused: (connection: ConnectionKey) => void
}): Mail {
  const { vault, integrations, gate, onRefused } = options

  async function wayOf(target: ConnectionKey | Unsaved): Promise<Way | undefined> {
    if (!('id' in target)) return readWay(integrations.resolve(target.provider, target.mode), target)
    const entry = await vault.find(target)
    if (entry.status === 'connection_invalid') throw new HubError('connection_invalid', entry.statusDetail)
    const integration = integrations.resolve(entry.provider, entry.mode)
    return readWay(integration, { parameters: entry.parameters, credential: vault.open(entry) })
  }

  return {
    async open(connection) {
      const way = await wayOf(connection)
      if (!way) throw new HubError('invalid_request', 'This provider has no mailboxes.')
      try {
        const mailbox = await first(way.calls('imap'), (call) => gate.openMailbox(call))
        let outbox: Promise<Outbox> | undefined
        return {
          mailbox,
          outbox: {
            send: async (message) => {
              outbox ??= first(way.calls('smtp'), (call) => gate.openOutbox(call))
              return (await outbox).send(message)
            },
          },
          close: () => mailbox.close(),
        }
      } catch (error) {
        if (error instanceof HubError && error.code === 'credential_refused') onRefused(connection)
        throw error
      }
    },
    async check(target) {
      const way = await wayOf(target)
      if (!way) return undefined
      const [reading, sending] = await Promise.all([
        outcomeOf(async () => {
          const mailbox = await first(way.calls('imap'), (call) => gate.openMailbox(call))
          await mailbox.close()
        }),
        outcomeOf(() => first(way.calls('smtp'), (call) => gate.openOutbox(call))),
      ])
      return { reading, sending }
    },
  }
}

function readWay(
  integration: Integration,
  { parameters, credential }: Pick<Unsaved, 'parameters' | 'credential'>,
): Way | undefined {
  const { mail, hosts } = integration.provider
  if (!mail || credential.kind !== 'secret') return undefined
  const filling = fillingOf(integration, parameters)
  const values = { ...filling, ...credential.values }
  return {
    calls: (server) =>
      userNames(mail, values).map((username) => ({
        server: server === 'imap' ? { ...mail.imap, security: 'tls' } : mail.smtp,
        login: { username, password: fill(mail.password, values) },
        hosts: fillHosts(hosts, filling),
        routes: integration.routes,
      })),
  }
}

/** In the order in which they are tried; one that cannot be filled is left out. */
function userNames(mail: MailAccess, values: Values): string[] {
  const names = [mail.username, mail.alternative_username].flatMap((template) =>
    template !== undefined && bracesOf(template).every((name) => values[name] !== undefined)
      ? [fill(template, values)]
      : [],
  )
  return [...new Set(names)]
}

/** The next user name is for a server that refused the one before; a server that is away is not asked twice. */
async function first<T>(calls: readonly MailCall[], work: (call: MailCall) => Promise<T>): Promise<T> {
  let refused: unknown = new HubError('credential_refused', 'Nothing tells the user name of the mailbox.')
  for (const call of calls) {
    try {
      return await work(call)
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'credential_refused') throw error
      refused = error
    }
  }
  throw refused
}

async function outcomeOf(work: () => Promise<unknown>): Promise<MailOutcome> {
  try {
    await work()
    return 'reachable'
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    if (error.code === 'credential_refused') return 'refused'
    return error.code === 'unavailable' ? 'not_played' : 'unreachable'
  }
}
