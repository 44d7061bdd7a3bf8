/**
 * The gate for mailboxes, beside the one for HTTP: a host has to be declared, its addresses are checked and the checked
 * ones used, nothing is said before TLS stands, and every step has an end. What comes out is a mailbox or an outbox
 * that is signed in; the password stays here.
 */
import type { lookup as systemLookup } from 'node:dns'
import { connect } from 'node:net'
import { HubError } from '../errors.ts'
import { guardAddresses } from './address.ts'
import type { Routes } from './egress.ts'
import { type Line, opened, SIGN_IN_MS } from './line.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { type Outbox, openOutbox } from './outbox.ts'

export type MailServer = {
  host: string
  port: number
  /** `starttls`: TLS is asked for in clear, and has to be given before anything else. */
  security: 'tls' | 'starttls'
}

export type MailCall = {
  server: MailServer
  login: { username: string; password: string }
  /** Hosts the password may travel to. */
  hosts: readonly string[]
  /**
   * Where a host really is: `imaps://` or `smtps://` (TLS at once), `smtp://` (STARTTLS), or `unix:` with the path of a
   * socket on this machine. Routed calls skip the address guard, because the operator named the target.
   */
  routes?: Routes | undefined
}

export type MailGate = {
  /** Signs in by IMAP. @throws HubError `credential_refused`, `egress_refused`, `upstream_*` */
  openMailbox(call: MailCall): Promise<Mailbox>
  /** Signs in by SMTP, once, to see whether that is possible; each message signs in anew. */
  openOutbox(call: MailCall): Promise<Outbox>
}

export function createMailGate(options: {
  allowPrivateHosts: readonly string[]
  resolve?: typeof systemLookup
  /** Milliseconds from the first packet to being signed in. */
  signInMs?: number
}): MailGate {
  const guard = guardAddresses(options.resolve)
  const allowed = new Set(options.allowPrivateHosts)
  const { signInMs = SIGN_IN_MS } = options

  async function dial({ server, hosts, routes }: MailCall): Promise<Line> {
    if (!hosts.includes(server.host)) {
      throw new HubError(
        'egress_refused',
        `The password may not travel to ${server.host}. Allowed: ${hosts.join(', ')}.`,
      )
    }
    const route = readRoute(server, routes)
    if (route?.security === 'local') return { ...route, host: server.host, port: server.port }
    const { host, port, security } = route ?? server
    if (!route) guard.checkLiteral(host)
    const trusted = route !== undefined || allowed.has(host)
    const socket = connect({ host, port, ...(!trusted && { lookup: guard.lookup }) })
    return { socket: await opened(socket, host), host, port, security }
  }

  return {
    async openMailbox(call) {
      const line = await dial(call)
      if (line.security !== 'starttls') return openMailbox(line, call.login, signInMs)
      line.socket.destroy()
      throw new HubError('not_configured', `The endpoint for ${line.host} has to begin with imaps://.`)
    },
    async openOutbox(call) {
      return openOutbox(() => dial(call), call.login, signInMs)
    },
  }
}

type Route = { security: 'local'; path: string } | MailServer

function readRoute(server: MailServer, routes: Routes | undefined): Route | undefined {
  const target = routes?.[server.host]
  if (target === undefined) {
    // Everything else of this provider goes elsewhere: a password of that place is none of the real server's.
    if (routes?.['*'] === undefined) return undefined
    throw new HubError('unavailable', `Mail is not played there: ${server.host} has no route.`)
  }
  const url = URL.parse(target)
  const security = SECURITY[url?.protocol ?? '']
  if (!url || !security) {
    throw new HubError(
      'not_configured',
      `The endpoint for ${server.host} has to begin with imaps://, smtps://, smtp:// or unix:.`,
    )
  }
  if (security === 'local') return { security, path: decodeURIComponent(url.pathname) }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || server.port, security }
}

const SECURITY: Readonly<Record<string, MailServer['security'] | 'local'>> = {
  'imaps:': 'tls',
  'smtps:': 'tls',
  'smtp:': 'starttls',
  'unix:': 'local',
}
