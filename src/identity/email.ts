/**
 * E-mail addresses as they are stored and compared. Two texts that a mail server may take for two mailboxes must not
 * become one person here, and the other way round: a Kelvin sign is lower-cased to a plain `k` by most languages.
 */
import { domainToASCII } from 'node:url'
import { HubError } from '../errors.ts'

const LONGEST = 254

/** @returns undefined where it is no address that the hub takes */
export function normaliseEmail(text: string): string | undefined {
  const given = text.trim().normalize('NFC')
  const at = given.lastIndexOf('@')
  const local = asciiLower(given.slice(0, at))
  const domain = domainToASCII(given.slice(at + 1))
  if (at < 1 || domain === '' || given.length > LONGEST) return undefined
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(domain)) return undefined
  // No quoted local parts, nothing that could end a header or a list of recipients.
  if (/[\s\p{C}"(),:;<>@[\\\]]/u.test(local)) return undefined
  // What another alphabet's case or compatibility form would fold into something else is not taken.
  if (local !== local.normalize('NFKC').toLowerCase()) return undefined
  return `${local}@${domain}`
}

/** @throws HubError `field_invalid` */
export function readEmail(text: string): string {
  const email = normaliseEmail(text)
  if (email !== undefined) return email
  const message = 'must be an e-mail address, such as ada@example.com'
  throw new HubError('field_invalid', `email ${message}.`, { errors: [{ path: 'email', message }] })
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1)
}

function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
