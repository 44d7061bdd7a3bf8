/** Tokens of our own making: 256 random bits need one fast hash at rest, not a password hash. */
import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto'

export function newSecret(prefix: string): string {
  return prefix + randomBytes(32).toString('base64url')
}

export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

/** A value that a page sends back to show that it could read an answer; made from the session, so nothing is stored. */
export function csrfTokenOf(sessionToken: string): string {
  return createHash('sha256').update('trunkline csrf').update(sessionToken).digest('base64url')
}

/** Compares in constant time; lengths may differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hashSecret(a), hashSecret(b))
}

/** Two hashes of `hashSecret`, in constant time. */
export function sameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
