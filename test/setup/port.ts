/** A port for a server that cannot be asked which one the system gave it, or that comes back to the same one. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below what systems give to outgoing calls and to port 0 (from 32768 on Linux, from 49152 by RFC 6335 section 6):
 * from there the port would be somebody's before the server has taken it, or while it is down between two starts.
 */
const FIRST = 20_000
const END = 32_000

export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(FIRST, END)
    if (await isFree(port)) return port
  }
  throw new Error(`No free port between ${FIRST} and ${END}.`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
