/** Sending by SMTP (RFC 6409), over lines that the gate opens. */
import { connect } from 'node:net'
import { HubError } from '../errors.ts'
import { explain, type Line, opened, within } from './line.ts'

export type Message = {
  from: string
  to: readonly string[]
  cc?: readonly string[]
  bcc?: readonly string[]
  subject: string
  text: string
  html?: string
  /** Message-ID of the one that is answered. */
  inReplyTo?: string
}

export type Outbox = {
  send(message: Message): Promise<{ messageId: string; accepted: string[]; rejected: string[] }>
}

const SEND_MS = 60_000

/** Signs in once before it comes back, so that a wrong password shows now and not with the first message. */
export async function openOutbox(
  dial: () => Promise<Line>,
  { username, password }: { username: string; password: string },
  signInMs: number,
): Promise<Outbox> {
  const { createTransport } = await import('nodemailer')
  const open = async () => {
    const line = await dial()
    const { host, port, security } = line
    const socket = security === 'local' ? await opened(connect({ path: line.path }), host) : line.socket
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      // Without it a server, or whoever stands before it, could leave TLS out of what it offers.
      ...(security === 'starttls' && { requireTLS: true }),
      ...(security === 'local' && { ignoreTLS: true }),
      // A relay that knows its clients by their address asks for none.
      ...(username !== '' && { auth: { user: username, pass: password } }),
      getSocket: (_options, callback) => callback(null, { connection: socket }),
      connectionTimeout: signInMs,
      greetingTimeout: signInMs,
      socketTimeout: SEND_MS,
      // A message is what it says; nothing is read from this machine or fetched for it.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    return { transport, socket, host }
  }
  const use = async <T>(
    ms: number,
    work: (transport: Awaited<ReturnType<typeof open>>['transport']) => Promise<T>,
  ): Promise<T> => {
    const { transport, socket, host } = await open()
    const stop = () => {
      transport.close()
      socket.destroy()
    }
    try {
      return await within(ms, host, work(transport), stop)
    } catch (error) {
      throw isRefusal(error)
        ? new HubError('credential_refused', `${host} refuses the mail user name or its password.`)
        : explainSending(error, host)
    } finally {
      stop()
    }
  }

  await use(signInMs, (transport) => transport.verify())
  return {
    send: (message) =>
      use(SEND_MS, async (transport) => {
        const { to, cc = [], bcc = [], ...rest } = message
        const sent = await transport.sendMail({ ...rest, to: [...to], cc: [...cc], bcc: [...bcc] })
        const addresses = (list: readonly unknown[] | undefined) => (list ?? []).map(addressOf)
        return {
          messageId: sent.messageId,
          accepted: addresses(sent.accepted),
          rejected: addresses(sent.rejected),
        }
      }),
  }
}

function addressOf(one: unknown): string {
  if (typeof one === 'string') return one
  const address = (one as { address?: unknown }).address
  return typeof address === 'string' ? address : ''
}

/** RFC 4954 section 6: 535 and its kin. A line that broke while signing in says nothing about the password. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  return code === 'EAUTH' && typeof responseCode === 'number' && responseCode >= 500
}

/** The server took the sign-in and refuses the message: that is the sender's to mend. */
function explainSending(error: unknown, host: string): HubError {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  if (code === 'ETLS')
    return new HubError('upstream_unreachable', `${host} gives no TLS, so nothing was sent there.`, {
      cause: error,
    })
  if (typeof responseCode !== 'number') return explain(error, host)
  return new HubError(
    responseCode >= 500 ? 'upstream_error' : 'upstream_unreachable',
    `${host} did not take the message (${responseCode}).`,
    { cause: error },
  )
}
