import { Command } from 'commander'
import { readConfiguration } from './configuration.ts'
import { withDatabase } from './database.ts'

export function signInCommand(): Command {
  return new Command('sign-in')
    .description('Print a link that signs somebody in, once')
    .argument('[email]', 'whom, by e-mail address: a member, or a new administrator; default: the first one')
    .action(async (email: string | undefined) => {
      const config = readConfiguration()
      const token = await withDatabase(config, (_database, identity) => identity.createSignInLink(email))
      process.stdout.write(`${config.publicUrl}/sign-in#token=${token}\n`)
    })
}
