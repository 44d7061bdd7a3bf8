/**
 * A newcomer adds a made-up provider by the guide: the declaration that stands there and a logo, then the commands it
 * names. Nothing else is touched, in a copy of the project.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeBlocks, readPage, root } from './pages.ts'

let copy: string
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'trunkline-newcomer-'))
  for (const file of [
    'src',
    'test',
    'tools',
    'bin',
    'docs',
    'README.md',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    'biome.json',
  ])
    cpSync(join(root, file), join(copy, file), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('one declaration and a logo make a provider that connects, refreshes, breaks and is mended', {
  timeout: 300_000,
}, () => {
  const [declaration = ''] = codeBlocks(readPage('docs/guides/adding-a-provider.md'), 'ts')
  write('src/catalog/providers/example.ts', declaration)
  write(
    'src/catalog/logos/example.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M4 4h16v16H4z"/></svg>\n',
  )
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    })

  node('tools/generate.ts')
  expect(readFileSync(join(copy, 'src/catalog/registry.ts'), 'utf8')).toContain(
    "from './providers/example.ts'",
  )
  expect(readFileSync(join(copy, 'docs/providers/example.md'), 'utf8')).toContain('EXAMPLE_CLIENT_ID')
  expect(readFileSync(join(copy, 'docs/providers.md'), 'utf8')).toContain('(providers/example.md)')

  const told = node(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    'test/contract/contract.test.ts',
    '-t',
    'example,',
  )
  expect(told).toMatch(/Tests\s+[7-9] passed/)
  expect(told).not.toMatch(/failed/)
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true })
  writeFileSync(join(copy, path), text)
}
