/** Signing in with a secret that no flow issued, for a session that calls carry. */
import type { SecretMethod } from '../catalog/define.ts'
import type { Taken } from './declared.ts'
import type { Reply } from './messages.ts'
import type { SessionQuirks, Tools } from './stand-in.ts'

export type SignIn = (asked: { place: Taken; taken: Taken }) => Reply

export function createSignIn(options: { tools: Tools; method: SecretMethod; quirks: SessionQuirks }): SignIn {
  const { tools, method, quirks } = options
  const { tokens, now } = tools
  const secret = method.fields.find((field) => field.secret)?.name ?? ''
  return ({ place, taken }) => {
    const held = tokens.find(quirks.present?.(taken) ?? taken[secret] ?? '')
    const account = tools.accounts().find(({ id }) => id === held?.account)
    if (held?.use !== 'static' || held.provider !== tools.provider.id || !tokens.isLive(held) || !account)
      return quirks.failure()
    if (quirks.exclusive) tokens.endAccess(held.family, 'main')
    const token = quirks.access?.() ?? tools.random(32)
    const set = tools.settings().lifetime
    const lifetime = set === undefined ? quirks.lifetime : set
    tokens.put(token, {
      ...held,
      place: { ...held.place, ...place },
      use: 'access',
      session: true,
      issuedAt: now(),
      expiresAt: lifetime === null ? null : now() + lifetime * 1000,
    })
    return quirks.answer({ token, lifetime, account, fields: taken })
  }
}
