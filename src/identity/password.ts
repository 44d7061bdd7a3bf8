/**
 * Passwords: argon2id, stored as a PHC string, so that the cost can grow while old hashes still verify. Rules follow
 * NIST SP 800-63B: a length, a list of what everybody tries first, and nothing about kinds of characters.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { HubError } from '../errors.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'

const derive = promisify(argon2)

export type Cost = { memory: number; passes: number; parallelism: number }

/** OWASP Password Storage Cheat Sheet, as read 2026-11: 19 MiB, two passes, one lane. KiB of memory. */
export const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const TAG_BYTES = 32
const SALT_BYTES = 16

export const SHORTEST = 12
/** Longer ones only cost work. */
export const LONGEST = 256
/** Each derivation holds 19 MiB and a thread; more at once would starve name resolution and files, which share them. */
const AT_ONCE = 2

export type Passwords = {
  hash(password: string): Promise<string>
  /**
   * Takes the same work whether or not there is a hash.
   * @returns whether it fits, and whether it should be hashed anew because costs have grown since
   */
  verify(password: string, stored: string | null | undefined): Promise<{ fits: boolean; outdated: boolean }>
}

export function createPasswords(cost: Cost = COST): Passwords {
  const gate = createGate(AT_ONCE)
  const run = (password: string, nonce: Buffer, { memory, passes, parallelism }: Cost) =>
    gate(() =>
      derive('argon2id', {
        message: Buffer.from(spell(password)),
        nonce,
        memory,
        passes,
        parallelism,
        tagLength: TAG_BYTES,
      }),
    )

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES)
      return write(cost, salt, await run(password, salt, cost))
    },
    async verify(password, stored) {
      const held = stored ? read(stored) : undefined
      const tag = await run(password, held?.salt ?? Buffer.alloc(SALT_BYTES), held?.cost ?? cost)
      if (!held || held.tag.length !== tag.length || !timingSafeEqual(tag, held.tag))
        return { fits: false, outdated: false }
      const outdated =
        held.cost.memory !== cost.memory ||
        held.cost.passes !== cost.passes ||
        held.cost.parallelism !== cost.parallelism
      return { fits: true, outdated }
    },
  }
}

/** @throws HubError `field_invalid` with what is wrong */
export function checkPassword(password: string, about: { email: string; name?: string | undefined }): void {
  const message = whyUnfit(spell(password), about)
  if (message)
    throw new HubError('field_invalid', `password ${message}.`, { errors: [{ path: 'password', message }] })
}

function whyUnfit(
  password: string,
  { email, name }: { email: string; name?: string | undefined },
): string | undefined {
  if (Array.from(password).length < SHORTEST) return `must have at least ${SHORTEST} characters`
  if (password.length > LONGEST) return `must have at most ${LONGEST} characters`
  const plain = password.toLowerCase()
  const [local = '', domain = ''] = email.split('@')
  const personal = [email, local, domain.split('.')[0] ?? '', ...(name ?? '').toLowerCase().split(/\s+/)]
  // A short part may stand in any sentence; a long one gives the password away.
  if (personal.some((part) => part.length >= 4 && plain.includes(part)))
    return 'must not hold your name or a part of your e-mail address'
  if (isCommon(plain)) return 'is one of those that are tried first'
  return undefined
}

/** One of the list, alone, repeated, or with figures and signs around it. */
function isCommon(plain: string): boolean {
  const letters = plain
    .replaceAll(/[@4]/g, 'a')
    .replaceAll('0', 'o')
    .replaceAll(/[1!]/g, 'i')
    .replaceAll('3', 'e')
    .replaceAll(/[$5]/g, 's')
  return [plain, letters].some((text) => {
    if (new Set(text).size <= 2) return true
    for (let length = 1; length <= text.length / 2; length += 1)
      if (text.length % length === 0 && text.slice(0, length).repeat(text.length / length) === text)
        return true
    if (ROWS.some((row) => row.includes(text))) return true
    const bare = text.replaceAll(/^[\W\d_]+|[\W\d_]+$/g, '')
    return COMMON_PASSWORDS.has(text) || COMMON_PASSWORDS.has(bare)
  })
}

const ROWS = [
  '01234567890123456789',
  '98765432109876543210',
  'abcdefghijklmnopqrstuvwxyz',
  'zyxwvutsrqponmlkjihgfedcba',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
]

/** NIST SP 800-63B section 3.1.1.2: the same text from every keyboard. */
function spell(password: string): string {
  return password.normalize('NFKC')
}

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`, base64 without padding (the PHC string format). */
function write({ memory, passes, parallelism }: Cost, salt: Buffer, tag: Buffer): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

function read(phc: string): { cost: Cost; salt: Buffer; tag: Buffer } | undefined {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(phc)
  if (!parts) return undefined
  const [, memory, passes, parallelism, salt = '', tag = ''] = parts
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

function createGate(atOnce: number): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (run) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    try {
      return await run()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}
