/**
 * The architecture, read from the imports: arrows go one way (docs: the tree), the world is reached through one gate
 * (check E1), and the core knows no provider by name.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { providers } from '../src/catalog/registry.ts'

const SOURCES = fileURLToPath(new URL('../src', import.meta.url))

/** Who may import whom. A folder that is missing here fails: whoever adds one says where it stands. */
const ARROWS: Record<string, readonly string[]> = {
  'errors.ts': [],
  'version.ts': [],
  'log.ts': [],
  'config.ts': ['errors.ts'],
  oauth: ['errors.ts', 'config.ts'],
  catalog: ['errors.ts', 'config.ts', 'oauth'],
  store: ['errors.ts', 'config.ts'],
  jobs: ['errors.ts', 'config.ts', 'store'],
  egress: ['errors.ts', 'config.ts'],
  vault: ['errors.ts', 'config.ts', 'oauth', 'catalog', 'store', 'jobs', 'egress'],
  identity: ['errors.ts', 'config.ts', 'store', 'jobs', 'egress', 'vault'],
  doctor: ['errors.ts', 'config.ts', 'catalog', 'store', 'egress', 'vault'],
  // Who may see a connection is decided by identity/principal.ts, the seam that everything passes.
  connect: ['errors.ts', 'config.ts', 'oauth', 'catalog', 'store', 'jobs', 'egress', 'vault', 'identity'],
  agents: ['errors.ts', 'config.ts', 'catalog', 'store', 'vault', 'identity'],
  sync: ['errors.ts', 'config.ts', 'catalog', 'store', 'jobs', 'egress', 'vault', 'identity'],
  http: [
    'errors.ts',
    'config.ts',
    'catalog',
    'store',
    'vault',
    'identity',
    'connect',
    'agents',
    'doctor',
    'sync',
  ],
  'hub.ts': [
    'errors.ts',
    'version.ts',
    'log.ts',
    'config.ts',
    'oauth',
    'catalog',
    'store',
    'jobs',
    'egress',
    'vault',
    'identity',
    'connect',
    'agents',
    'doctor',
    'sync',
    'http',
  ],
  // The API's shapes, as types, and nothing of the server.
  web: ['http'],
  // Outside the product: it plays what the catalog declares.
  sandbox: ['catalog'],
  cli: [
    'errors.ts',
    'version.ts',
    'config.ts',
    'catalog',
    'store',
    'egress',
    'vault',
    'identity',
    'connect',
    'doctor',
    'hub.ts',
  ],
}

type Import = { file: string; target: string; typeOnly: boolean; dynamic: boolean; names: string }

function sourceFiles(folder = SOURCES): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sourceFiles(path)
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const nameOf = (path: string) =>
  path
    .slice(SOURCES.length + 1)
    .split(sep)
    .join('/')
const layerOf = (file: string) => file.split('/')[0] as string

function importsOf(path: string): Import[] {
  const text = readFileSync(path, 'utf8')
  const file = nameOf(path)
  const statements = [
    ...text.matchAll(/^\s*(?:import|export)\s+(type\s+)?([^'"`;]*?)\s*from\s+['"]([^'"]+)['"]/gm),
  ].map(([, type, names = '', target = '']) => ({
    type: type !== undefined || onlyTypes(names),
    names,
    target,
    dynamic: false,
  }))
  const bare = [...text.matchAll(/^\s*import\s+['"]([^'"]+)['"]/gm)].map(([, target = '']) => ({
    type: false,
    names: '',
    target,
    dynamic: false,
  }))
  const dynamic = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)].map(([, target = '']) => ({
    type: false,
    names: '',
    target,
    dynamic: true,
  }))
  return [...statements, ...bare, ...dynamic].map(({ type, names, target, dynamic }) => ({
    file,
    target: target.startsWith('.') ? nameOf(normalize(join(dirname(path), target))) : target,
    typeOnly: type,
    dynamic,
    names,
  }))
}

/** `import { type A, type B }` leaves nothing at run time. */
function onlyTypes(names: string): boolean {
  const inner = /^\{([\s\S]*)\}$/.exec(names)?.[1]
  return (
    inner !== undefined &&
    inner
      .split(',')
      .filter((name) => name.trim())
      .every((name) => name.trim().startsWith('type '))
  )
}

const files = sourceFiles()
const imports = files.flatMap(importsOf)
const inner = imports.filter(({ target }) => files.some((path) => nameOf(path) === target))

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(80)
  expect(inner.length).toBeGreaterThan(200)
})

test('every folder has its place, and every arrow points the allowed way', () => {
  const wrong = inner
    .filter(({ dynamic }) => !dynamic)
    .map(({ file, target }) => ({ file, target, from: layerOf(file), to: layerOf(target) }))
    .filter(({ from, to }) => from !== to && !ARROWS[from]?.includes(to))
    .map(({ file, target }) => `${file} -> ${target}`)
  expect(wrong).toEqual([])
  expect(
    [...new Set(files.map((path) => layerOf(nameOf(path))))].filter((layer) => !(layer in ARROWS)),
  ).toEqual([])
})

