/** iCloud: calendars and contacts of one partition, by app-specific password. RFC 4791, 6352 */
import { cast } from '../cast.ts'
import type { Letter, PlayedMailbox, SignIn } from '../mail/mailbox.ts'
import { empty, type Reply } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, type Route } from '../stand-in.ts'
import { davProblem, describe, listHome, putObject, report } from '../worlds/dav.ts'
import { type Home, seedHome } from '../worlds/nextcloud.ts'

const PARTITION = '42'
const CALENDARS = `p${PARTITION}-caldav.icloud.com`
const CONTACTS = `p${PARTITION}-contacts.icloud.com`
const accounts: readonly Account[] = [
  { id: '10839201174', name: cast.ada.name, email: 'ada.okafor@icloud.com' },
  { id: '10839205590', name: cast.dmitri.name, email: 'dmitri.costa@icloud.com' },
]

type Data = { homes: Record<string, Home>; letters: Record<string, Letter[]> }

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ homes: {}, letters: {} }))
  const home = ({ account }: Call) => (data.homes[account.id] ??= seedHome(tools.now()))
  const lettersOf = ({ id, email }: Account) => (data.letters[id] ??= seedLetters(email, tools.now()))

  /** By the name before the @, or by the whole address. */
  function signIn({ username, password }: Parameters<SignIn>[0]): PlayedMailbox | undefined {
    const account = accounts.find(({ email }) => email === username || email.split('@')[0] === username)
    const token = account && tools.tokens.find(`${account.email}:${password}`)
    if (!account || !token || !tools.tokens.isLive(token)) return undefined
    return { letters: lettersOf(account), send: (message) => deliver(account, message) }
  }

  /** To whoever has a mailbox here; the rest of the world is not played. */
  function deliver(from: Account, { to, data: sent }: { to: readonly string[]; data: string }): void {
    const [head = '', ...body] = sent.split('\r\n\r\n')
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? ''
    for (const account of accounts.filter(({ email }) => to.includes(email))) {
      const letters = lettersOf(account)
      letters.push({
        uid: letters.length + 1,
        date: tools.now(),
        from: `${from.name} <${from.email}>`,
        to: account.email,
        subject: field('Subject'),
        text: body.join('\r\n\r\n'),
        seen: false,
        messageId: field('Message-ID'),
      })
    }
  }

  /** Nobody sees what is another's: the number in the path must be one's own. */
  const own = (handle: (call: Call) => Reply) => (call: Call) =>
    call.params['dsid'] === call.account.id ? handle(call) : davProblem(403, 'Forbidden', 'Not yours')

  const principal = (hosts: readonly string[], property: string, target: (id: string) => string): Route[] =>
    hosts.flatMap((host) => [
      ...['/', '/.well-known/caldav', '/.well-known/carddav'].map((path) =>
        on(
          'PROPFIND',
          path,
          ({ account }) => describe(path, { 'd:current-user-principal': `/${account.id}/principal/` }),
          { host },
        ),
      ),
      on(
        'PROPFIND',
        '/:dsid/principal/',
        own(({ account }) => describe(`/${account.id}/principal/`, { [property]: target(account.id) })),
        { host },
      ),
    ])

  function collection(of: {
    host: string
    home: string
    name: string
    kind: 'cal:calendar' | 'card:addressbook'
    label: string
    objects: (call: Call) => Record<string, string>
    begins: string
  }): Route[] {
    const { host } = of
    const root = (call: Call) => `/${call.account.id}/${of.home}/${of.name}`
    const what = of.kind === 'cal:calendar' ? 'events' : 'cards'
    return [
      ...[`/:dsid/${of.home}/`, `/:dsid/${of.home}/${of.name}/`].map((path) =>
        on(
          'PROPFIND',
          path,
          own((call) =>
            listHome(`/${call.account.id}/${of.home}/`, {
              href: `${root(call)}/`,
              kind: of.kind,
              name: of.label,
            }),
          ),
          { host },
        ),
      ),
      on(
        'REPORT',
        `/:dsid/${of.home}/${of.name}/`,
        own((call) => report(what, of.objects(call), root(call), call.asked.body.toString('utf8'))),
        { host },
      ),
      on(
        'PUT',
        `/:dsid/${of.home}/${of.name}/:file`,
        own((call) =>
          putObject(of.objects(call), call.params['file'] ?? '', call.asked.body.toString('utf8'), of.begins),
        ),
        { host },
      ),
      on(
        'DELETE',
        `/:dsid/${of.home}/${of.name}/:file`,
        own((call) => {
          delete of.objects(call)[call.params['file'] ?? '']
          return empty(204)
        }),
        { host },
      ),
    ]
  }

  return {
    accounts,
    hosts: ['caldav.icloud.com', 'contacts.icloud.com', CALENDARS, CONTACTS],
    routes: [
      ...principal(
        ['caldav.icloud.com', CALENDARS],
        'cal:calendar-home-set',
        (id) => `https://${CALENDARS}:443/${id}/calendars/`,
      ),
      ...principal(
        ['contacts.icloud.com', CONTACTS],
        'card:addressbook-home-set',
        (id) => `https://${CONTACTS}:443/${id}/carddavhome/`,
      ),
      // The general hosts answer for every partition as well.
      ...['caldav.icloud.com', CALENDARS].flatMap((host) =>
        collection({
          host,
          home: 'calendars',
          name: 'home',
          kind: 'cal:calendar',
          label: 'Home',
          objects: (call) => home(call).events,
          begins: 'BEGIN:VCALENDAR',
        }),
      ),
      ...['contacts.icloud.com', CONTACTS].flatMap((host) =>
        collection({
          host,
          home: 'carddavhome',
          name: 'card',
          kind: 'card:addressbook',
          label: 'Contacts',
          objects: (call) => home(call).cards,
          begins: 'BEGIN:VCARD',
        }),
      ),
    ],
    headers: () => ({ 'x-apple-user-partition': PARTITION }),
    unauthorized: () => empty(401, { 'www-authenticate': 'Basic realm="MMCalDav"' }),
    forbidden: () => empty(403),
    notFound: () => empty(404),
    rateLimited: () => empty(503),
    mail: signIn,
    values: () => ({
      appleId: accounts[0]?.email ?? '',
      appPassword: tools.hold({
        account: accounts[0]?.id ?? '',
        make: (derive) => Array.from({ length: 4 }, (_, part) => derive(`part${part}`, 4, LETTERS)).join('-'),
        present: (secret) => `${accounts[0]?.email}:${secret}`,
      }),
    }),
  }
}

export default create

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

function seedLetters(to: string, now: number): Letter[] {
  const letter = (uid: number, days: number, from: string, subject: string, text: string): Letter => ({
    uid,
    date: now - days * 86_400_000,
    from,
    to,
    subject,
    text,
    seen: days > 1,
    messageId: `<letter${uid}@icloud.example>`,
  })
  return [
    letter(
      1,
      3,
      `${cast.chiara.name} <${cast.chiara.email}>`,
      'Bells have arrived',
      'Forty of them, in brass.',
    ),
    letter(2, 1, 'Noor Petrov <noor@riders.example>', 'My basket', 'It is empty again after I sign in.'),
  ]
}
