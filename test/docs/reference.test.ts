/** The reference pages say what the code does: variables, problems, operations, commands, dependencies, statuses. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { PROBLEMS } from '../../src/errors.ts'
import { SCOPES } from '../../src/identity/principal.ts'
import { Status } from '../../src/http/wire.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'
import { codeOf, listPages, readPage, root, tableRows } from './pages.ts'

const source = (path: string) => readFileSync(join(root, path), 'utf8')

describe('variables', () => {
  const page = readPage('docs/reference/configuration.md')
  const [ofHub = '', beside = ''] = page.split('## Beside the hub')
  const documented = tableRows(ofHub).map(([cell, value]) => ({ name: codeOf(cell), value: codeOf(value) }))

  test('every one that the hub reads is documented, and no other', () => {
    const read = new Set(source('src/config.ts').match(/\b(?:TRUNKLINE|NEXT_PUBLIC)_[A-Z_]+\b/g))
    expect(documented.map(({ name }) => name).sort()).toEqual([...read].sort())
  })

  test('defaults are those of the code', () => {
    const {
      host,
      port,
      publicUrl,
      dataDir,
      sandbox,
      logLevel,
      tokenCacheSize,
      allowBrowserProof,
      trustedHops,
    } = loadConfig({})
    const defaults: Record<string, unknown> = {
      TRUNKLINE_PUBLIC_URL: publicUrl,
      TRUNKLINE_HOST: host,
      TRUNKLINE_PORT: port,
      TRUNKLINE_DATA_DIR: dataDir.replace(process.cwd(), '.'),
      TRUNKLINE_SANDBOX: sandbox,
      TRUNKLINE_LOG_LEVEL: logLevel,
      TRUNKLINE_TOKEN_CACHE: tokenCacheSize,
      TRUNKLINE_ALLOW_BROWSER_PROOF: allowBrowserProof,
      TRUNKLINE_TRUSTED_HOPS: trustedHops,
    }
    for (const { name, value } of documented)
      expect([name, value]).toEqual([name, String(defaults[name] ?? '')])
  })

  test('no page names one that does not exist', () => {
    const known = new Set([
      ...documented.map(({ name }) => name),
      ...(beside.match(/\bTRUNKLINE_[A-Z_]+\b/g) ?? []),
    ])
    // What a reader keeps in a shell of their own.
    known.add('TRUNKLINE_KEY')
    for (const path of listPages())
      for (const [name] of readPage(path).matchAll(/\bTRUNKLINE_[A-Z_]+\b/g))
        expect(known.has(name), `${path} names ${name}`).toBe(true)
  })
})

describe('problems', () => {
  /** A code is a promise: one that goes away, or changes its meaning, breaks somebody's program. Add, never remove. */
  const PINNED = [
    'invalid_request 400 never',
    'unauthenticated 401 never',
    'sign_in_link_invalid 401 never',
    'sign_in_refused 401 never',
    'insufficient_scope 403 never',
    'csrf_failed 403 never',
    'reauthentication_required 403 never',
    'single_sign_on_required 403 never',
    'not_found 404 never',
    'method_not_allowed 405 never',
    'conflict 409 later',
    'ambiguous_connection 409 never',
    'last_administrator 409 never',
    'invitation_invalid 410 never',
    'payload_too_large 413 never',
    'unsupported_media_type 415 never',
    'rate_limited 429 later',
    'internal_error 500 later',
    'unavailable 503 later',
    'provider_unknown 404 never',
    'not_configured 409 never',
    'field_invalid 422 never',
    'credential_refused 422 never',
    'return_to_refused 422 never',
    'proof_refused 403 never',
    'callback_refused 403 never',
    'proof_policy 422 never',
    'signature_refused 403 never',
    'owner_excluded 403 never',
    'attempt_over 409 never',
    'attempt_expired 410 never',
    'link_expired 410 never',
    'agent_turned_off 409 never',
    'connection_invalid 409 reconnect',
    'connection_disconnected 410 never',
    'connection_setup_required 409 never',
    'refresh_delayed 503 later',
    'token_not_available 422 never',
    'egress_refused 422 never',
    'header_refused 422 never',
    'upstream_rate_limited 429 later',
    'upstream_unreachable 502 later',
    'upstream_invalid_answer 502 later',
    'upstream_error 502 later',
    'upstream_too_large 502 never',
    'upstream_timeout 504 later',
    'config_invalid 500 never',
    'data_dir_in_use 503 never',
    'port_in_use 503 never',
    'database_start_failed 503 never',
    'database_version_mismatch 503 never',
    'database_unreachable 503 later',
    'platform_unsupported 503 never',
    'master_key_missing 500 never',
    'master_key_wrong 500 never',
    'vault_open_failed 500 never',
  ]

  test('codes, statuses and advice to programs are pinned', () => {
    expect(Object.entries(PROBLEMS).map(([code, { status, retry }]) => `${code} ${status} ${retry}`)).toEqual(
      PINNED,
    )
  })

  test('the page has every code with what the table of the code says, and what to do', () => {
    const rows = tableRows(readPage('docs/reference/problems.md'))
    const expected = Object.entries(PROBLEMS).map(([code, { status, title, retry }]) => [
      `\`${code}\``,
      String(status),
      title,
      retry,
    ])
    expect(rows.map((row) => row.slice(0, 4))).toEqual(expected)
    for (const [code, , , , advice] of rows) expect(advice?.length, code).toBeGreaterThan(10)
  })
})

