import { Command } from 'commander'
import { readConfiguration } from './configuration.ts'
import { withDatabase } from './database.ts'

export function signInCommand(): Command {
  return new Command('sign-in')
    .description('Print a link that signs an administrator in, once')
    .argument('[email]', 'whom; default: the first administrator')
    .action(async (email: string | undefined) => {
      const config = readConfiguration()
      const token = await withDatabase(config, (_database, identity) => identity.createSignInLink(email))
      process.stdout.write(`${config.publicUrl}/sign-in?token=${token}\n`)
    })
}
