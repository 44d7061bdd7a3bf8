/** What an API's answer says about the credential. Declared shapes come first, HTTP's own meaning after. No I/O. */
import { readRetryAfter } from '../oauth/retry-after.ts'
import { at, type Json, type Match, type Provider } from './define.ts'

export type Verdict = 'ok' | 'unauthorized' | 'forbidden' | 'rate_limited' | 'not_available' | 'failed'

export type AnswerHead = { status: number; headers: Readonly<Record<string, string | string[] | undefined>> }

export function judgeAnswer(provider: Provider, head: AnswerHead, body: Json | undefined): Verdict {
  const errors = provider.api.errors ?? {}
  // "Forbidden" first: some providers word a missing permission as a 401, and reconnecting would change nothing.
  for (const verdict of ['forbidden', 'rate_limited', 'not_available', 'unauthorized'] as const) {
    if (matches(errors[verdict], head, body)) return verdict
  }
  const meaning = meaningOf(head.status)
  return meaning === 'ok' && matches(errors.failed, head, body) ? 'failed' : meaning
}

/** RFC 9110 section 15. */
function meaningOf(status: number): Verdict {
  switch (status) {
    case 401:
      return 'unauthorized'
    case 402:
      return 'not_available'
    case 403:
      return 'forbidden'
    case 429:
      return 'rate_limited'
    default:
      return status >= 200 && status < 300 ? 'ok' : 'failed'
  }
}

/** Whether an answer must be read to know whether it refuses the credential, or asks to wait (errors inside a 200). */
export function hidesErrors(provider: Provider, head: AnswerHead): boolean {
  const { unauthorized, forbidden, rate_limited } = provider.api.errors ?? {}
  const hides = ({ at: path, status }: Match) => path !== undefined && hasStatus(status, head)
  return [unauthorized, forbidden, rate_limited].some((rules) => rules?.some(hides))
}

const hasStatus = (declared: Match['status'], { status }: AnswerHead): boolean =>
  declared === undefined || declared === status || (typeof declared === 'object' && declared.includes(status))

export function matches(
  rules: readonly Match[] | undefined,
  head: AnswerHead,
  body: Json | undefined,
): boolean {
  if (!rules) return false
  return rules.some((rule) => {
    if (!hasStatus(rule.status, head)) return false
    if (rule.at === undefined && rule.header === undefined) return true
    const found =
      rule.at === undefined ? first(head.headers[(rule.header as string).toLowerCase()]) : at(body, rule.at)
    if (rule.equals === undefined) return found !== undefined
    return [rule.equals].flat().includes(found as Json)
  })
}

/** Seconds to wait, from Retry-After or from where the provider tells it; undefined: it does not say. */
export function readWait(
  provider: Provider,
  head: AnswerHead,
  body: Json | undefined,
  now: number,
): number | undefined {
  const asked = readRetryAfter(head.headers['retry-after'], now)
  if (asked !== undefined) return asked
  const { reset_header, reset_unit, retry_after_at, read } = provider.api.rate_limit ?? {}
  const own = read?.(head.headers)
  if (own !== undefined) return own
  const reset = reset_header ? Number(first(head.headers[reset_header.toLowerCase()])) : Number.NaN
  if (Number.isFinite(reset))
    return Math.max(0, reset / (reset_unit === 'milliseconds' ? 1000 : 1) - now / 1000)
  const told = retry_after_at ? Number(at(body, retry_after_at)) : Number.NaN
  return Number.isFinite(told) ? told : undefined
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
