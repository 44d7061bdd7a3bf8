/** Where the database's files and binaries lie, and who runs them: settled together, for each limits the others. */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HubError } from '../../errors.ts'
import type { EmbeddedOptions } from '../embedded.ts'
import { type Binaries, completeBinaries, copyBinaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { chooseRunner, mayEnter } from './runner.ts'
import type { DatabaseLog } from './server.ts'

/** Settles who runs the server, and where its files and binaries lie so that this user can reach them. */
export function placeCluster(input: {
  dataDir: string
  binaries: Binaries
  options: EmbeddedOptions
  log: DatabaseLog
}): Cluster {
  const { dataDir, options } = input
  const folder = keptElsewhere(dataDir) ?? join(dataDir, 'postgres')
  const found = existsSync(folder) ? statSync(folder) : undefined
  const runner = chooseRunner({
    folder: dirname(folder),
    binaries: input.binaries.root,
    ...(found ? { owner: { uid: found.uid, gid: found.gid } } : {}),
    namespaces: options.machine?.namespaces ?? process.platform === 'linux',
    lifeline: options.machine?.lifeline ?? true,
  })
  const binaries = completeBinaries(input.binaries, join(dataDir, 'bin'))
  if (!runner.owner) return { folder, binaries, runner }

  if (found?.uid !== runner.owner.uid) {
    input.log(
      `PostgreSQL refuses to run as root, and no user namespace can be made; user ${runner.owner.uid} runs it`,
      'warn',
    )
  }
  const varLib = options.machine?.varLib ?? '/var/lib/trunkline'
  // Passing through the folder is enough; listing it is not needed, and every file in it has a mode of its own.
  if (!mayEnter(dataDir, runner.owner) && mayEnter(dirname(dataDir), runner.owner)) chmodSync(dataDir, 0o711)
  return {
    folder: mayEnter(dirname(folder), runner.owner)
      ? folder
      : keepElsewhere(dataDir, varLib, folder, input.log),
    binaries: mayEnter(binaries.root, runner.owner) ? binaries : copyBinaries(binaries, varLib),
    runner,
  }
}

function keptElsewhere(dataDir: string): string | undefined {
  const note = join(dataDir, 'postgres.location')
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined
}

/** The last resort, where no other user than root may enter the data folder. A note in the folder tells the place. */
function keepElsewhere(dataDir: string, varLib: string, folder: string, log: DatabaseLog): string {
  if (existsSync(folder)) {
    const detail = `The database in ${folder} was made by root in a user namespace, which this system now refuses, and no other user may enter the folder. Allow user namespaces, or move the data folder to where others may enter.`
    throw new HubError('database_start_failed', detail)
  }
  const place = join(varLib, shortHash(dataDir))
  mkdirSync(place, { recursive: true, mode: 0o711 })
  writeFileSync(join(dataDir, 'postgres.location'), `${join(place, 'postgres')}\n`, { mode: 0o600 })
  log(`no other user may enter ${dataDir}; the database's files lie in ${place}`, 'warn')
  return join(place, 'postgres')
}

/** A name for a data folder where its path is too long or too telling. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
