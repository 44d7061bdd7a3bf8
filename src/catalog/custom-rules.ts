/**
 * What a declaration of an operator may not say, because a credential would travel where nobody meant it to. The
 * egress gate holds the same lines when a call is made; here they are told while somebody can still mend them.
 */
import type { FullDeclaration } from './custom.ts'
import { bracesOf } from './fill.ts'

export type DeclarationContext = {
  /** Ids of the shipped catalog. */
  takenIds: ReadonlySet<string>
  /** Variables that shipped providers read. */
  takenVariables: ReadonlySet<string>
  /** Private hosts that the operator of the machine allows. */
  allowPrivateHosts: readonly string[]
}

type Violation = { path: string; message: string }

/** Words that stand where a provider's id would in an address of the hub. */
const RESERVED = new Set(['schema', 'universal', 'callback', 'whatsapp'])

/** Below these anybody can have a name: a wildcard over them would reach strangers. */
const SHARED_HOSTING =
  /^(github\.io|gitlab\.io|pages\.dev|workers\.dev|vercel\.app|netlify\.app|herokuapp\.com|azurewebsites\.net|cloudfront\.net|amazonaws\.com|appspot\.com|run\.app|web\.app|firebaseapp\.com|onrender\.com|fly\.dev|ngrok\.io|ngrok\.app|trycloudflare\.com|blogspot\.com)$/
const SECOND_LEVEL = /^(co|com|net|org|gov|gob|gouv|ac|edu|or|ne|go|in|nom|me|ltd|plc|sch|mil)$/

export function findViolations(declaration: FullDeclaration, context: DeclarationContext): Violation[] {
  const found: Violation[] = []
  const say = (path: string, message: string) => void found.push({ path, message })
  const { id, hosts, parameters, env, api } = declaration
  const isAllowed = (host: string) => context.allowPrivateHosts.includes(hostname(host))

  if (context.takenIds.has(id)) say('id', `"${id}" is a provider of the catalog`)
  if (RESERVED.has(id)) say('id', `"${id}" is a word that addresses of the hub use`)
  for (const [path, variable] of variablesIn(env)) {
    if (/^(TRUNKLINE|NEXT_PUBLIC)_/.test(variable)) say(path, `${variable} configures the hub itself`)
    else if (!context.takenIds.has(id) && context.takenVariables.has(variable))
      say(path, `${variable} belongs to a provider of the catalog`)
  }

  hosts.forEach((host, index) => {
    const problem = hostProblem(host, isAllowed)
    if (problem) say(`hosts.${index}`, problem)
  })

  const kinds = declaration.auth.map(({ kind }) => kind)
  kinds.forEach((kind, index) => {
    if (kinds.indexOf(kind) < index)
      say(`auth.${index}.kind`, `there is a method of the kind "${kind}" already`)
  })

  // Every value that becomes part of an address is held to a form that cannot leave the place it is put in.
  const fields = [
    ...parameters.map((parameter, index) => ({ parameter, path: `parameters.${index}` })),
    ...declaration.auth.flatMap((method, at) =>
      method.kind === 'oauth2'
        ? []
        : method.fields.map((parameter, index) => ({ parameter, path: `auth.${at}.fields.${index}` })),
    ),
  ]
  const names = fields.map(({ parameter }) => parameter.name)
  const inHosts = new Set(hosts.flatMap(bracesOf))
  for (const { parameter, path } of fields) {
    const form = readPattern(parameter.pattern)
    if (typeof form === 'string') {
      say(`${path}.pattern`, form)
      continue
    }
    if (parameter.default !== undefined && !form.test(parameter.default))
      say(`${path}.default`, 'does not match the pattern')
    if (!inHosts.has(parameter.name)) continue
    if (parameter.secret) say(`${path}.secret`, 'a secret cannot be part of a host name')
    const intruder = (parameter.host ? LEAVES_HOST : LEAVES_LABEL).find((probe) => form.test(probe))
    if (intruder !== undefined)
      say(`${path}.pattern`, `is part of a host name and must not accept "${intruder}"`)
  }
  names.forEach((name, index) => {
    if (names.indexOf(name) < index && fields[index]?.path.startsWith('parameters'))
      say(`${fields[index]?.path}.name`, `"${name}" is there twice`)
  })

  const known = new Set([...names, ...Object.keys(env.extra ?? {}), 'access_token', 'client_id'])
  for (const [path, template, mustBeListed] of addressesIn(declaration)) {
    for (const brace of bracesOf(template))
      if (!known.has(brace)) say(path, `nothing fills {${brace}}: there is no such parameter`)
    if (template.startsWith('/') && path.endsWith('.url')) continue
    const problem = addressProblem(template, hosts, mustBeListed, isAllowed)
    if (problem) say(path, problem)
  }
  for (const [header, value] of Object.entries(api.headers ?? {})) {
    if (!/^[A-Za-z0-9-]+$/.test(header) || /[\r\n]/.test(value))
      say(`api.headers.${header}`, 'is not a header')
    for (const brace of bracesOf(value))
      if (!known.has(brace)) say(`api.headers.${header}`, `nothing fills {${brace}}`)
  }
  for (const [path, template] of contentsIn(declaration))
    for (const brace of bracesOf(template))
      if (!known.has(brace)) say(path, `nothing fills {${brace}}: there is no such parameter`)
  for (const [path, place] of placementsIn(declaration))
    for (const brace of bracesOf(place.text))
      if (!place.names.includes(brace)) say(path, `nothing fills {${brace}}: the method has no such field`)
  return found
}

