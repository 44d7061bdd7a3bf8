import { Command } from 'commander'
import { pendingPlace } from '../connect/attempt.ts'
import { HubError } from '../errors.ts'
import { checkKeyRing, loadKeyRing, newMasterKey } from '../vault/keyring.ts'
import { rotateKeys } from '../vault/rotate.ts'
import { readConfiguration } from './configuration.ts'
import { withDatabase } from './database.ts'

export function keysCommand(): Command {
  const keys = new Command('keys').description('Master keys')
  keys
    .command('new')
    .description('Print a fresh master key for TRUNKLINE_MASTER_KEY; it is stored nowhere')
    .action(() => void process.stdout.write(`${newMasterKey()}\n`))
  keys
    .command('rotate')
    .description(
      'Seal with TRUNKLINE_MASTER_KEY what TRUNKLINE_MASTER_KEY_PREVIOUS had sealed, while the hub serves',
    )
    .action(rotate)
  return keys
}

async function rotate(): Promise<void> {
  const config = readConfiguration()
  await withDatabase(config, async ({ db }) => {
    const ring = await loadKeyRing(config, db)
    await checkKeyRing(db, ring)
    const { dataKeys, pending, secrets, failed } = await rotateKeys({ db, ring, pendingPlace })
    process.stdout.write(
      `Sealed anew with the key "${ring.currentId}": ${dataKeys} data keys, ${pending} attempts, ${secrets} secrets.\n`,
    )
    if (failed > 0) {
      throw new HubError(
        'vault_open_failed',
        `${failed} rows open with none of the keys given. Add the key that sealed them to TRUNKLINE_MASTER_KEY_PREVIOUS and run this again.`,
      )
    }
    process.stdout.write('TRUNKLINE_MASTER_KEY_PREVIOUS can go once every replica runs with the new key.\n')
  })
}
