/** Vitest global setup: one embedded PostgreSQL for the whole run; each test makes its own database in it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../src/store/embedded.ts'
import { SERVER_SETTINGS } from './server.ts'
import { makeTemplate } from './template.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-test-'))
  const database = await startEmbedded({
    dataDir,
    log: (line, level) => level === 'warn' && console.error(`[database] ${line}`),
    settings: SERVER_SETTINGS,
  })
  await makeTemplate(database.connection)
  project.provide('database', database.connection)
  return async () => {
    await database.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
