/** Signing in with a typed secret that is good for nothing else: calls carry the session that it gives. */
import { judgeAnswer, matches, readWait } from '../catalog/answers.ts'
import type { SecretMethod } from '../catalog/define.ts'
import { buildRequest, fillHosts, isJsonObject, parseJson, type Values } from '../catalog/fill.ts'
import { baseUrlOf } from '../catalog/methods.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { Session } from './credential.ts'
import { fillingOf, headersOf } from './filling.ts'
import type { Integration } from './integrations.ts'

export type SignedIn = {
  session: Session
  /** As told; the caller holds them to their patterns. */
  parameters: Record<string, string>
}

/**
 * @returns undefined when the provider proves that the typed secret is dead
 * @throws HubError `upstream_*` on anything that proves nothing
 */
export async function signIn(options: {
  integration: Integration
  method: SecretMethod & { session: NonNullable<SecretMethod['session']> }
  parameters: Values
  /** What the person typed. */
  values: Values
  egress: Egress
  timeout: number
  now: () => number
}): Promise<SignedIn | undefined> {
  const { integration, method, values, egress, timeout, now } = options
  const { provider, routes } = integration
  const { request, read, dead } = method.session
  const isSecret = (name: string) => method.fields.some((field) => field.secret && field.name === name)
  const typed = Object.entries(values)
  const open = Object.fromEntries(typed.filter(([name]) => !isSecret(name)))
  const secrets = Object.fromEntries(typed.filter(([name]) => isSecret(name)))
  const filling = fillingOf(integration, { ...open, ...options.parameters })
  const built = buildRequest(request, baseUrlOf(provider, method), filling, secrets)
  const answer = await egress.send({
    ...built,
    headers: { ...headersOf(integration, filling), ...built.headers },
    hosts: fillHosts(provider.hosts, filling),
    routes,
    timeout,
  })
  const body = parseJson(answer.body)
  if (matches(dead, answer, body)) return undefined
  if (judgeAnswer(provider, answer, body) === 'rate_limited') {
    const wait = readWait(provider, answer, body, now())
    throw new HubError(
      'upstream_rate_limited',
      `${provider.name} asks to wait before signing in again.`,
      wait === undefined ? {} : { retryAfter: wait },
    )
  }
  if (answer.status < 200 || answer.status > 299)
    throw new HubError('upstream_error', `${provider.name} answered ${answer.status} to the sign-in.`)
  const told = isJsonObject(body) ? read(body) : undefined
  if (!told?.access_token)
    throw new HubError(
      'upstream_invalid_answer',
      `${provider.name} answered the sign-in with something that is no session.`,
    )
  return {
    session: {
      access_token: told.access_token,
      ...(told.expires_in && told.expires_in > 0 ? { expires_at: now() + told.expires_in * 1000 } : {}),
    },
    parameters: told.parameters ?? {},
  }
}

/** The method, where its typed secret is for signing in only. */
export function signsIn(
  method: unknown,
): method is SecretMethod & { session: NonNullable<SecretMethod['session']> } {
  return typeof method === 'object' && method !== null && 'session' in method && method.session !== undefined
}