describe('operations', () => {
  let t: TestHub
  beforeAll(async () => {
    t = await startTestHub({ withSandbox: false })
  })
  afterAll(() => t.close())

  test('the page lists what the hub serves, and what each needs', async () => {
    const { body } = await t.admin.get('/openapi.json')
    const served = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      path.includes('/proxy/')
        ? [`ANY ${path}`]
        : Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const operations = tableRows(readPage('docs/reference/http.md'))
    expect(operations.map(([method, path]) => `${method} ${codeOf(path)}`).sort()).toEqual(
      [...new Set(served)].sort(),
    )
    const nobody = await t.browser(null)
    for (const [method = '', cell, needs = ''] of operations) {
      if (!SCOPES.some((permission) => needs.startsWith(`\`${permission}\``))) continue
      const path = codeOf(cell).replaceAll(/\{[^}]+\}/g, 'x')
      const verb = method === 'ANY' ? 'GET' : method
      const { body: key } = await t.admin.send('POST', '/api/v1/api-keys', {
        name: 'all but one',
        scopes: othersThan(codeOf(needs)),
      })
      const { body: refused } = await nobody.send(
        verb,
        path,
        verb === 'POST' || verb === 'PATCH' ? {} : undefined,
        { authorization: `Bearer ${key.key}` },
      )
      expect([verb, path, refused.code]).toEqual([verb, path, 'insufficient_scope'])
      expect(refused.detail).toContain(codeOf(needs))
    }
  })

  function othersThan(permission: string): string[] {
    return SCOPES.filter((other) => other !== permission && other !== 'admin')
  }

  test('metrics that the guide names are there', async () => {
    const { body } = await t.admin.get('/metrics')
    const named = tableRows(readPage('docs/guides/production.md'))
      .map(([cell]) => codeOf(cell))
      .filter((name) => name.startsWith('trunkline_'))
    expect(named.length).toBeGreaterThan(3)
    for (const name of named) expect(body).toContain(`# TYPE ${name.replace(/\{.*/, '')} `)
  })
})

describe('commands', async () => {
  const page = readPage('docs/reference/cli.md')
  const modules = readdirSync(join(root, 'src/cli')).map(
    (name) => import(join(root, 'src/cli', name)) as Promise<object>,
  )
  const makers = (await Promise.all(modules))
    .flatMap((module) => Object.entries(module))
    .filter(([name]) => name.endsWith('Command'))
  const commands = makers.map(([, make]) => (make as () => Command)())

  test('the page has a section for each, and no other', () => {
    const sections = [...page.matchAll(/^## trunkline ([\w-]+)$/gm)].map(([, name]) => name)
    expect(sections.sort()).toEqual(commands.map((command) => command.name()).sort())
  })

  test.each(commands.map((command) => [command.name(), command] as const))(
    '%s: its options and commands are documented',
    (name, command) => {
      const section = page.split(`## trunkline ${name}\n`)[1]?.split('\n## ')[0] ?? ''
      expect(tableRows(section).map(([cell]) => codeOf(cell))).toEqual(
        command.options.map(({ flags }) => flags),
      )
      for (const below of command.commands) expect(section).toContain(`trunkline ${name} ${below.name()}`)
    },
  )
})

test('every direct dependency has its row: version and licence as installed', () => {
  type Manifest = {
    license?: string
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
    optionalDependencies: Record<string, string>
  }
  const read = (path: string) => JSON.parse(source(path)) as Manifest
  const { dependencies, devDependencies, optionalDependencies } = read('package.json')
  const wanted = { ...dependencies, ...optionalDependencies, ...devDependencies }
  const rows = tableRows(readPage('docs/dependencies.md')).map(([name, version, licence, why]) => ({
    name: codeOf(name),
    version,
    licence,
    why,
  }))
  expect(Object.fromEntries(rows.map(({ name, version }) => [name, version]))).toEqual(wanted)
  for (const { name, licence, why } of rows) {
    expect(why?.length, name).toBeGreaterThan(4)
    const manifest = `node_modules/${name}/package.json`
    if (existsSync(join(root, manifest))) expect([name, licence]).toEqual([name, read(manifest).license])
  }
})

test('every finding of the doctor has its row, and no other', () => {
  const named =
    source('src/doctor/finding.ts').split('export type FindingCode')[1]?.split('const ORDER')[0] ?? ''
  const given = [...named.matchAll(/\| '(\w+)'/g)].map(([, code]) => code)
  const rows = tableRows(readPage('docs/reference/doctor.md')).filter((row) => row.length === 3)
  expect(given.length).toBeGreaterThan(20)
  expect(rows.map(([cell]) => codeOf(cell)).sort()).toEqual(given.sort())
})

describe('statuses', () => {
  const rows = tableRows(readPage('docs/guides/statuses.md'))

  test('the page has every status, with the badge that the dashboard shows', () => {
    const badges = rows.filter((row) => row.length === 5).map(([badge, status]) => [codeOf(status), badge])
    expect(badges.map(([status]) => status)).toEqual(Status.options)
    const texts = source('src/web/texts/dashboard.ts')
    for (const [status, badge] of badges) expect(texts).toContain(`${status}: '${badge}'`)
  })

  test('the page has every cause that the code can give', () => {
    const files = ['vault', 'connect'].flatMap((folder) =>
      readdirSync(join(root, 'src', folder))
        .filter((name) => /(?<!\.test)\.ts$/.test(name))
        .map((name) => source(`src/${folder}/${name}`)),
    )
    const said = files.flatMap((text) => text.match(/(?<=cause(?::| =) )[^,\n]+/g) ?? [])
    const given = said.flatMap((text) => [...text.matchAll(/'(\w+)'/g)].map(([, cause]) => cause))
    expect(given.length).toBeGreaterThan(5)
    const documented = rows.filter((row) => row.length === 4).map(([cause]) => codeOf(cause))
    expect(documented.sort()).toEqual([...new Set(given)].sort())
  })
})
