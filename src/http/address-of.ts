import type { IncomingMessage } from 'node:http'

/** The address that the nearest trusted proxy saw, counted from the right (the framework counts alike). */
export function addressOf(request: IncomingMessage, trustedHops: number): string | null {
  const remote = request.socket.remoteAddress ?? null
  const forwarded = request.headers['x-forwarded-for']
  if (trustedHops === 0 || typeof forwarded !== 'string') return remote
  const hops = forwarded.split(',').map((hop) => hop.trim())
  return hops[Math.max(0, hops.length - trustedHops)] ?? remote
}
