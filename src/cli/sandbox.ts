import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Command } from 'commander'
import { createIntegrations } from '../vault/integrations.ts'
import { providers } from '../catalog/registry.ts'
import type { SandboxModule } from '../hub.ts'
import { readConfiguration } from './configuration.ts'

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('Run the sandbox alone: the catalog’s providers, played on one port of this machine')
    .option('--port <port>', 'port to listen on', '4401')
    .action(async ({ port }: { port: string }) => {
      const { createSandbox } = (await import('../sandbox/sandbox.ts')) as unknown as SandboxModule
      const config = readConfiguration()
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve))
      const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const integrations = createIntegrations({ catalog: providers, config })
      const sandbox = createSandbox({
        publicUrl,
        now: Date.now,
        randomBytes,
        redirectUris: (id) => [integrations.resolve(id).redirectUri ?? ''],
        statePath: join(config.dataDir, 'sandbox.json'),
      })
      server.on('request', (request, response) => sandbox.handle(request, response))
      process.stdout.write(`The sandbox is ready at ${publicUrl}/\n`)
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.on(signal, () => void sandbox.close().then(() => process.exit(0)))
    })
}
