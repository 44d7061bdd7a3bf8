/**
 * Whether what was typed can become what the hub expects. The hub normalises before it checks (a full URL becomes a
 * subdomain), and its rules are code that does not travel; so the page tries the usual readings and only advises.
 * The hub's answer decides.
 */
export function couldMatch({ pattern, typed }: { pattern: string; typed: string }): boolean {
  let expected: RegExp
  try {
    expected = new RegExp(pattern)
  } catch {
    return true
  }
  return readings(typed).some((reading) => expected.test(reading))
}

function readings(typed: string): string[] {
  const trimmed = typed.trim()
  const lower = trimmed.toLowerCase()
  const host = lower.replace(/^[a-z]+:\/\//, '').replace(/[/?#].*$/, '')
  const first = host.split('.')[0] ?? ''
  return [trimmed, lower, host, first, `https://${host}`, trimmed.replace(/\/+$/, '')]
}
