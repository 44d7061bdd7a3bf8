/** Builds the dashboard into dist/web, unless what is there was made from the same sources. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageStep, root, runStep } from './steps.ts'

/** The dashboard, the wire shapes it imports, and the versions of what builds it. */
const SOURCES = ['src/web', 'src/http/wire.ts', 'src/http/wire', 'package-lock.json']

/** Beside the built folder, which every build empties. */
const NOTE = join(root, 'dist/web.sources')

export async function buildDashboard(): Promise<void> {
  const hash = hashSources()
  if (isBuiltFrom(hash)) return
  console.log('Building the dashboard (once, and again when its sources change) ...')
  const built = await runStep(
    packageStep('dashboard', 'vite', ['build', '--config', 'src/web/vite.config.ts', '--logLevel', 'warn']),
  )
  if (!built) throw new Error('The dashboard could not be built; see above.')
  writeFileSync(NOTE, hash)
}

function isBuiltFrom(hash: string): boolean {
  return (
    existsSync(join(root, 'dist/web/index.html')) && existsSync(NOTE) && readFileSync(NOTE, 'utf8') === hash
  )
}

function hashSources(): string {
  const hash = createHash('sha256')
  for (const path of SOURCES.flatMap(listFiles).filter((path) => !/\.test\.tsx?$/.test(path))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function listFiles(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}
