/** What every use of a credential must do: hash the caller's key, open one seal, read what was in it. */
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomBytes } from 'node:crypto'

const place = Buffer.from(`credential|org_${'0'.repeat(26)}|con_${'0'.repeat(26)}|1`)
const key = createSecretKey(randomBytes(32))
const iv = randomBytes(12)
const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(place)
const plain = JSON.stringify({
  kind: 'oauth2',
  tokens: { main: { access_token: `gho_${'x'.repeat(36)}`, scope: 'repo read:user user:email' } },
})
const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
const tag = cipher.getAuthTag()
const callers = new Map([[hash('sha256', `Bearer tl_${'b'.repeat(40)}`, 'base64'), 1]])

/** @returns undefined for an unknown caller */
export function openFor(
  authorization: string | undefined,
): { access_token: string; scope: string } | undefined {
  if (!callers.has(hash('sha256', authorization ?? '', 'base64'))) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    .setAAD(place)
    .setAuthTag(tag)
  const opened = decipher.update(sealed)
  decipher.final()
  const { tokens } = JSON.parse(opened.toString()) as {
    tokens: { main: { access_token: string; scope: string } }
  }
  return tokens.main
}
