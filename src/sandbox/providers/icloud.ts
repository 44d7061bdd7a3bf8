/** iCloud: calendars and contacts of one partition, by app-specific password. RFC 4791, 6352 */
import { cast } from '../cast.ts'
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

const create: CreateStandIn = (tools) => {
  const data = tools.load<Record<string, Home>>(() => ({}))
  const home = ({ account }: Call) => (data[account.id] ??= seedHome(tools.now()))

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
