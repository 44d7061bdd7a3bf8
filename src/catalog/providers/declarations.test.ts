import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AuthMethod, OAuth2, Parameter, Provider } from '../define.ts'
import { findProvider, logos, providers } from '../registry.ts'

// C10: exactly these scopes are requested. A change here is a change of what people are asked to grant.
const GOOGLE = 'https://www.googleapis.com/auth/'
const GOOGLE_IDENTITY = ['openid', 'email', 'profile']
const MICROSOFT_SIGN_IN = ['offline_access', 'User.Read']
const RECOMMENDED: Readonly<Record<string, readonly string[]>> = {
  asana: [
    'tasks:read',
    'tasks:write',
    'projects:read',
    'stories:read',
    'stories:write',
    'users:read',
    'workspaces:read',
  ],
  gitlab: ['api', 'read_user'],
  confluence: [
    'read:page:confluence',
    'write:page:confluence',
    'read:space:confluence',
    'read:comment:confluence',
    'write:comment:confluence',
    'search:confluence',
    'read:confluence-user',
    'offline_access',
  ],
  tableau: [],
  trello: ['read', 'write'],
  monday: [
    'boards:read',
    'boards:write',
    'updates:read',
    'updates:write',
    'users:read',
    'workspaces:read',
    'me:read',
  ],
  figma: ['current_user:read', 'file_content:read', 'file_metadata:read', 'file_comments:read'],
  discord: ['identify', 'bot', 'guilds'],
  zoom: [
    'user:read:user',
    'user:read:email',
    'meeting:read:list_meetings',
    'meeting:read:meeting',
    'cloud_recording:read:list_user_recordings',
    'cloud_recording:read:recording',
  ],
  box: ['root_readwrite', 'manage_managed_users'],
  dropbox: ['account_info.read', 'files.metadata.read', 'files.content.read'],
  freshdesk: [],
  icloud: [],
  intercom: [],
  'linkedin-ads': ['r_ads', 'rw_ads'],
  shopify: [
    'read_products',
    'write_products',
    'read_orders',
    'write_orders',
    'read_customers',
    'write_customers',
    'read_draft_orders',
    'write_draft_orders',
    'read_inventory',
    'write_inventory',
    'read_locations',
    'write_fulfillments',
  ],
  mailchimp: [],
  instagram: [
    'instagram_business_basic',
    'instagram_business_manage_comments',
    'instagram_business_manage_messages',
    'instagram_business_content_publish',
  ],
  'meta-ads': ['ads_management', 'ads_read'],
  whatsapp: ['whatsapp_business_management', 'whatsapp_business_messaging', 'business_management'],
  github: ['repo', 'read:user', 'user:email'],
  gmail: [...GOOGLE_IDENTITY, `${GOOGLE}gmail.modify`],
  google: [
    ...GOOGLE_IDENTITY,
    `${GOOGLE}gmail.modify`,
    `${GOOGLE}calendar`,
    `${GOOGLE}contacts`,
    `${GOOGLE}drive.readonly`,
  ],
  'google-ads': [...GOOGLE_IDENTITY, `${GOOGLE}adwords`],
  'google-analytics': [...GOOGLE_IDENTITY, `${GOOGLE}analytics.readonly`],
  'google-calendar': [...GOOGLE_IDENTITY, `${GOOGLE}calendar.readonly`],
  'google-chat': [...GOOGLE_IDENTITY, `${GOOGLE}chat.spaces.readonly`, `${GOOGLE}chat.messages`],
  'google-contacts': [...GOOGLE_IDENTITY, `${GOOGLE}contacts`],
  'google-drive': [...GOOGLE_IDENTITY, `${GOOGLE}drive.readonly`],
  'google-reviews': [...GOOGLE_IDENTITY, `${GOOGLE}business.manage`],
  hubspot: [
    'oauth',
    'crm.objects.contacts.read',
    'crm.objects.contacts.write',
    'crm.objects.companies.read',
    'crm.objects.companies.write',
    'crm.objects.deals.read',
    'crm.objects.deals.write',
    'crm.objects.owners.read',
  ],
  'hubspot-marketing': ['oauth', 'content'],
  jira: [
    'read:jira-work',
    'write:jira-work',
    'read:jira-user',
    'manage:jira-webhook',
    'read:board-scope:jira-software',
    'read:sprint:jira-software',
    'read:project:jira',
    'offline_access',
  ],
  linear: ['read', 'write', 'issues:create', 'comments:create'],
  'microsoft-365': [
    ...MICROSOFT_SIGN_IN,
    'openid',
    'profile',
    'email',
    'Mail.Read',
    'Mail.Send',
    'Calendars.ReadWrite',
    'Contacts.Read',
    'Contacts.ReadWrite',
    'Files.Read.All',
    'Team.ReadBasic.All',
    'Channel.ReadBasic.All',
    'ChannelMessage.Send',
  ],
  'microsoft-teams': [
    ...MICROSOFT_SIGN_IN,
    'Team.ReadBasic.All',
    'Channel.ReadBasic.All',
    'ChannelMessage.Send',
    'Chat.ReadWrite',
  ],
  nextcloud: [],
  notion: [],
  onedrive: [...MICROSOFT_SIGN_IN, 'Files.ReadWrite.All'],
  outlook: [...MICROSOFT_SIGN_IN, 'Mail.ReadWrite', 'Mail.Send'],
  'outlook-calendar': [...MICROSOFT_SIGN_IN, 'Calendars.ReadWrite'],
  'outlook-contacts': [...MICROSOFT_SIGN_IN, 'Contacts.ReadWrite'],
  quickbooks: ['com.intuit.quickbooks.accounting'],
  salesforce: ['api', 'refresh_token', 'id'],
  slack: [
    'app_mentions:read',
    'channels:history',
    'channels:join',
    'channels:read',
    'chat:write',
    'groups:history',
    'groups:read',
    'im:history',
    'im:read',
    'mpim:history',
    'mpim:read',
    'reactions:read',
    'reactions:write',
    'team:read',
    'users:read',
    'users:read.email',
    'search:read',
  ],
  stripe: [],
  'stripe-connect': ['read_only'],
  telegram: [],
  xero: [
    'openid',
    'profile',
    'email',
    'offline_access',
    'accounting.contacts',
    'accounting.invoices',
    'accounting.payments',
    'accounting.banktransactions',
    'accounting.settings.read',
  ],
  zendesk: ['read', 'write'],
  'zoho-books': ['ZohoBooks.fullaccess.all'],
  'zoho-crm': ['ZohoCRM.modules.ALL', 'ZohoCRM.settings.ALL', 'ZohoCRM.users.READ', 'ZohoCRM.org.READ'],
  'zoho-inventory': ['ZohoInventory.fullaccess.all'],
  'zoho-mail': [
    'ZohoMail.messages.READ',
    'ZohoMail.messages.CREATE',
    'ZohoMail.accounts.READ',
    'ZohoMail.folders.READ',
  ],
  'zoho-projects': ['ZohoProjects.portals.READ', 'ZohoProjects.projects.READ', 'ZohoProjects.tasks.READ'],
  'zoho-workdrive': [
    'WorkDrive.workspace.ALL',
    'WorkDrive.files.ALL',
    'WorkDrive.users.READ',
    'WorkDrive.team.READ',
  ],
}

