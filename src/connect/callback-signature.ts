/** The signature with which some providers sign the query of a callback; checked before anything in it is believed. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { CallbackSignature, Provider } from '../catalog/define.ts'
import type { Values } from '../catalog/fill.ts'
import { readTold } from '../catalog/parameters.ts'
import { HubError } from '../errors.ts'

/** @throws HubError `callback_refused` with the reason */
export function checkCallbackSignature(options: {
  provider: Provider
  declared: CallbackSignature
  secret: string
  query: URLSearchParams
  /** What the flow began with. */
  parameters: Values
  /** Milliseconds since 1970. */
  now: number
}): void {
  const { provider, declared, secret, query, parameters, now } = options
  const { name } = provider
  const refuse = (why: string) => {
    throw new HubError('callback_refused', `${why} Nothing was exchanged.`)
  }
  const names = [...query.keys()]
  // A parameter that is there twice could be signed in one place and read in the other.
  if (new Set(names).size !== names.length) refuse(`${name}'s answer says something twice.`)
  const sent = query.get(declared.parameter)
  if (sent === null) refuse(`${name}'s answer is not signed.`)
  if (!sameHex(sent ?? '', sign(query, declared.parameter, secret)))
    refuse(`The signature of ${name}'s answer does not fit: the answer, or the client secret, is another's.`)
  if (declared.timestamp) {
    const { parameter, tolerance } = declared.timestamp
    const text = query.get(parameter) ?? ''
    const age = now / 1000 - Number(text)
    if (!/^\d{1,12}$/.test(text) || Math.abs(age) > tolerance)
      refuse(`${name}'s answer is too old, or the clock of this machine is wrong.`)
  }
  for (const echo of declared.echoes ?? []) {
    const { values, wrong } = readTold(provider, { [echo]: query.get(echo) ?? '' })
    if (wrong.length > 0 || values[echo] !== parameters[echo])
      refuse(`${name} answered for another "${echo}" than the flow began with.`)
  }
}

/** Keys and values are encoded as the vendors' own libraries do: most values are the same either way. */
function sign(query: URLSearchParams, without: string, secret: string): Buffer {
  const message = [...query]
    .filter(([key]) => key !== without)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join('&')
  return createHmac('sha256', secret).update(message).digest()
}

function sameHex(sent: string, expected: Buffer): boolean {
  return /^[0-9a-f]{64}$/i.test(sent) && timingSafeEqual(Buffer.from(sent, 'hex'), expected)
}
