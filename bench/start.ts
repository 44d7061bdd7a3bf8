/** Cold start to the first answer on an existing data folder, and memory at rest, database included. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { print } from './harness.ts'

const START_LIMIT_MS = 2_000
const MEMORY_LIMIT_MB = 200
const REST_MS = 15_000
const launcher = fileURLToPath(new URL('../bin/trunkline.js', import.meta.url))

export async function benchStart(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-bench-start-'))
  const port = await freePort()
  const times: number[] = []
  let megabytes = 0
  for (let round = 0; round < 4; round++) {
    const started = performance.now()
    const child = spawn(
      process.execPath,
      [launcher, 'start', '--port', String(port), '--data-dir', dataDir],
      { stdio: 'ignore' },
    )
    while (!(await answers(port))) await sleep(10)
    // The first start makes the folder; the others count.
    if (round > 0) times.push(performance.now() - started)
    if (round === 3) {
      await sleep(REST_MS)
      megabytes = residentOfTree(child.pid as number) / 1024
    }
    await new Promise((resolve) => {
      child.once('exit', resolve)
      child.kill('SIGTERM')
    })
  }
  rmSync(dataDir, { recursive: true, force: true })
  const middle = times.sort((a, b) => a - b)[1] as number
  print('Start and rest', [
    {
      what: 'cold start to first answer / limit',
      ours: `${Math.round(middle)} ms`,
      against: `${START_LIMIT_MS} ms`,
      ratio: middle / START_LIMIT_MS,
      target: { sense: '<=', value: 1 },
    },
    {
      what: 'memory at rest, database included / limit',
      ours: `${Math.round(megabytes)} MB`,
      against: `${MEMORY_LIMIT_MB} MB`,
      ratio: megabytes / MEMORY_LIMIT_MB,
      target: { sense: '<=', value: 1 },
    },
  ])
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ready`)).ok
  } catch {
    return false
  }
}

/**
 * Kilobytes of a process and everything below it. Proportional set size: pages that PostgreSQL's processes share
 * are counted once, not once a process.
 */
function residentOfTree(root: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      parents.set(
        Number(name),
        Number(
          readFileSync(`/proc/${name}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[1],
        ),
      )
    } catch {
      // Ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isBelow(parents.get(pid) as number))
  let sum = 0
  for (const pid of parents.keys()) {
    if (!isBelow(pid)) continue
    sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  }
  return sum
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