/** What a label of a host name may not be, or it would name another host. */
const LEAVES_LABEL = [
  'evil.com',
  'evil.com/',
  'evil.com#',
  'evil.com?',
  'a@evil.com',
  'evil:8443',
  'a\\b',
  'a b',
  '',
]
const LEAVES_HOST = ['evil.com#', 'evil.com?', 'a@evil.com', 'evil.com\\', 'evil com', 'user:pass@evil.com']

function hostname(host: string): string {
  return URL.parse(`https://${host.replace(/^\*\./, '')}`)?.hostname ?? host
}

function hostProblem(host: string, isAllowed: (host: string) => boolean): string | undefined {
  const plain = host.replace(/^\*\./, '').replace(/\{\w+\}/g, 'x')
  // A parameter that is a whole host of the person's own: the guard of the gate looks at what it becomes.
  if (/^\{\w+\}$/.test(host)) return undefined
  if (isAllowed(host)) return undefined
  const url = URL.parse(`https://${plain}`)
  if (!url || !/^[a-z0-9.-]+(:\d+)?$|^\[/.test(plain) || plain !== url.host)
    return 'is not a host name: write it without scheme and path, in small letters'
  if (/[*{]/.test(host) && reachesStrangers(host))
    return 'stands for hosts of strangers too: name the domain of the provider'
  if (
    /^[\d.]+$|^\[/.test(url.hostname) ||
    !url.hostname.includes('.') ||
    /(^|\.)(localhost|local|internal|lan)$/.test(url.hostname)
  )
    return 'is an address or a private name. Whoever runs the machine allows one with TRUNKLINE_ALLOW_PRIVATE_HOSTS'
  return undefined
}

function reachesStrangers(host: string): boolean {
  const all = host.replace(/:\d+$/, '').split('.')
  const labels = all.slice(all.findLastIndex((label) => /[*{]/.test(label)) + 1)
  const [second = '', top = ''] = labels.slice(-2)
  const registrable =
    labels.length >= 2 && !(labels.length === 2 && top.length === 2 && SECOND_LEVEL.test(second))
  return !registrable || SHARED_HOSTING.test(labels.join('.'))
}

function addressProblem(
  template: string,
  hosts: readonly string[],
  mustBeListed: boolean,
  isAllowed: (host: string) => boolean,
): string | undefined {
  const authority = /^(https?):\/\/([^/?#]*)/.exec(template)
  if (!authority) return 'must be an https address'
  const [, scheme, host = ''] = authority
  if (host.includes('@')) return 'must not hold a user name'
  if (scheme === 'http' && !isAllowed(host)) return 'must use https'
  if (!mustBeListed) return undefined
  const listed = hosts.some(
    (allowed) =>
      allowed === host ||
      (allowed.startsWith('*.') &&
        new RegExp(`^[a-z0-9-]+${allowed.slice(1).replaceAll('.', '\\.')}$`).test(host)),
  )
  return listed ? undefined : `goes to ${host}, which is not among the hosts`
}

/** A pattern that always holds the whole value, and cannot be made to run for ages. */
function readPattern(pattern: string): RegExp | string {
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return 'must begin with ^ and end with $'
  if (/\([^)]*[+*}][^)]*\)[+*{]/.test(pattern)) return 'must not repeat what repeats already'
  if (hasLooseAlternative(pattern)) return 'must put alternatives into parentheses: ^(a|b)$'
  try {
    return new RegExp(pattern, 'u')
  } catch {
    return 'is not a regular expression'
  }
}

/** `^a|b$` is "begins with a, or ends with b". */
function hasLooseAlternative(pattern: string): boolean {
  let depth = 0
  let inClass = false
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index]
    if (char === '\\') index++
    else if (inClass) inClass = char !== ']'
    else if (char === '[') inClass = true
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) return true
  }
  return false
}

function variablesIn(env: FullDeclaration['env']): [path: string, name: string][] {
  return [
    ...(env.client_id ? [['env.client_id', env.client_id] as [string, string]] : []),
    ...(env.client_secret ? [['env.client_secret', env.client_secret] as [string, string]] : []),
    ...Object.keys(env.extra ?? {}).map((name): [string, string] => [`env.extra.${name}`, name]),
  ]
}

/** Every address, and whether the hub itself sends a credential there. */
function addressesIn(
  declaration: FullDeclaration,
): [path: string, template: string, mustBeListed: boolean][] {
  const { auth, api, verify, revocation, setup } = declaration
  return [
    ...auth.flatMap((method, index): [string, string, boolean][] => [
      ...(method.kind === 'oauth2'
        ? ([
            [`auth.${index}.authorization_endpoint`, method.authorization_endpoint, false],
            [`auth.${index}.token_endpoint`, method.token_endpoint, true],
          ] as [string, string, boolean][])
        : method.base_url
          ? [[`auth.${index}.base_url`, method.base_url, true] as [string, string, boolean]]
          : []),
      ...(method.verify
        ? [[`auth.${index}.verify.url`, method.verify.url, true] as [string, string, boolean]]
        : []),
    ]),
    ['api.base_url', api.base_url, true],
    ...Object.entries(api.bases ?? {}).map(([name, base]): [string, string, boolean] => [
      `api.bases.${name}`,
      base,
      true,
    ]),
    ['verify.url', verify.url, true],
    ...(revocation?.revocation_endpoint
      ? [
          ['revocation.revocation_endpoint', revocation.revocation_endpoint, true] as [
            string,
            string,
            boolean,
          ],
        ]
      : []),
    ...(revocation?.request
      ? [
          [
            'revocation.request.url',
            // Tokens may stand in it as data.
            revocation.request.url.replace(/\{(token|refresh_token|access_token|client_id)\}/g, 'x'),
            true,
          ] as [string, string, boolean],
        ]
      : []),
    ...(setup?.console_url
      ? [['setup.console_url', setup.console_url, false] as [string, string, boolean]]
      : []),
    ...(setup?.revoke ? [['setup.revoke.url', setup.revoke.url, false] as [string, string, boolean]] : []),
  ]
}

/** Headers and bodies of the calls that verify. */
function contentsIn({ auth, verify }: FullDeclaration): [path: string, template: string][] {
  const calls: [string, FullDeclaration['verify']][] = [
    ['verify', verify],
    ...auth.flatMap((method, index): [string, FullDeclaration['verify']][] =>
      method.verify ? [[`auth.${index}.verify`, method.verify]] : [],
    ),
  ]
  return calls.flatMap(([path, { headers = {}, form = {}, json }]): [string, string][] => [
    ...Object.entries(headers).map(([name, value]): [string, string] => [`${path}.headers.${name}`, value]),
    ...Object.entries(form).map(([name, value]): [string, string] => [`${path}.form.${name}`, value]),
    ...(json === undefined ? [] : [[`${path}.json`, JSON.stringify(json)] as [string, string]]),
  ])
}

function placementsIn(
  declaration: FullDeclaration,
): [path: string, place: { text: string; names: string[] }][] {
  return declaration.auth.flatMap((method, index) => {
    const placement = method.authorization
    if (!placement || placement.scheme === 'bearer' || placement.scheme === 'path') return []
    const names =
      method.kind === 'oauth2' ? ['access_token', 'client_id'] : method.fields.map(({ name }) => name)
    const texts = placement.scheme === 'basic' ? [placement.username, placement.password] : [placement.value]
    return texts.map((text): [string, { text: string; names: string[] }] => [
      `auth.${index}.authorization`,
      { text, names },
    ])
  })
}
