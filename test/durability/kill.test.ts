/**
 * A whole hub with its embedded database, killed with SIGKILL fifty times at random moments while connections are
 * being made: what was acknowledged is there afterwards, readable, and the hub comes back by itself each time.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePort } from '../setup/port.ts'
import { apiClient } from '../setup/testHub.ts'

const KILLS = 50
const KEY = `tl_${'d'.repeat(40)}`
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-kill-'))
let provider: Server
let hub: ChildProcess | undefined
let port = 0

beforeAll(async () => {
  // A provider that knows any key, and names the account after it.
  provider = createServer((request, response) => {
    const key = (request.headers.authorization ?? '').replace('Bearer ', '')
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        id: `acct_${key.slice(-24)}`,
        settings: { dashboard: { display_name: key.slice(-8) } },
      }),
    )
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  port = await findFreePort()
})
afterAll(async () => {
  if (hub && hub.exitCode === null) {
    hub.kill('SIGTERM')
    await new Promise((resolve) => hub?.once('exit', resolve))
  }
  provider.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function start(): ChildProcess {
  const target = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  return spawn(process.execPath, [main, 'start', '--port', String(port), '--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      TRUNKLINE_BOOTSTRAP_API_KEY: KEY,
      TRUNKLINE_LOG_LEVEL: 'error',
      TRUNKLINE_LIVE_PROVIDERS: 'stripe',
      TRUNKLINE_ENDPOINT_OVERRIDES: JSON.stringify({ stripe: { 'api.stripe.com': target } }),
    },
  })
}

const api = () => apiClient(`http://127.0.0.1:${port}`, KEY)

async function untilReady(): Promise<void> {
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined))?.status, {
      interval: 25,
    })
    .toBe(200)
}

test(`${KILLS} kills lose no acknowledged connection`, { timeout: 900_000 }, async () => {
  const acknowledged: string[] = []
  let made = 0
  for (let kill = 0; kill < KILLS; kill++) {
    hub = start()
    await untilReady()
    const dead = new Promise((resolve) => hub?.once('exit', resolve))
    const writing = new AbortController()
    const before = acknowledged.length
    const writers = Array.from({ length: 4 }, async () => {
      while (!writing.signal.aborted) {
        const apiKey = `sk_test_${String(made++).padStart(24, '0')}`
        const answer = await api()
          .send('POST', '/api/v1/connect/attempts', {
            provider: 'stripe',
            owner: 'organization',
            fields: { apiKey },
          })
          .catch(() => undefined)
        if (answer?.status === 201) acknowledged.push(answer.body.connection_id)
      }
    })
    // Every other kill waits for a first acknowledgement, so that a slow machine makes some too.
    if (kill % 2 === 1) await expect.poll(() => acknowledged.length, { interval: 5 }).toBeGreaterThan(before)
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 250))
    hub.kill('SIGKILL')
    await dead
    writing.abort()
    await Promise.all(writers)
  }
  hub = start()
  await untilReady()
  expect(acknowledged.length).toBeGreaterThan(KILLS / 2)
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  const lost: string[] = []
  for (const id of acknowledged) {
    // Opened, put on a call, and answered: the credential itself has survived.
    const { status, body } = await api().get(`/api/v1/proxy/${id}/account`)
    if (status !== 200 || !String(body.id).startsWith('acct_')) lost.push(id)
  }
  expect(lost).toEqual([])
  console.log(`${KILLS} kills, ${acknowledged.length} connections acknowledged, none lost`)
})