test('the arrows make no circle, not even through third parties', () => {
  const reach = (from: string, seen: readonly string[] = []): string[] =>
    (ARROWS[from] ?? []).flatMap((to) => (seen.includes(to) ? [] : [to, ...reach(to, [...seen, to])]))
  for (const layer of Object.keys(ARROWS)) expect(reach(layer), layer).not.toContain(layer)
})

test('the sandbox is loaded by the command line alone, when it is asked for', () => {
  const loaders = inner.filter(
    ({ file, target }) => layerOf(target) === 'sandbox' && layerOf(file) !== 'sandbox',
  )
  expect(loaders.every(({ file, dynamic }) => layerOf(file) === 'cli' && dynamic)).toBe(true)
})

test('the dashboard takes types from the API and nothing else', () => {
  expect(
    inner
      .filter(
        ({ file, target, typeOnly }) => layerOf(file) === 'web' && layerOf(target) !== 'web' && !typeOnly,
      )
      .map(({ file, target }) => `${file} -> ${target}`),
  ).toEqual([])
})

test('a provider file imports the shape of a declaration, and otherwise types', () => {
  const wrong = imports.filter(
    ({ file, target, typeOnly }) =>
      file.startsWith('catalog/providers/') &&
      target !== 'catalog/define.ts' &&
      // What several entries of one family share.
      !target.startsWith('catalog/families/') &&
      !typeOnly,
  )
  expect(wrong).toEqual([])
})

/** Modules that open sockets, and what may be taken from them outside the gate: nothing that calls out. */
const NETWORK =
  /^(undici|node:(http|https|http2|net|tls|dgram|dns|dns\/promises)|axios|got|ky|node-fetch|ws|imapflow|nodemailer)$/
const HARMLESS: Record<string, RegExp> = {
  // Listening.
  'http/port.ts': /^node:(http|net)$/,
  'cli/sandbox.ts': /^node:http$/,
  // What kind of address a text is.
  'identity/passkeys.ts': /^node:net$/,
  'identity/tries.ts': /^node:net$/,
  // The embedded database's own port and socket.
  'store/embedded/listen.ts': /^node:net$/,
  'store/embedded/server.ts': /^node:net$/,
}

test('E1 nobody but the egress gate can open a connection to the world', () => {
  const callers = imports.filter(
    ({ file, target, typeOnly }) =>
      NETWORK.test(target) &&
      !typeOnly &&
      layerOf(file) !== 'egress' &&
      layerOf(file) !== 'sandbox' &&
      !HARMLESS[file]?.test(target),
  )
  expect(callers).toEqual([])
  for (const { file, target, names } of imports.filter(
    ({ file, target, typeOnly }) => HARMLESS[file]?.test(target) && !typeOnly,
  )) {
    expect(names, `${file} ${target}`).not.toMatch(
      /\b(request|get|connect|createConnection|Agent|ClientRequest)\b/,
    )
  }
})

test('E1 nobody calls fetch: not in the server, and the dashboard only its own hub', () => {
  const calls = files
    .filter((path) => layerOf(nameOf(path)) !== 'sandbox')
    .flatMap((path) =>
      [
        ...withoutComments(path).matchAll(
          /(?<![.\w])(fetch\(|new (?:WebSocket|XMLHttpRequest)\b|navigator\.sendBeacon)[^\n]*/g,
        ),
      ].map(([line]) => `${nameOf(path)}: ${line}`),
    )
  // The script of one page of the hub, as text: it posts to the page's own address.
  const ofPages = ['web/', 'http/fragment-page.ts: fetch(pathname, ']
  expect(calls.filter((line) => !ofPages.some((place) => line.startsWith(place)))).toEqual([])
  for (const line of calls) expect(line).not.toMatch(/https?:\/\//)
})

test('E1 the OAuth library never gets to its own fetch', () => {
  for (const path of files.filter((file) => nameOf(file).startsWith('oauth/'))) {
    const text = withoutComments(path)
    const requests = [...text.matchAll(/oauth\.\w*[rR]equest\(/g)].length
    if (requests > 0) expect(text, nameOf(path)).toContain('oauth.customFetch')
  }
})

test('E1 single sign-on never gets to its library’s own fetch', () => {
  const users = imports.filter(({ target, typeOnly }) => target === 'openid-client' && !typeOnly)
  expect(users.map(({ file }) => file)).toEqual(['identity/single-sign-on.ts'])
  const text = withoutComments(files.find((path) => nameOf(path) === users[0]?.file) ?? '')
  // Handed over at discovery, it serves every later request; nothing else makes a configuration.
  expect(text.match(/openid\.discovery\(/g)).toHaveLength(1)
  expect(text).not.toContain('new openid.Configuration')
  expect(text).toContain('[openid.customFetch]: carry(')
})

/** As a value of its own; inside an example's longer text a name decides nothing. */
test('no file outside the catalog and the sandbox names a provider', () => {
  const ids = providers.map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(8)
  const named = files
    .filter((path) => !/^(catalog|sandbox)\//.test(nameOf(path)))
    .flatMap((path) =>
      [
        ...withoutComments(path).matchAll(
          new RegExp(`(['\`])(${ids.join('|')})\\1|(?<=[=(,\\s])"(${ids.join('|')})"`, 'gi'),
        ),
      ].map(([match]) => `${nameOf(path)}: ${match}`),
    )
  expect(named).toEqual([])
})

function withoutComments(path: string): string {
  return readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
}
