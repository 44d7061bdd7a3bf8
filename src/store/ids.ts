import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A sortable, unguessable id: prefix, 48 bits of milliseconds, 80 random bits, in Crockford's base 32 (the shape of
 * a ULID). Rows made later sort later, so a list's cursor is the last id.
 */
export function newId(prefix: string, now: number): string {
  const bytes = randomBytes(10)
  let random = 0n
  for (const byte of bytes) random = (random << 8n) | BigInt(byte)
  return `${prefix}_${encode(BigInt(now), 10)}${encode(random, 16)}`
}

function encode(value: bigint, length: number): string {
  let text = ''
  for (let left = value; text.length < length; left >>= 5n) text = ALPHABET[Number(left & 31n)] + text
  return text
}
