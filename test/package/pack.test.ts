import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../setup/port.ts'

const root = join(import.meta.dirname, '../..')
let folder: string
let tarball: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-package-'))
  npm(root, ['pack', '--pack-destination', folder])
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) as string)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * The environment of somebody who types a command: `npm test` puts this project's programs, its Node among them, in
 * front of the machine's own.
 */
function machineEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '').split(delimiter)
  const own = path.filter((entry) => !entry.includes('node_modules'))
  const hasNode = own.some((entry) => existsSync(join(entry, 'node')))
  const rest = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|TRUNKLINE_)/i.test(name))
  const certificates = process.env['NODE_EXTRA_CA_CERTS']
  return {
    ...Object.fromEntries(rest),
    ...(certificates ? { NODE_EXTRA_CA_CERTS: certificates } : {}),
    PATH: [...own, ...(hasNode ? [] : [dirname(process.execPath)])].join(delimiter),
  }
}

function npm(cwd: string, args: string[]): void {
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd,
    env: machineEnvironment(),
    stdio: 'pipe',
  })
}

function install(name: string, flags: string[]): string {
  const project = join(folder, name)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
  npm(project, ['install', tarball, ...flags])
  return project
}

function trunkline(project: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const bin = join(project, 'node_modules/.bin/trunkline')
  return spawn(bin, args, {
    cwd: project,
    env: { ...machineEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('holds what runs and nothing else', () => {
  const listed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n')
  const files = listed.map((path) => path.replace(/^package\//, ''))
  for (const expected of [
    'bin/trunkline.js',
    'bin/node24.js',
    'bin/lifeline.js',
    'dist/cli/main.js',
    'dist/hub.js',
    'dist/hub.d.ts',
    'dist/web/index.html',
    'forge/manifest.yml',
    'forge/README.md',
    'LICENSE',
  ]) {
    expect(files).toContain(expected)
  }
  expect(
    files.filter((path) =>
      /\.test\.|(^|[^d])\.tsx?$|^(src|test|tools|data)\//.test(path.replace(/\.d\.ts$/, '')),
    ),
  ).toEqual([])
  const logos = readdirSync(join(root, 'src/catalog/logos'))
  expect(files.filter((path) => path.startsWith('dist/catalog/logos/'))).toHaveLength(logos.length)
})

test('installed without install scripts it starts, answers and stops', async () => {
  const project = install('no-scripts', ['--ignore-scripts'])
  const port = await findFreePort()
  const hub = trunkline(project, ['start'], { TRUNKLINE_PORT: String(port) })
  let said = ''
  for (const stream of [hub.stdout, hub.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  const exited = new Promise<number | null>((resolve) => hub.once('exit', resolve))
  onTestFinished(() => void hub.kill('SIGKILL'))
  let health: Response | undefined
  // While it starts it answers 503.
  for (let tries = 0; health?.status !== 200 && hub.exitCode === null && tries < 1200; tries += 1) {
    await sleep(100)
    health = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined)
  }
  expect(health?.status, said).toBe(200)
  for (let tries = 0; !said.includes('/sign-in#') && tries < 1200; tries += 1) await sleep(50)
  expect(said).toContain('/sign-in#')
  const page = await fetch(`http://127.0.0.1:${port}/`)
  expect(await page.text()).toContain('<div id="')
  expect(existsSync(join(project, 'data', 'postgres'))).toBe(true)
  hub.kill('SIGTERM')
  expect(await exited, said).toBe(0)
  expect(existsSync(join(project, 'data', 'postgres', 'postmaster.pid'))).toBe(false)
})

test('installed the usual way it tells its commands, also through npx', () => {
  const project = install('usual', [])
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const bin = join(project, 'node_modules/.bin/trunkline')
  const options = { cwd: project, env: machineEnvironment(), encoding: 'utf8' } as const
  expect(execFileSync(bin, ['--help'], options)).toMatch(/start/)
  expect(execFileSync(bin, ['--version'], options)).toContain(version)
  expect(execFileSync('npx', ['--no-install', 'trunkline', '--help'], options)).toMatch(/start/)
})
