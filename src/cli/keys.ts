import { Command } from 'commander'
import { newMasterKey } from '../vault/keyring.ts'

export function keysCommand(): Command {
  const keys = new Command('keys').description('Master keys')
  keys
    .command('new')
    .description('Print a fresh master key for TRUNKLINE_MASTER_KEY; it is stored nowhere')
    .action(() => void process.stdout.write(`${newMasterKey()}\n`))
  return keys
}
