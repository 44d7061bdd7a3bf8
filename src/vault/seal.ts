/** AES-256-GCM with additional data. A sealed value opens only where it was put: same key, same place, same version. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { HubError } from '../errors.ts'

const FORMAT = 1
const IV_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + IV_BYTES + TAG_BYTES

/** @returns format byte, nonce, tag, ciphertext */
export function seal(key: KeyObject, plaintext: Buffer, place: string): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(place))
  const body = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([Buffer.of(FORMAT), iv, cipher.getAuthTag(), body])
}

/** @throws HubError `vault_open_failed` when the key, the place or a single bit differs */
export function open(key: KeyObject, sealed: Buffer, place: string): Buffer {
  if (sealed.length < HEAD_BYTES || sealed[0] !== FORMAT) throw failure()
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(place))
  decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, HEAD_BYTES))
  // GCM is a stream mode: `update` gives everything, `final` only proves it.
  const plaintext = decipher.update(sealed.subarray(HEAD_BYTES))
  try {
    decipher.final()
  } catch (error) {
    plaintext.fill(0)
    throw failure(error)
  }
  return plaintext
}

export function newKey(): KeyObject {
  return createSecretKey(randomBytes(32))
}

function failure(cause?: unknown): HubError {
  return new HubError('vault_open_failed', 'A sealed value was moved, changed, or sealed with another key.', {
    cause,
  })
}
