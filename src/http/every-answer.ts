/** What every answer carries, whoever writes it: the name of its request, and headers that browsers heed. */
import { randomBytes } from 'node:crypto'

/** Unique over replicas and restarts by its random part, cheap by its count. */
export function createRequestIds(): () => string {
  const prefix = `req_${randomBytes(9).toString('base64url')}_`
  let count = 0
  return () => `${prefix}${(count++).toString(36)}`
}

function anyHeaders(secure: boolean): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}

/** For what only programs read. */
export function dataHeaders(secure: boolean): Record<string, string> {
  return {
    ...anyHeaders(secure),
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  }
}

/** Everything from this origin, nothing inline. */
const PAGE_CSP =
  "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export function pageHeaders(secure: boolean): Record<string, string> {
  return {
    ...anyHeaders(secure),
    'content-security-policy': PAGE_CSP,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
  }
}
