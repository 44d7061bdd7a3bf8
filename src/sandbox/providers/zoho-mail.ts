/** Zoho Mail: the messages of one mailbox. https://www.zoho.com/mail/help/api */
import type { JsonObject } from '../../catalog/define.ts'
import { cast } from '../cast.ts'
import { playZoho } from '../families/zoho.ts'
import { json, type Reply, readJson } from '../messages.ts'
import { type Account, type Call, readString } from '../stand-in.ts'

type Message = {
  id: string
  folder: string
  from: string
  to: string
  subject: string
  text: string
  at: number
}
type Mailbox = { messages: Message[]; nextId: number }
const INBOX = '2560636000000008014'
const SENT = '2560636000000008020'

export default playZoho({
  host: 'mailHost',
  routes: ({ tools, on }) => {
    const boxes = tools.load<Record<string, Mailbox>>(() => ({}), 'zoho mail')
    const idOf = ({ id }: Account) => `2560${id}`
    const read = { scope: ['ZohoMail.messages.READ'] }

    function boxOf(account: Account): Mailbox {
      const hours = (count: number) => tools.now() - count * 3_600_000
      return (boxes[account.id] ??= {
        nextId: 4,
        messages: [
          {
            id: '1',
            folder: INBOX,
            from: cast.ada.email,
            to: account.email,
            subject: 'Frames for City Riders',
            text: 'Forty frames by the end of the month.',
            at: hours(3),
          },
          {
            id: '2',
            folder: INBOX,
            from: 'desk@cityriders.example',
            to: account.email,
            subject: 'Invoice INV-1003',
            text: 'We have paid the first half.',
            at: hours(26),
          },
          {
            id: '3',
            folder: SENT,
            from: account.email,
            to: cast.bruno.email,
            subject: 'Stock of wheel sets',
            text: 'Eighteen are left.',
            at: hours(50),
          },
        ],
      })
    }

    /** Every call below a mailbox names it; another's is not found. */
    const inBox =
      (handle: (call: Call & { box: Mailbox }) => Reply) =>
      (call: Call): Reply =>
        call.params['account'] === idOf(call.account)
          ? handle({ ...call, box: boxOf(call.account) })
          : problem(404, 'Invalid Input', 'ACCOUNT_NOT_EXIST')

    const shape = ({ id, folder, from, to, subject, text, at }: Message): JsonObject => ({
      messageId: `1710000000000${id.padStart(6, '0')}`,
      folderId: folder,
      fromAddress: from,
      sender: from,
      toAddress: `&lt;${to}&gt;`,
      subject,
      summary: text.slice(0, 80),
      receivedTime: String(at),
      hasAttachment: '0',
      status2: '0',
    })

    function send(call: Call & { box: Mailbox }): Reply {
      const given = readJson(call.asked)
      const to = readString(given, 'toAddress')
      if (readString(given, 'fromAddress') !== call.account.email || !to)
        return problem(400, 'Invalid Input', 'INVALID_INPUT')
      const made: Message = {
        id: String(call.box.nextId++),
        folder: SENT,
        from: call.account.email,
        to,
        subject: readString(given, 'subject') ?? '',
        text: readString(given, 'content') ?? '',
        at: tools.now(),
      }
      call.box.messages.push(made)
      return success(shape(made))
    }

    return [
      on(
        'GET',
        '/api/accounts',
        ({ account }) =>
          success([
            {
              accountId: idOf(account),
              zuid: account.id,
              displayName: account.name,
              accountDisplayName: account.name,
              primaryEmailAddress: account.email,
              mailboxAddress: account.email,
              type: 'ZOHO_ACCOUNT',
              timeZone: 'Europe/London',
              status: true,
            },
          ]),
        { scope: ['ZohoMail.accounts.READ'] },
      ),
      on(
        'GET',
        '/api/accounts/:account/folders',
        inBox(() =>
          success([
            { folderId: INBOX, folderName: 'Inbox', path: '/Inbox', folderType: 'Inbox' },
            { folderId: SENT, folderName: 'Sent', path: '/Sent', folderType: 'Sent' },
          ]),
        ),
        { scope: ['ZohoMail.folders.READ'] },
      ),
      on(
        'GET',
        '/api/accounts/:account/messages/view',
        inBox(({ asked, box }) => {
          const folder = asked.query.get('folderId') ?? INBOX
          const start = Math.max(1, Number(asked.query.get('start') ?? 1) || 1)
          const limit = Math.min(Math.max(1, Number(asked.query.get('limit') ?? 10) || 10), 200)
          const found = box.messages.filter((one) => one.folder === folder).sort((a, b) => b.at - a.at)
          return success(found.slice(start - 1, start - 1 + limit).map(shape))
        }),
        read,
      ),
      on(
        'GET',
        '/api/accounts/:account/folders/:folder/messages/:message/content',
        inBox(({ params, box }) => {
          const found = box.messages.find((one) => shape(one)['messageId'] === params['message'])
          return found
            ? success({ messageId: params['message'] ?? '', content: found.text })
            : problem(404, 'Invalid Input', 'MESSAGE_NOT_EXIST')
        }),
        read,
      ),
      on('POST', '/api/accounts/:account/messages', inBox(send), { scope: ['ZohoMail.messages.CREATE'] }),
    ]
  },
  unauthorized: () => problem(404, 'Invalid Input', 'INVALID_OAUTHTOKEN'),
  forbidden: () => problem(404, 'Invalid Input', 'INVALID_OAUTHSCOPE'),
  notFound: () => problem(404, 'Invalid Input', 'URL_RULE_NOT_CONFIGURED'),
  rateLimited: () => problem(429, 'Too many requests', 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED'),
})

function success(data: JsonObject | JsonObject[]): Reply {
  return json(200, { status: { code: 200, description: 'success' }, data })
}

function problem(status: number, description: string, errorCode: string): Reply {
  return json(status, { status: { code: status, description }, data: { errorCode } })
}