test('C10 the scopes that are asked for are the pinned ones', () => {
  const declared = Object.fromEntries(
    providers.map((one) => [one.id, one.scope_sets?.recommended.scopes ?? []]),
  )
  expect(declared).toEqual(RECOMMENDED)
})

test('the registry holds every file of the folder, once, in order', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^[a-z0-9-]+\.ts$/.test(name))
  expect(providers.map(({ id }) => id)).toEqual(files.map((name) => name.slice(0, -'.ts'.length)).sort())
  expect(findProvider('github')?.name).toBe('GitHub')
  expect(findProvider('__proto__')).toBeUndefined()
})

describe.each(providers.map((provider) => [provider.id, provider] as const))('%s', (_, provider) => {
  const oauth = provider.auth.find((method): method is OAuth2 => method.kind === 'oauth2')

  test('each way to connect appears once', () => {
    const kinds = provider.auth.map(({ kind }) => kind)
    expect(new Set(kinds).size).toBe(kinds.length)
  })

  test('fields have anchored patterns that take their own example, and are named once a form', () => {
    for (const fields of formsOf(provider)) {
      expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length)
      for (const field of fields) {
        expect(field.pattern).toMatch(/^\^[\s\S]*\$$/)
        expect(alternativesAreGrouped(field.pattern)).toBe(true)
        // Examples of secrets end in dots, so that nobody takes them for one.
        const pattern = new RegExp(field.pattern, 'u')
        if (!field.secret)
          expect(`${field.name}=${field.example}`).toSatisfy(() => pattern.test(field.example))
        const reachesUrl = [...credentialUrls(provider), ...provider.hosts].some((url) =>
          url.includes(`{${field.name}}`),
        )
        for (const attack of reachesUrl ? ATTACKS : [])
          expect([field.name, attack, pattern.test(attack)]).toEqual([field.name, attack, false])
        // What is taken is taken again unchanged: a form that is filled in anew shows the same value.
        if (field.normalise)
          expect(field.normalise(field.normalise(field.example))).toBe(field.normalise(field.example))
      }
    }
  })

  test('every URL is https and at a host that credentials may travel to', () => {
    // A value that must begin with a slash can only be a path, wherever it stands.
    const paths = (provider.parameters ?? []).filter(({ pattern }) => /^\^(?:\(\?:)?\\?\//.test(pattern))
    for (const declared of credentialUrls(provider)) {
      const url = paths.reduce((text, { name }) => text.replaceAll(`{${name}}`, '/'), declared)
      const host = /^https:\/\/([^/]+)/.exec(url)?.[1]
      // The value of a host parameter stands for its host.
      expect(provider.hosts, url).toContain(host)
    }
    if (oauth) expect(oauth.authorization_endpoint).toMatch(/^https:\/\//)
  })

  test('every brace has a parameter, a field or a token to fill it', () => {
    const known = new Set([
      ...formsOf(provider)
        .flat()
        .map(({ name }) => name),
      ...(provider.parameters ?? []).map(({ name }) => name),
      ...Object.keys(provider.env.extra ?? {}),
      'client_id',
      'client_secret',
      'access_token',
      'refresh_token',
      'token',
    ])
    if (provider.auth.some(({ kind }) => kind === 'fragment')) {
      known.add('scope')
      known.add('redirect_uri')
    }
    // What a delivery is signed over has names of its own.
    const { setup: _, webhooks: _webhooks, resources = [], ...called } = provider
    const bracesIn = (part: unknown) =>
      [...JSON.stringify(part).matchAll(/(?<!p)\{([a-zA-Z]\w*)\}/g)].map(([, name]) => name)
    for (const name of bracesIn(called)) expect(known).toContain(name)
    // What is kept of an item is found in the item; what is asked for is known before.
    for (const { lists, search, membership } of resources) {
      for (const { request, under, pages } of lists) {
        const onward = pages?.by === 'cursor' ? pages.onward : undefined
        for (const name of bracesIn([request, under?.request]))
          expect([...known, ...(under ? ['parent'] : [])]).toContain(name)
        for (const name of bracesIn([onward])) expect([...known, 'cursor']).toContain(name)
      }
      if (search) for (const name of bracesIn(search.request)) expect([...known, 'query']).toContain(name)
      const { join, check, bot } = membership ?? {}
      for (const name of bracesIn([join?.request, check?.request])) expect([...known, 'id']).toContain(name)
      for (const name of bracesIn([bot?.request])) expect(known).toContain(name)
    }
  })

  test('every scope of every set is described in one sentence', () => {
    for (const { scopes } of Object.values(provider.scope_sets ?? {})) {
      expect(new Set(scopes).size).toBe(scopes.length)
      for (const scope of scopes) expect(provider.scopes?.[scope], scope).toBeDefined()
    }
    for (const [scope, { why, token }] of Object.entries(provider.scopes ?? {})) {
      expect(why, scope).toMatch(/^[A-Z].*[^.]\.$/)
      if (token) expect(oauth?.scope_params).toHaveProperty(token)
    }
    expect(Boolean(provider.scope_sets) || Boolean(provider.permissions_note)).toBe(true)
  })

  test('OAuth has names for its variables, dead signals where it refreshes, and a reason where PKCE is off', () => {
    if (!oauth) {
      const redirects = provider.auth.some(({ kind }) => kind === 'fragment')
      return expect(provider.callback !== 'none').toBe(redirects)
    }
    expect(provider.callback).not.toBe('none')
    expect(provider.env.client_id).toMatch(/^[A-Z_]+_(?:CLIENT|APP)_ID$/)
    expect(provider.env.client_secret).toMatch(/^[A-Z_]+_(?:CLIENT|APP)_SECRET$/)
    if (oauth.refresh.rotates !== 'none') expect(oauth.refresh.dead?.length).toBeGreaterThan(0)
    if (oauth.pkce) expect(oauth.pkce.off).toMatch(/checked \d{4}-\d{2}\.$/)
  })

  test('a newcomer finds steps to set it up, to try it and to take it back', () => {
    const { setup, test_calls } = provider
    expect(setup.steps.length).toBeGreaterThanOrEqual(3)
    expect(setup.prerequisites.length).toBeGreaterThan(0)
    expect(setup.revoke.steps.length).toBeGreaterThan(0)
    // Figma lists nothing: without the key of a file there is nothing else to ask for.
    expect(test_calls.length).toBeGreaterThanOrEqual(provider.id === 'figma' ? 1 : 2)
    expect(test_calls.length).toBeLessThanOrEqual(4)
    for (const { path, base } of test_calls) {
      expect(path).toMatch(/^\//)
      if (base) expect(provider.api.bases).toHaveProperty(base)
    }
    expect(JSON.stringify(setup)).not.toMatch(/\b(?:just|simply|easy|easily)\b/i)
    expect(provider.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })

  test('the logo is a static drawing', () => {
    if (!logos.has(provider.id)) return
    const svg = readFileSync(join(import.meta.dirname, `../logos/${provider.id}.svg`), 'utf8')
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*viewBox="0 0 24 24"[^>]*><title>[^<]+<\/title><path d="[^"<>]+"\/><\/svg>\n$/,
    )
  })
})

describe('what people paste is read', () => {
  const read = (id: string, name: string, typed: string): string | undefined => {
    const field = formsOf(findProvider(id) as Provider)
      .flat()
      .find((one) => one.name === name)
    const value = field?.normalise?.(typed) ?? typed
    return new RegExp(field?.pattern ?? '', 'u').test(value) ? value : undefined
  }
  test.each([
    ['zendesk', 'subdomain', 'https://Acme.zendesk.com/agent/dashboard?x=1', 'acme'],
    ['zendesk', 'subdomain', ' acme ', 'acme'],
    ['zendesk', 'subdomain', 'acme.zendesk.com.evil.example', undefined],
    ['zendesk', 'subdomain', 'acme.evil', undefined],
    ['zendesk', 'subdomain', 'evil.example/acme.zendesk.com', undefined],
    ['zendesk', 'subdomain', 'acme@evil', undefined],
    ['zendesk', 'subdomain', '-acme', undefined],
    ['zendesk', 'subdomain', 'acme\n', 'acme'],
    ['jira', 'site', 'https://Your-Team.atlassian.net/jira/projects', 'your-team'],
    ['github', 'host', 'https://GitHub.Example.com/login', 'github.example.com'],
    ['github', 'host', 'github.example.com/../api.github.com', 'github.example.com'],
    ['github', 'host', '10.0.0.1', undefined],
    ['gitlab', 'host', 'https://Git.Example.com/groups/x?y=1', 'git.example.com'],
    ['gitlab', 'host', 'git.example.com:8443', 'git.example.com:8443'],
    ['gitlab', 'host', 'http://git.example.com', undefined],
    ['gitlab', 'host', '127.0.0.1', undefined],
    ['gitlab', 'host', 'localhost', undefined],
    ['gitlab', 'host', 'me@git.example.com', undefined],
    ['jira', 'site', 'your-team.atlassian.net.evil.example', undefined],
    ['nextcloud', 'server', 'https://Cloud.Example.com/index.php/apps/files/?dir=/', 'cloud.example.com'],
    ['nextcloud', 'server', 'https://example.com/nextcloud/index.php/login', 'example.com/nextcloud'],
    ['nextcloud', 'server', 'example.com:8443/', 'example.com:8443'],
    ['nextcloud', 'server', 'http://cloud.example.com', undefined],
    ['nextcloud', 'server', 'user:pass@cloud.example.com', undefined],
    ['nextcloud', 'server', 'cloud.example.com/../../etc', undefined],
    ['nextcloud', 'server', 'cloud.example.com:99999', undefined],
    ['nextcloud', 'server', 'cloud.example.com#@evil.example', 'cloud.example.com'],
    ['stripe', 'apiKey', ' sk_test_51PabcdefGHIJ \n', 'sk_test_51PabcdefGHIJ'],
    ['stripe', 'apiKey', 'rk_live_51PabcdefGHIJ', 'rk_live_51PabcdefGHIJ'],
    ['stripe', 'apiKey', 'pk_live_51PabcdefGHIJ', undefined],
    [
      'telegram',
      'token',
      '7012345678:AAabcdefghijklmnopqrstuvwxyz0123456',
      '7012345678:AAabcdefghijklmnopqrstuvwxyz0123456',
    ],
    ['telegram', 'token', '7012345678:AAabc/../getMe', undefined],
    ['slack', 'token', 'xoxp-123456789012-123456789012-abcdef', undefined],
    ['github', 'token', 'gho_abcdefghijklmnopqrstuvwxyz0123456789', undefined],
  ])('%s %s: %j', (id, name, typed, expected) => {
    expect(read(id, name, typed)).toBe(expected)
  })

  test('a Stripe key tells whether it is live', () => {
    const field = formsOf(findProvider('stripe') as Provider).flat()[0] as Parameter
    expect(field.derive?.('sk_test_51Pabc')).toEqual({ mode: 'test', key_type: 'secret' })
    expect(field.derive?.('rk_live_51Pabc')).toEqual({ mode: 'live', key_type: 'restricted' })
    expect(field.mismatch).toContain('pk_')
  })
})

describe('deviations are undone', () => {
  const normalise = (
    id: string,
    status: number,
    body: Parameters<NonNullable<OAuth2['normaliseTokenAnswer']>>[0]['body'],
  ) =>
    findProvider(id)
      ?.auth.find((method) => method.kind === 'oauth2')
      ?.normaliseTokenAnswer?.({ status, body })

  test('GitHub: an error inside a 200, commas between scopes', () => {
    expect(normalise('github', 200, { error: 'bad_verification_code', error_description: 'x' })).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'x' },
    })
    expect(normalise('github', 200, { error: 'incorrect_client_credentials' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    })
    expect(normalise('github', 200, { access_token: 't', scope: 'repo,gist', token_type: 'bearer' })).toEqual(
      { status: 200, body: { access_token: 't', scope: 'repo gist', token_type: 'bearer' } },
    )
    expect(normalise('github', 502, { message: 'x' })).toEqual({ status: 502, body: { message: 'x' } })
  })
  test('Slack: ok false, token types, both tokens', () => {
    expect(normalise('slack', 200, { ok: false, error: 'bad_client_secret' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    })
    expect(normalise('slack', 200, { ok: false, error: 'invalid_refresh_token' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_refresh_token' },
    })
    expect(normalise('slack', 200, { ok: false, error: 'ratelimited' })).toMatchObject({ status: 429 })
    expect(
      normalise('slack', 200, {
        ok: true,
        access_token: 'b',
        token_type: 'bot',
        scope: 'a,b',
        authed_user: { id: 'U1', access_token: 'u', token_type: 'user', scope: 'c,d' },
      }),
    ).toMatchObject({
      status: 200,
      body: { token_type: 'bearer', scope: 'a b', authed_user: { token_type: 'bearer', scope: 'c d' } },
    })
  })
  test('Atlassian: a wrong secret is not a refusal of the person', () => {
    expect(
      normalise('jira', 401, { error: 'access_denied', error_description: 'Unauthorized' }),
    ).toMatchObject({ body: { error: 'invalid_client' } })
    expect(normalise('jira', 403, { error: 'unauthorized_client' })).toMatchObject({
      body: { error: 'unauthorized_client' },
    })
  })
  test('Google: the long names of two scopes', () => {
    expect(
      normalise('google', 200, {
        scope: `openid ${GOOGLE}userinfo.email ${GOOGLE}userinfo.profile ${GOOGLE}calendar`,
      }),
    ).toEqual({ status: 200, body: { scope: `openid email profile ${GOOGLE}calendar` } })
  })
  test('Atlassian: two items of one site are one place, and Confluence alone is none', () => {
    const read = findProvider('jira')?.tenants?.read
    const id = '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b60'
    const site = { id, name: 'acme', url: 'https://acme.atlassian.net' }
    expect(
      read?.([
        { ...site, scopes: ['read:jira-work'] },
        { ...site, scopes: ['read:page:confluence'] },
      ]),
    ).toEqual([
      { parameters: { cloudId: id, site: 'acme' }, label: 'acme', url: 'https://acme.atlassian.net' },
    ])
    expect(read?.([{ ...site, scopes: ['read:page:confluence'] }])).toEqual([])
    const wiki = findProvider('confluence')?.tenants?.read
    expect(wiki?.([{ ...site, scopes: ['read:jira-work'] }])).toEqual([])
    expect(wiki?.([{ ...site, scopes: ['search:confluence'] }])).toHaveLength(1)
    expect(read?.({ code: 401 })).toEqual([])
  })
})

const ATTACKS = ['a/../b', 'a b', 'a\nb', 'a?b', 'a#b', 'a@b.example/c', 'a%2fb', 'a\\b', '{x}', '']

/** `^a|b$` anchors neither: alternatives have to stand in a group. */
function alternativesAreGrouped(pattern: string): boolean {
  let depth = 0
  let inClass = false
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]
    if (character === '\\') at++
    else if (inClass) inClass = character !== ']'
    else if (character === '[') inClass = true
    else if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === '|' && depth === 0) return false
  }
  return true
}

