/** A mailbox that is signed in by IMAP (RFC 3501): listing, searching, reading. It changes nothing, not even what is read. */
import type { FetchMessageObject, ImapFlow, SearchObject } from 'imapflow'
import { HubError } from '../errors.ts'
import { explain, type Line, within } from './line.ts'

export type Mailbox = {
  folders(): Promise<{ path: string; name: string; special: string | null }[]>
  /** Newest first. */
  search(query: MailQuery): Promise<MessageHead[]>
  /** The message as it lies there (RFC 5322), cut off after `maxBytes`; undefined: there is none. */
  read(message: {
    folder?: string
    uid: number
    maxBytes?: number
  }): Promise<(MessageHead & { source: Buffer; complete: boolean }) | undefined>
  close(): Promise<void>
}

export type MailQuery = {
  /** Default INBOX. */
  folder?: string
  since?: Date
  before?: Date
  from?: string
  to?: string
  subject?: string
  text?: string
  unseen?: boolean
  /** Default 50. */
  limit?: number
}

export type MessageHead = {
  uid: number
  date: string | null
  subject: string
  from: string[]
  to: string[]
  seen: boolean
  size: number
}

const MAX_MESSAGE = 1024 * 1024
/** No honest answer to what is asked here is larger; a server that sends more is cut off. */
const MAX_ANSWER = 8 * 1024 * 1024
const IDLE_MS = 60_000

export async function openMailbox(
  line: Line,
  { username, password }: { username: string; password: string },
  signInMs: number,
): Promise<Mailbox> {
  const { ImapFlow: Client } = await import('imapflow')
  const { host, port } = line
  const client = new Client({
    host,
    port,
    secure: line.security !== 'local',
    doSTARTTLS: false,
    // What stands here goes to node's `connect` as it is: the library opens no line of its own to the world.
    tls: line.security === 'local' ? { path: line.path } : { socket: line.socket },
    auth: { user: username, pass: password },
    logger: false,
    disableAutoIdle: true,
    // An answer that unpacks into a huge one is no use to anybody.
    disableCompression: true,
    connectionTimeout: signInMs,
    greetingTimeout: signInMs,
    socketTimeout: IDLE_MS,
    maxLineLength: MAX_ANSWER,
    maxLiteralSize: MAX_ANSWER,
    maxResponseSize: 2 * MAX_ANSWER,
  })
  const stop = () => {
    client.close()
    if (line.security !== 'local') line.socket.destroy()
  }
  // Without a listener an error on an idle connection would end the process.
  client.on('error', stop)
  try {
    await within(signInMs, host, client.connect(), stop)
  } catch (error) {
    // Some servers leave the socket of a refused sign-in open until the client closes it.
    stop()
    throw isRefusal(error)
      ? new HubError('credential_refused', `${host} refuses the mail user name or its password.`)
      : explain(error, host)
  }
  const run = async <T>(work: (open: ImapFlow) => Promise<T>): Promise<T> => {
    try {
      return await within(IDLE_MS, host, work(client), stop)
    } catch (error) {
      throw explain(error, host)
    }
  }

  return {
    folders: () =>
      run(async (open) =>
        (await open.list()).map(({ path, name, specialUse }) => ({
          path,
          name,
          special: specialUse ?? null,
        })),
      ),
    search: ({ folder = 'INBOX', limit = 50, unseen, ...criteria }) =>
      run((open) =>
        inFolder(open, folder, async () => {
          const query: SearchObject = { ...criteria, ...(unseen && { seen: false }) }
          const found = await open.search(Object.keys(query).length > 0 ? query : { all: true }, {
            uid: true,
          })
          const uids = Array.isArray(found) ? found.slice(-limit) : []
          if (uids.length === 0) return []
          const heads: MessageHead[] = []
          const wanted = { uid: true, envelope: true, flags: true, size: true } as const
          for await (const message of open.fetch(uids, wanted, { uid: true })) heads.push(readHead(message))
          return heads.sort((a, b) => b.uid - a.uid)
        }),
      ),
    read: ({ folder = 'INBOX', uid, maxBytes = MAX_MESSAGE }) =>
      run((open) =>
        inFolder(open, folder, async () => {
          const limit = Math.min(maxBytes, MAX_MESSAGE)
          const message = await open.fetchOne(
            String(uid),
            { uid: true, envelope: true, flags: true, size: true, source: { start: 0, maxLength: limit } },
            { uid: true },
          )
          if (!message) return undefined
          const source = message.source ?? Buffer.alloc(0)
          const head = readHead(message)
          return { ...head, source, complete: head.size <= source.length }
        }),
      ),
    async close() {
      await within(5_000, host, client.logout(), stop).catch(() => {})
      stop()
    },
  }
}

/** Read-only: whoever looks at a message does not mark it as read. */
async function inFolder<T>(open: ImapFlow, folder: string, work: () => Promise<T>): Promise<T> {
  const lock = await open.getMailboxLock(folder, { readOnly: true })
  try {
    // A folder that stays open learns of new messages when it is asked.
    await open.noop()
    return await work()
  } finally {
    lock.release()
  }
}

function readHead({ uid, envelope, flags, size }: FetchMessageObject): MessageHead {
  const addresses = (list: { address?: string | undefined }[] | undefined) =>
    (list ?? []).flatMap(({ address }) => address ?? [])
  return {
    uid,
    date: envelope?.date ? new Date(envelope.date).toISOString() : null,
    subject: envelope?.subject ?? '',
    from: addresses(envelope?.from),
    to: addresses(envelope?.to),
    seen: flags?.has('\\Seen') ?? false,
    size: size ?? 0,
  }
}

/** The server's own NO to the sign-in; a line that broke at that moment says nothing about the password. */
function isRefusal(error: unknown): boolean {
  const { authenticationFailed, responseStatus, serverResponseCode } = error as Record<string, unknown>
  return authenticationFailed === true && responseStatus === 'NO' && serverResponseCode !== 'UNAVAILABLE'
}
