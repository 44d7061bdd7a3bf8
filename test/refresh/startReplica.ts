import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { TEST_MASTER_KEY } from '../setup/testHub.ts'
import { CLIENT_ENV } from './declaration.ts'

export type Replica = {
  url: string
  child: ChildProcess
  /** What it logged. */
  output: string[]
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Another hub on the same database, in a process of its own. */
export async function startReplica(options: {
  databaseUrl: string
  authorizationServer: string
  apiKey: string
  clockOffset?: number
  leaseMs?: number
}): Promise<Replica> {
  const { databaseUrl, authorizationServer, apiKey, clockOffset = 0, leaseMs } = options
  const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-replica-'))
  const env = {
    TRUNKLINE_PORT: '0',
    TRUNKLINE_DATA_DIR: dataDir,
    TRUNKLINE_DATABASE_URL: databaseUrl,
    TRUNKLINE_MASTER_KEY: TEST_MASTER_KEY,
    TRUNKLINE_BOOTSTRAP_API_KEY: apiKey,
    TRUNKLINE_LOG_LEVEL: 'debug',
    ...CLIENT_ENV,
  }
  const script = fileURLToPath(new URL('replica.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    [script, JSON.stringify({ env, authorizationServer, clockOffset, leaseMs })],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const output: string[] = []
  child.stderr.on('data', (chunk: Buffer) => void output.push(chunk.toString()))
  const exited = once(child, 'exit').finally(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(() => undefined),
  ])
  if (!first) throw new Error(`the replica did not start: ${output.join('')}`)
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  return {
    url: (JSON.parse(first[0] as string) as { url: string }).url,
    child,
    output,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}
