/** A passkey in software, as far as the hub sees one: ES256, attestation "none", a counter. WebAuthn Level 3. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export type Authenticator = ReturnType<typeof createAuthenticator>

type Change = {
  /** What the browser says where it is. */
  origin?: string
  rpId?: string
  challenge?: string
  /** Whether the person was checked: a fingerprint, a PIN. */
  verified?: boolean
  counter?: number
}

export function createAuthenticator(publicUrl: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = randomBytes(16)
  let counter = 0
  let handle = ''

  function clientData(type: string, challenge: string, change: Change): Buffer {
    return Buffer.from(
      JSON.stringify({
        type,
        challenge: change.challenge ?? challenge,
        origin: change.origin ?? publicUrl,
        crossOrigin: false,
      }),
    )
  }

  function authenticatorData(change: Change, attested: Buffer = Buffer.alloc(0)): Buffer {
    const rpId = createHash('sha256')
      .update(change.rpId ?? new URL(publicUrl).hostname)
      .digest()
    // User present, user verified, attested data included.
    const flags = 0x01 | (change.verified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0)
    const count = Buffer.alloc(4)
    counter = change.counter ?? counter + 1
    count.writeUInt32BE(counter)
    return Buffer.concat([rpId, Buffer.from([flags]), count, attested])
  }

  return {
    /** As `navigator.credentials.create` would answer. */
    create(options: { challenge: string; user: { id: string } }, change: Change = {}) {
      handle = options.user.id
      const key = cbor(
        new Map<number, number | Buffer>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      )
      const length = Buffer.from([id.length >> 8, id.length & 0xff])
      const data = authenticatorData(change, Buffer.concat([Buffer.alloc(16), length, id, key]))
      const attestation = cbor(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', data],
        ]),
      )
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, change).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
        clientExtensionResults: {},
      }
    },

    /** As `navigator.credentials.get` would answer. */
    get(options: { challenge: string }, change: Change = {}) {
      const client = clientData('webauthn.get', options.challenge, change)
      const data = authenticatorData(change)
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()])
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
          userHandle: handle,
        },
        clientExtensionResults: {},
      }
    },
  }
}

/** The little of RFC 8949 that this takes. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map)
    return Buffer.concat([head(5, value.size), ...[...value].flat().map((part) => cbor(part))])
  throw new Error('not a value that an authenticator sends')
}

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value])
  if (value < 256) return Buffer.from([(major << 5) | 24, value])
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff])
}
