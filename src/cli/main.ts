#!/usr/bin/env node
/** The command line. One file a command; `trunkline --help` lists them. */
import { Command } from 'commander'
import { HubError, toProblem } from '../errors.ts'
import { VERSION } from '../version.ts'
import { doctorCommand } from './doctor.ts'
import { keysCommand } from './keys.ts'
import { providersCommand } from './providers.ts'
import { sandboxCommand } from './sandbox.ts'
import { secretsCommand } from './secrets.ts'
import { signInCommand } from './sign-in.ts'
import { startCommand } from './start.ts'

export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('trunkline')
    .description(
      'An integration hub on your own machine: connects accounts, keeps their credentials sealed and alive.',
    )
    .version(VERSION)
    .showHelpAfterError('Run with --help to see what is offered.')
  for (const command of [
    startCommand,
    signInCommand,
    secretsCommand,
    providersCommand,
    doctorCommand,
    keysCommand,
    sandboxCommand,
  ])
    program.addCommand(command())
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    process.exitCode = 1
    if (!(error instanceof HubError)) throw error
    const { title, code, detail } = toProblem(error)
    process.stderr.write(`\n${title} (${code})\n${detail}\n`)
  }
}

if (import.meta.main) await main(process.argv.slice(2))
