/** Nextcloud: one server with app passwords and Login Flow v2. https://docs.nextcloud.com/server/latest/developer_manual */
import { createHash } from 'node:crypto'
import type { Json } from '../../catalog/define.ts'
import { cast } from '../cast.ts'
import { type Asked, empty, json, type Reply, readArguments, readForm } from '../messages.ts'
import { html, renderPage, renderProblemPage } from '../pages.ts'
import { type Account, type Call, type CreateStandIn, on, open, page, type Route } from '../stand-in.ts'
import {
  davProblem,
  listFolder,
  putObject,
  readFile,
  removeFile,
  report,
  searchFiles,
  writeFile,
} from '../worlds/dav.ts'
import { type Home, seedHome } from '../worlds/nextcloud.ts'

type Flow = { startedAt: number; app: string; pollHash: string; grantedTo?: string }
type Share = {
  id: string
  path: string
  owner: string
  shareType: number
  permissions: number
  token: string
  expiration: string | null
}
/** Flows by the hash of the token in their address: what is stored lets nobody finish one. */
type Data = { homes: Record<string, Home>; flows: Record<string, Flow>; shares: Share[] }

export const SERVER = 'cloud.example.com'
const FLOW_LIFETIME = 1_200_000
const CODES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

// The name one logs in with may differ from the user id: here, Bruno logs in with his e-mail address.
const accounts: readonly Account[] = [
  { id: 'ada', name: cast.ada.name, email: cast.ada.email },
  { id: 'bruno', name: cast.bruno.name, email: cast.bruno.email },
]
const loginName = (account: Account) => (account.id === 'bruno' ? account.email : account.id)

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ homes: {}, flows: {}, shares: [] }))
  const home = (account: Account) => (data.homes[account.id] ??= seedHome(tools.now()))
  const root = (account: Account) => `/remote.php/dav/files/${account.id}`
  const flowOf = (token: string | undefined) => {
    const flow = data.flows[hash(token ?? '')]
    return flow && flow.startedAt + FLOW_LIFETIME > tools.now() ? flow : undefined
  }

  /** Nobody sees the files of others: the user id in the path must be one's own. */
  const dav = (handle: (call: Call, path: string) => Reply) => (call: Call) =>
    call.params['user'] === call.account.id
      ? handle(call, call.params['path'] ?? '')
      : davProblem(404, 'NotFound', 'Principal not found')

  const files: Route[] = [
    ...['', '/*path'].map((rest) =>
      on(
        'PROPFIND',
        `/remote.php/dav/files/:user${rest}`,
        dav(({ asked, account }, path) =>
          listFolder(home(account), root(account), path, String(asked.headers['depth'] ?? 'infinity')),
        ),
      ),
    ),
    on('SEARCH', '/remote.php/dav/', ({ asked, account }) =>
      searchFiles(home(account), root(account), asked.body.toString('utf8')),
    ),
    on(
      'GET',
      '/remote.php/dav/files/:user/*path',
      dav(({ account }, path) => readFile(home(account), path)),
    ),
    on(
      'PUT',
      '/remote.php/dav/files/:user/*path',
      dav(({ asked, account }, path) =>
        writeFile(home(account), {
          path,
          content: asked.body.toString('utf8'),
          type: asked.headers['content-type'] ?? 'application/octet-stream',
          now: tools.now(),
        }),
      ),
    ),
    on(
      'MKCOL',
      '/remote.php/dav/files/:user/*path',
      dav(({ account }, path) => {
        const name = `${path.replace(/\/$/, '')}/`
        if (home(account).files[name])
          return davProblem(405, 'MethodNotAllowed', 'The resource you tried to create already exists')
        home(account).files[name] = { content: '', type: 'httpd/unix-directory', modified: tools.now() }
        return empty(201)
      }),
    ),
    on(
      'DELETE',
      '/remote.php/dav/files/:user/*path',
      dav(({ account }, path) => removeFile(home(account), path)),
    ),
    ...['', '/'].map((end) =>
      on(
        'REPORT',
        `/remote.php/dav/calendars/:user/personal${end}`,
        dav(({ asked, account }) =>
          report(
            'events',
            home(account).events,
            `/remote.php/dav/calendars/${account.id}/personal`,
            asked.body.toString('utf8'),
          ),
        ),
      ),
    ),
    on(
      'PUT',
      '/remote.php/dav/calendars/:user/personal/:name',
      dav(({ asked, account, params }) =>
        putObject(home(account).events, params['name'] ?? '', asked.body.toString('utf8'), 'BEGIN:VCALENDAR'),
      ),
    ),
    ...['', '/'].map((end) =>
      on(
        'REPORT',
        `/remote.php/dav/addressbooks/users/:user/contacts${end}`,
        dav(({ asked, account }) =>
          report(
            'cards',
            home(account).cards,
            `/remote.php/dav/addressbooks/users/${account.id}/contacts`,
            asked.body.toString('utf8'),
          ),
        ),
      ),
    ),
  ]

  const routes: Route[] = [
    open('GET', '/status.php', () =>
      json(200, {
        installed: true,
        maintenance: false,
        needsDbUpgrade: false,
        version: '32.0.1.2',
        versionstring: '32.0.1',
        edition: '',
        productname: 'Nextcloud',
        extendedSupport: false,
      }),
    ),
    ...['/index.php/login/v2', '/login/v2'].map((path) =>
      open('POST', path, ({ asked }) => startFlow(asked)),
    ),
    ...['/index.php/login/v2/poll', '/login/v2/poll'].map((path) =>
      open('POST', path, ({ asked }) => poll(asked)),
    ),
    ...['/index.php/login/v2/flow/:token', '/login/v2/flow/:token'].flatMap((path) => [
      page('GET', path, ({ params }) => showFlow(params['token'])),
      page('POST', path, ({ asked, params }) => grant(params['token'], readForm(asked).get('account'))),
    ]),
    on('GET', '/ocs/v2.php/cloud/user', ({ account }) =>
      ocs({
        id: account.id,
        enabled: true,
        'display-name': account.name,
        displayname: account.name,
        email: account.email,
        language: 'en',
        locale: 'en_GB',
        quota: { free: 10_000_000_000, used: 1234, total: 10_000_001_234, relative: 0, quota: -3 },
        groups: ['workshop'],
        storageLocation: `/data/${account.id}`,
        lastLogin: tools.now(),
      }),
    ),
    on('GET', '/ocs/v2.php/cloud/capabilities', () =>
      ocs({
        version: { major: 32, minor: 0, micro: 1, string: '32.0.1', edition: '', extendedSupport: false },
        capabilities: {
          core: { pollinterval: 60, 'webdav-root': 'remote.php/webdav' },
          dav: { chunking: '1.0' },
          files_sharing: { api_enabled: true, public: { enabled: true } },
        },
      }),
    ),
    on('GET', '/ocs/v2.php/apps/files_sharing/api/v1/shares', ({ account }) =>
      ocs(data.shares.filter(({ owner }) => owner === account.id).map(share)),
    ),
    on('POST', '/ocs/v2.php/apps/files_sharing/api/v1/shares', (call) => createShare(call)),
    on('DELETE', '/ocs/v2.php/core/apppassword', ({ token }) => {
      tools.tokens.end(token, 'revoked')
      return ocs([])
    }),
    ...files,
  ]

  function startFlow(asked: Asked): Reply {
    const [flow, pollToken] = [tools.random(128, CODES), tools.random(128, CODES)]
    data.flows[hash(flow)] = {
      startedAt: tools.now(),
      app: (asked.headers['user-agent'] ?? 'unknown').slice(0, 80),
      pollHash: hash(pollToken),
    }
    for (const [key, one] of Object.entries(data.flows))
      if (one.startedAt + FLOW_LIFETIME <= tools.now()) delete data.flows[key]
    return json(200, {
      poll: { token: pollToken, endpoint: `https://${asked.host}/login/v2/poll` },
      login: `https://${asked.host}/login/v2/flow/${flow}`,
    })
  }

  /** 404 until someone granted access; then the answer, once. */
  function poll(asked: Asked): Reply {
    const wanted = hash(readArguments(asked)['token'] ?? '')
    const [key, flow] = Object.entries(data.flows).find(([, one]) => one.pollHash === wanted) ?? []
    const account = tools.accounts().find(({ id }) => id === flow?.grantedTo)
    if (!key || !flow || !account || flow.startedAt + FLOW_LIFETIME <= tools.now()) return json(404, [])
    delete data.flows[key]
    const appPassword = Array.from({ length: 5 }, () => tools.random(5, CODES)).join('-')
    tools.tokens.put(`${loginName(account)}:${appPassword}`, {
      provider: 'nextcloud',
      client: flow.app,
      account: account.id,
      scopes: [],
      picked: [],
      place: {},
      use: 'static',
      name: 'main',
      family: tools.random(16),
      issuedAt: tools.now(),
      expiresAt: null,
      facts: { app: flow.app },
    })
    return json(200, { server: `https://${asked.host}`, loginName: loginName(account), appPassword })
  }

  function showFlow(token: string | undefined): Reply {
    const flow = flowOf(token)
    if (!flow) return flowOver()
    return renderPage({
      publicUrl: tools.publicUrl,
      title: 'Connect to your account (sandbox)',
      body: html`<h1>Connect to your account</h1>
<p>Log in and grant <strong>${flow.app}</strong> access to your Nextcloud account on ${SERVER}.</p>
<form method="post"><fieldset><legend>Log in as</legend>${tools
        .accounts()
        .map(
          (account, index) =>
            html`<label class="check"><input type="radio" name="account" value="${account.id}"${index === 0 && html` checked`}><span>${account.name}<code>${loginName(account)}</code></span></label>`,
        )}</fieldset><div class="row"><button class="primary">Grant access</button></div></form>
<p class="quiet">To refuse, close this page.</p>`,
    })
  }

  function grant(token: string | undefined, account: string | null): Reply {
    const flow = flowOf(token)
    const found = tools.accounts().find(({ id }) => id === account) ?? tools.accounts()[0]
    if (!flow || !found) return flowOver()
    flow.grantedTo = found.id
    return renderPage({
      publicUrl: tools.publicUrl,
      title: 'Account connected (sandbox)',
      body: html`<h1>Account connected</h1><p>Your client should now be connected. You can close this page.</p>`,
    })
  }

  const flowOver = () =>
    renderProblemPage({
      publicUrl: tools.publicUrl,
      status: 403,
      title: 'Access forbidden',
      detail: 'This log-in has been used or has expired. Start again where you came from.',
    })

  function createShare({ asked, account }: Call): Reply {
    const { path = '', shareType = '3', permissions = '1', expireDate } = readArguments(asked)
    if (!home(account).files[path.replace(/^\//, '')])
      return ocsFailure(404, 404, 'Wrong path, file/folder does not exist')
    const made: Share = {
      id: String(data.shares.length + 1),
      path,
      owner: account.id,
      shareType: Number(shareType),
      permissions: Number(permissions),
      token: tools.random(15, CODES),
      expiration: expireDate ? `${expireDate} 00:00:00` : null,
    }
    data.shares.push(made)
    return ocs(share(made))
  }

  const share = (one: Share) => ({
    id: one.id,
    share_type: one.shareType,
    uid_owner: one.owner,
    permissions: one.permissions,
    path: one.path,
    item_type: 'file',
    token: one.token,
    url: `https://${SERVER}/s/${one.token}`,
    expiration: one.expiration,
  })

  return {
    accounts,
    hosts: [SERVER],
    guard: (asked) =>
      asked.path.startsWith('/ocs/') && asked.headers['ocs-apirequest'] !== 'true'
        ? json(412, { message: 'CSRF check failed' })
        : undefined,
    routes,
    unauthorized: () => ({
      ...ocsFailure(401, 997, 'Current user is not logged in'),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'www-authenticate': 'Basic realm="Nextcloud", charset="UTF-8"',
      },
    }),
    forbidden: () => ocsFailure(403, 403, 'Forbidden'),
    notFound: () => json(404, { message: 'Not found' }),
    rateLimited: () => json(429, { message: 'Too many requests' }),
    values: () => ({
      server: SERVER,
      loginName: 'ada',
      appPassword: tools.hold({
        account: 'ada',
        make: (derive) => Array.from({ length: 5 }, (_, part) => derive(`part${part}`, 5, CODES)).join('-'),
        present: (secret) => `ada:${secret}`,
      }),
    }),
  }
}

export default create

const hash = (token: string) => createHash('sha256').update(token).digest('base64url')
const ocs = (data: Json): Reply =>
  json(200, { ocs: { meta: { status: 'ok', statuscode: 200, message: 'OK' }, data } })

function ocsFailure(status: number, statuscode: number, message: string): Reply {
  return json(status, { ocs: { meta: { status: 'failure', statuscode, message }, data: [] } })
}
