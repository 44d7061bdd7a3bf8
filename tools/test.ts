/**
 * `npm test`: the checks, then every test. With arguments (`npm test -- vault`, `--project=e2e`) only the tests they
 * name. The last line counts all of them: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { startVitest, type TestCase, type TestModule } from 'vitest/node'
import { findBrowser } from '../test/setup/browser.ts'
import { findPostgres } from '../test/setup/externalDatabase.ts'
import { runChecks } from './check.ts'
import { buildDashboard } from './dashboard.ts'
import { root } from './steps.ts'

const PROJECTS = ['unit', 'postgres', 'package', 'e2e'] as const

type Counts = { passed: number; failed: number; skipped: number }

const asked = process.argv.slice(2)
const filters = asked.filter((argument) => !argument.startsWith('--'))
const named = asked.flatMap((argument) => /^--project=(.+)$/.exec(argument)?.[1] ?? [])

const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
if (asked.length === 0 && !(await runChecks())) counts.failed += 1
const projects = PROJECTS.filter((name) => (named.length === 0 || named.includes(name)) && canRun(name))
if (projects.includes('e2e')) await buildDashboard()
await runTests(projects)
const { passed, failed, skipped } = counts
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)

/** What a project needs and this machine lacks is fetched where possible, and otherwise told in one line. */
function canRun(project: (typeof PROJECTS)[number]): boolean {
  if (project === 'postgres' && !findPostgres() && !process.env['TRUNKLINE_TEST_DATABASE_URL']) {
    console.log('No PostgreSQL 15 or newer here (nor TRUNKLINE_TEST_DATABASE_URL): its tests are left out.')
    if (process.env['CI']) counts.failed += 1
    return false
  }
  if (project === 'e2e' && !ensureBrowser()) {
    console.log('No browser, and none could be installed: install Chromium or set CHROMIUM_PATH.')
    counts.failed += 1
    return false
  }
  return true
}

function ensureBrowser(): boolean {
  if (findBrowser()) return true
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    run('apt-get', ['update'])
    run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'])
  }
  if (findBrowser()) return true
  const playwright = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'))
  run(process.execPath, [join(playwright, 'cli.js'), 'install', 'chromium'])
  return findBrowser() !== undefined
}

function run(command: string, args: string[]): void {
  console.log(`${command} ${args.join(' ')}`)
  spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function runTests(names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const vitest = await startVitest(filters, {
    root,
    run: true,
    watch: false,
    project: [...names],
    passWithNoTests: false,
  })
  for (const module of vitest.state.getTestModules()) countModule(module)
  // An error that no test caught belongs to none of them.
  if (vitest.state.getUnhandledErrors().length > 0) counts.failed += 1
  await vitest.close()
}

function countModule(module: TestModule): void {
  const tests = [...module.children.allTests()]
  for (const test of tests) counts[outcome(test)] += 1
  // A file that does not load, or whose hooks fail, has failed though no test of it has.
  if (module.state() === 'failed' && !tests.some((test) => outcome(test) === 'failed')) counts.failed += 1
}

function outcome(test: TestCase): keyof Counts {
  const { state } = test.result()
  // `pending`: the run ended before it.
  return state === 'passed' ? 'passed' : state === 'skipped' ? 'skipped' : 'failed'
}
