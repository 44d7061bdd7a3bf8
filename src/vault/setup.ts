/** How far a provider's set-up has come in this installation: what is there, what is missing, what was redirected. */
import { bracesOf } from '../catalog/fill.ts'
import { clientNamesOf, type Variable, variablesOf } from '../catalog/variables.ts'
import { type Integration, needsClient } from './integrations.ts'
import type { Variables, VariableSource } from './variables.ts'

/**
 * `ready`: real accounts can be connected; `half_set`: something was begun and something is missing; `missing`: the
 * OAuth client is; `sandbox`: played here until there is one.
 */
export type SetupState = 'ready' | 'half_set' | 'missing' | 'sandbox'

export type Setup = {
  state: SetupState
  /** Whether there is an OAuth client; some providers go without. */
  hasClient: boolean
  /** Names of variables, and labels of parameters. */
  missing: string[]
  variables: (Variable & { source: VariableSource | null })[]
}

/** @param real as it is, or would be, without the sandbox */
export function setupOf(real: Integration, isPlayed: boolean, variables: Variables): Setup {
  const { provider, settings } = real
  const all = variablesOf(provider).map((variable) => ({
    ...variable,
    source: variables.source(variable.name) ?? null,
  }))
  const client = variables.client(provider)
  const hasClient = client !== undefined
  const begun = clientNamesOf(provider).find(({ client_id, client_secret }) =>
    [client_id, client_secret].some((name) => name && variables.read(name)),
  )
  const [own] = clientNamesOf(provider)
  const clientMissing =
    !needsClient(provider) || client ? [] : namesOf(begun ?? own).filter((name) => !isUsable(name))
  // Every call carries these headers; without the value there is no call.
  const headers = Object.values(provider.api.headers ?? {}).flatMap(bracesOf)
  const rest = [
    ...Object.keys(provider.env.extra ?? {}).filter(
      (name) => headers.includes(name) && !variables.read(name),
    ),
    ...(provider.parameters ?? [])
      .filter(({ asked, required, name }) => asked === 'operator' && required && !settings.parameters[name])
      .map(({ label }) => label),
  ]
  const half = begun !== undefined || client !== undefined

  /** An id of the environment leaves the vault's secret of another id aside. */
  function isUsable(name: string): boolean {
    if (!variables.read(name)) return false
    return !(
      begun?.client_secret === name &&
      variables.source(name) === 'vault' &&
      variables.read(begun.client_id)
    )
  }

  if (clientMissing.length === 0 && rest.length === 0)
    return { state: isPlayed ? 'sandbox' : 'ready', missing: [], variables: all, hasClient }
  const missing = [...clientMissing, ...rest]
  if (half) return { state: 'half_set', missing, variables: all, hasClient }
  return { state: isPlayed ? 'sandbox' : 'missing', missing, variables: all, hasClient }
}

const namesOf = (names: { client_id: string; client_secret: string | undefined } | undefined) =>
  [names?.client_id, names?.client_secret].filter((name) => name !== undefined)
