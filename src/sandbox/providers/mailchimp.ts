/** Mailchimp: one account in one data centre. https://mailchimp.com/developer/marketing/api/ */
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill } from '../cast.ts'
import { json, readBasic, readBearer, readJson, type Reply } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, readString } from '../stand-in.ts'

type Member = { id: string; email_address: string; status: string; full_name: string; last_changed: string }
type Audience = { id: string; name: string; date_created: string; members: Member[] }
type Data = { lists: Audience[] }

const DC = 'us6'
const API = `${DC}.api.mailchimp.com`
const LOGIN = 'login.mailchimp.com'
const STATUSES = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional']
const accounts: readonly Account[] = [
  { id: '103264413', name: cast.chiara.name, email: cast.chiara.email, detail: fernhill.name },
]

const create: CreateStandIn = (tools) => {
  const at = (days: number) => daysAgo(tools.now(), days).replace('Z', '+00:00')
  const data = tools.load<Data>(() => ({ lists: [seed()] }))

  function seed(): Audience {
    const member = (full_name: string, email_address: string): Member => ({
      id: hash(email_address),
      email_address,
      full_name,
      status: 'subscribed',
      last_changed: at(12),
    })
    return {
      id: 'a6b5da1054',
      name: 'Riders',
      date_created: at(300),
      members: [member('Noor Petrov', 'noor@riders.example'), member('Sam Iversen', 'sam@riders.example')],
    }
  }

  const showList = ({ id, name, date_created, members }: Audience): JsonObject => ({
    id,
    name,
    date_created,
    permission_reminder: 'You signed up in the shop.',
    visibility: 'pub',
    stats: {
      member_count: members.filter(({ status }) => status === 'subscribed').length,
      unsubscribe_count: members.filter(({ status }) => status === 'unsubscribed').length,
    },
  })

  /** Every list of Mailchimp has the name of what it holds, and how many there are. */
  function list(call: Call, key: string, all: readonly JsonObject[], more: JsonObject = {}): Reply {
    const count = Math.min(Math.max(Number(call.asked.query.get('count') ?? 10) || 10, 1), 1000)
    const offset = Number(call.asked.query.get('offset') ?? 0) || 0
    return json(200, { [key]: all.slice(offset, offset + count), ...more, total_items: all.length })
  }

  const inList = (handle: (call: Call, audience: Audience) => Reply) => (call: Call) => {
    const found = data.lists.find(({ id }) => id === call.params['list'])
    return found ? handle(call, found) : notFound()
  }

  /** PUT adds or changes; the address is the id, hashed. */
  function put(call: Call, audience: Audience): Reply {
    const given = readJson(call.asked)
    const email = readString(given, 'email_address')
    const known = audience.members.find(({ id }) => id === call.params['member'])
    const status = readString(given, 'status') ?? (known ? undefined : readString(given, 'status_if_new'))
    if (!known && (!email || hash(email) !== call.params['member']))
      return problem(400, 'Invalid Resource', 'Please provide a valid email address.')
    if (status !== undefined && !STATUSES.includes(status))
      return problem(400, 'Invalid Resource', 'The status is not one that is known.')
    const member = known ?? {
      id: hash(email ?? ''),
      email_address: email ?? '',
      full_name: '',
      status: '',
      last_changed: '',
    }
    if (!known) audience.members.push(member)
    if (status !== undefined) member.status = status
    member.last_changed = at(0)
    return json(200, { ...member, list_id: audience.id })
  }

  return {
    accounts,
    hosts: [API, LOGIN],
    // A token may be sent as OAuth or as Bearer; a key as the password of any user name, or as Bearer.
    readCredential: ({ headers: { authorization } }) =>
      /^OAuth (\S+)$/i.exec(authorization ?? '')?.[1] ??
      readBearer(authorization) ??
      readBasic(authorization)?.password,
    oauth: {
      code: () => tools.random(32, '0123456789abcdef'),
      access: () => tools.random(32, '0123456789abcdef'),
      lifetime: null,
      answer: ({ tokens: { main } }) =>
        json(200, { access_token: main?.access_token ?? '', expires_in: 0, scope: null }),
      failure: (what) =>
        what === 'bad_client'
          ? json(401, { error: 'invalid_client', error_description: 'The client credentials are invalid' })
          : json(400, { error: 'invalid_grant', error_description: 'Code is invalid or has expired' }),
    },
    routes: [
      on(
        'GET',
        '/oauth2/metadata',
        ({ account, token }) =>
          token.use === 'static'
            ? deadToken()
            : json(200, {
                dc: DC,
                role: 'owner',
                accountname: account.detail ?? account.name,
                user_id: Number(account.id),
                login: {
                  email: account.email,
                  avatar: null,
                  login_id: Number(account.id),
                  login_name: account.email,
                  login_email: account.email,
                },
                login_url: `https://${LOGIN}`,
                api_endpoint: `https://${API}`,
              }),
        { host: LOGIN },
      ),
      on('GET', '/3.0/', ({ account }) =>
        json(200, {
          account_id: hash(account.id),
          login_id: account.id,
          account_name: account.detail ?? account.name,
          email: account.email,
          total_subscribers: data.lists.reduce((sum, { members }) => sum + members.length, 0),
        }),
      ),
      on('GET', '/3.0/lists', (call) => list(call, 'lists', data.lists.map(showList))),
      on(
        'GET',
        '/3.0/lists/:list',
        inList((_call, audience) => json(200, showList(audience))),
      ),
      on(
        'GET',
        '/3.0/lists/:list/members',
        inList((call, { id, members }) => list(call, 'members', members, { list_id: id })),
      ),
      on('PUT', '/3.0/lists/:list/members/:member', inList(put)),
      on('GET', '/3.0/campaigns', (call) =>
        list(call, 'campaigns', [
          {
            id: '42694e9e57',
            type: 'regular',
            status: 'sent',
            emails_sent: 2,
            send_time: at(20),
            recipients: { list_id: 'a6b5da1054', list_name: 'Riders' },
            settings: { subject_line: 'Autumn service', title: 'Autumn service', from_name: fernhill.name },
          },
        ]),
      ),
      on('GET', '/3.0/reports', (call) =>
        list(call, 'reports', [
          {
            id: '42694e9e57',
            campaign_title: 'Autumn service',
            emails_sent: 2,
            opens: { unique_opens: 1, open_rate: 0.5 },
          },
        ]),
      ),
      on('GET', '/3.0/ping', () => json(200, { health_status: "Everything's Chimpy!" })),
    ],
    // Where the metadata is, a dead token gets a 200.
    unauthorized: (why, asked) =>
      asked.host === LOGIN
        ? deadToken()
        : problem(
            401,
            'API Key Invalid',
            `Your API key may be invalid, or you've attempted to access the wrong datacenter (${why}).`,
          ),
    forbidden: () => problem(403, 'Forbidden', 'You do not have permission to access this resource.'),
    notFound,
    rateLimited: () =>
      problem(429, 'Too Many Requests', 'You have exceeded the limit of 10 simultaneous connections.'),
    values: () => ({
      apiKey: tools.hold({
        account: accounts[0]?.id ?? '',
        make: (derive) => `${derive('key', 32, '0123456789abcdef')}-${DC}`,
      }),
    }),
  }
}

export default create

const hash = (text: string) => createHash('md5').update(text.toLowerCase()).digest('hex')
const deadToken = () =>
  json(200, { error: 'invalid_token', error_description: 'The access token provided is invalid' })
const notFound = () => problem(404, 'Resource Not Found', 'The requested resource could not be found.')

function problem(status: number, title: string, detail: string): Reply {
  return json(status, {
    type: 'https://mailchimp.com/developer/marketing/docs/errors/',
    title,
    status,
    detail,
    instance: '',
  })
}
