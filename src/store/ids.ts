import { randomFillSync } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_LENGTH = 10
const RANDOM_LENGTH = 16

/**
 * A sortable, unguessable id: prefix, 48 bits of milliseconds, 80 random bits, in Crockford's base 32 (the shape of
 * a ULID). Rows made later sort later, so a list's cursor is the last id.
 */
export function newId(prefix: string, now: number): string {
  let time = ''
  for (let left = now; time.length < TIME_LENGTH; left = Math.floor(left / 32))
    time = ALPHABET.charAt(left % 32) + time
  let random = ''
  for (const byte of randomBytes(RANDOM_LENGTH)) random += ALPHABET.charAt(byte % 32)
  return `${prefix}_${time}${random}`
}

/** Drawn by the page: each call on the system's generator costs more than all else here. Each byte is given out once. */
const page = Buffer.alloc(4096)
let given = page.length

function randomBytes(length: number): Buffer {
  if (given + length > page.length) {
    randomFillSync(page)
    given = 0
  }
  given += length
  return page.subarray(given - length, given)
}
