import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('what is generated from the declarations is up to date', () => {
  const root = join(import.meta.dirname, '../..')
  const run = spawnSync(process.execPath, ['tools/generate.ts', '--check'], { cwd: root, encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(run.status).toBe(0)
})