function formsOf(provider: Provider): Parameter[][] {
  const own = (method: AuthMethod): Parameter[] => ('fields' in method ? [...method.fields] : [])
  return [[...(provider.parameters ?? [])], ...provider.auth.map(own)]
}

function credentialUrls(provider: Provider): string[] {
  const { api, verify, tenants, revocation, capabilities = [] } = provider
  const resolve = (url: string | undefined) => (url?.startsWith('/') ? api.base_url + url : url)
  const urls = provider.auth.flatMap((method) => {
    if (method.kind === 'browser_login') return [method.start.url]
    const own = [resolve(method.verify?.url)]
    if (method.kind === 'oauth2') {
      const { upgrade, renew } = method.refresh.exchange ?? {}
      return [
        ...own,
        method.token_endpoint,
        method.refresh_endpoint,
        resolve(upgrade?.url),
        resolve(renew?.url),
      ]
    }
    if (!('fields' in method)) return own
    return [...own, method.base_url, resolve(method.session?.request.url)]
  })
  return [
    ...urls,
    api.base_url,
    ...Object.values(api.bases ?? {}),
    resolve(verify.url),
    resolve(tenants?.request.url),
    ...capabilities.map(({ request }) => resolve(request?.url)),
    revocation?.revocation_endpoint,
    resolve(revocation?.request?.url),
    resolve(revocation?.narrow?.url),
  ].filter((url): url is string => url !== undefined)
}
