import { Command, Option } from 'commander'
import type { Hub, SandboxModule } from '../hub.ts'
import { readConfiguration } from './configuration.ts'

type Options = { port?: string; host?: string; dataDir?: string; sandbox?: boolean }

export function startCommand(): Command {
  return new Command('start')
    .description('Run the hub: API, dashboard, and with --sandbox the catalog’s providers played locally')
    .option('--port <port>', 'port to listen on (TRUNKLINE_PORT, 4400)')
    .option('--host <host>', 'address to bind to (TRUNKLINE_HOST, 127.0.0.1)')
    .option('--data-dir <folder>', 'folder of database and master key (TRUNKLINE_DATA_DIR, ./data)')
    .addOption(new Option('--sandbox', 'play providers that have no credentials here'))
    .option('--no-sandbox', 'leave the sandbox out')
    .action(start)
}

async function start(options: Options, command: Command): Promise<void> {
  const env = {
    ...(options.port ? { TRUNKLINE_PORT: options.port } : {}),
    ...(options.host ? { TRUNKLINE_HOST: options.host } : {}),
    ...(options.dataDir ? { TRUNKLINE_DATA_DIR: options.dataDir } : {}),
    // Commander's default for a --no- option is true; only what was typed counts.
    ...(command.getOptionValueSource('sandbox') === 'cli'
      ? { TRUNKLINE_SANDBOX: String(options.sandbox) }
      : {}),
  }
  Object.assign(process.env, env)
  const config = readConfiguration()
  // Loaded only when asked for: the hub itself knows no sandbox.
  const sandbox = config.sandbox
    ? ((await import('../sandbox/sandbox.ts')) as unknown as SandboxModule)
    : undefined
  const { startHub } = await import('../hub.ts')
  // Heard from the first moment on, so that a stop during the start leaves nothing half done.
  const stopAsked = listenForStop()
  const hub = await startHub({ config, ...(sandbox ? { sandbox } : {}) })
  await greet(hub, config.sandbox)
  await stopAsked
  await hub.close()
}

async function greet(hub: Hub, sandbox: boolean): Promise<void> {
  // Output that is collected is read by many: there the link is printed only while nobody has signed in yet.
  const link = process.stdout.isTTY || (await hub.isNew()) ? await hub.createSignInUrl() : undefined
  const lines = [
    '',
    `  Trunkline is ready at ${hub.url}`,
    '',
    ...(link
      ? ['  Sign in as administrator (works once, for a day):', `  ${link}`]
      : ['  Sign in: `trunkline sign-in` prints a link']),
    '',
    `  API reference  ${hub.url}/docs/api`,
    ...(sandbox
      ? [`  Sandbox        ${hub.url}/sandbox/   providers without credentials are played here`]
      : []),
    '  Stop           Ctrl-C',
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Ctrl-C finishes what is in flight; a second one does not wait. */
function listenForStop(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const stop = () => {
      if (asked) process.exit(130)
      asked = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
