/** What the doctor says: one sentence of fact, why it matters, and the very step that mends it. */
export type Severity = 'error' | 'warning' | 'note' | 'ok'

export type Area = 'hub' | 'vault' | 'database' | 'providers' | 'connections'

export type Finding = {
  /** Stable: what is found, not where. */
  code: FindingCode
  severity: Severity
  area: Area
  /** Id of the provider it is about. */
  provider?: string
  what: string
  why?: string
  remedy?: string
}

/** Documented in docs/reference/doctor.md; a code never changes its meaning. */
export type FindingCode =
  | 'configuration'
  | 'configuration_invalid'
  | 'public_url'
  | 'public_url_http'
  | 'public_url_unreachable'
  | 'public_url_foreign'
  | 'listens_widely'
  | 'sandbox_on'
  | 'configuration_names_nothing'
  | 'clock'
  | 'master_key'
  | 'master_key_readable'
  | 'master_key_backup'
  | 'master_key_rotation'
  | 'vault'
  | 'secret_unreadable'
  | 'secret_shadowed'
  | 'secret_unread'
  | 'database'
  | 'database_problem'
  | 'disk_space'
  | 'provider_ready'
  | 'provider_half_set'
  | 'provider_without_client'
  | 'provider_declaration'
  | 'provider_parameter'
  | 'redirect_uri_refused'
  | 'redirect_uri_http'
  | 'redirect_uri_variable'
  | 'scope_unusable'
  | 'scope_unknown'
  | 'scopes_lacking'
  | 'endpoint_override'
  | 'webhooks_unreachable'
  | 'client_rejected'
  | 'connections_in_trouble'
  | 'connections'

const ORDER: readonly Severity[] = ['error', 'warning', 'note', 'ok']

/** The worst first; within one severity in the order in which they were looked for. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
}

export function countFindings(findings: readonly Finding[]): { errors: number; warnings: number } {
  return {
    errors: findings.filter(({ severity }) => severity === 'error').length,
    warnings: findings.filter(({ severity }) => severity === 'warning').length,
  }
}
