/** What a browser hands back about a passkey, without members that are there and undefined. */
import type { z } from 'zod'
import type { PasskeyAssertion, PasskeyRegistration } from './wire.ts'

export function assertionOf(body: z.infer<typeof PasskeyAssertion>) {
  const { authenticatorAttachment, response, ...rest } = body
  const { userHandle, ...signed } = response
  return {
    ...rest,
    response: { ...signed, ...(userHandle === undefined ? {} : { userHandle }) },
    ...(authenticatorAttachment === undefined ? {} : { authenticatorAttachment }),
  }
}

export function registrationOf(body: z.infer<typeof PasskeyRegistration>) {
  const { authenticatorAttachment, response, ...rest } = body
  const { transports, ...attested } = response
  return {
    ...rest,
    response: { ...attested, ...(transports === undefined ? {} : { transports }) },
    ...(authenticatorAttachment === undefined ? {} : { authenticatorAttachment }),
  }
}
