/** The variables that declarations read: client ids and secrets, and whatever else a provider wants to be told. */
import type { Provider } from './define.ts'

export type Variable = {
  name: string
  kind: 'client_id' | 'client_secret' | 'extra' | 'hub_wide'
  /** One phrase: what it is for. */
  purpose: string
  /** Whether the provider cannot be used for real without it. */
  required: boolean
}

/** Names of a client's id and secret; some services hand out an id alone. */
export type ClientNames = { client_id: string; client_secret: string | undefined }

/** In the order in which they are looked at: the provider's own, then its fallbacks. */
export function clientNamesOf({ env }: Provider): ClientNames[] {
  const { client_id, client_secret, fallback = [] } = env
  return [...(client_id ? [{ client_id, client_secret }] : []), ...fallback]
}

export function variablesOf(provider: Provider): Variable[] {
  const { env, auth, webhooks } = provider
  const found: Variable[] = clientNamesOf(provider).flatMap(({ client_id, client_secret }, index) => {
    const where =
      index === 0 && env.client_id ? 'of your OAuth app' : 'of the app that several providers share'
    const required = index === 0
    return [
      { name: client_id, kind: 'client_id', purpose: `Client id ${where}`, required },
      ...(client_secret
        ? [
            {
              name: client_secret,
              kind: 'client_secret' as const,
              purpose: `Client secret ${where}`,
              required,
            },
          ]
        : []),
    ]
  })
  if (env.redirect_uri)
    found.push({
      name: env.redirect_uri,
      kind: 'extra',
      purpose: 'The redirect URI shown here, repeated; it may be left out',
      required: false,
    })
  for (const [name, purpose] of Object.entries(env.extra ?? {}))
    found.push({ name, kind: 'extra', purpose, required: false })
  for (const method of auth)
    for (const name of Object.values('env' in method ? (method.env ?? {}) : {}))
      found.push({
        name,
        kind: 'hub_wide',
        purpose: `${method.label ?? 'Secret'} for the whole hub`,
        required: false,
      })
  for (const method of auth)
    if (method.kind === 'installed_app')
      found.push({
        name: method.invocation.audience.variable,
        kind: 'extra',
        purpose: `Id of your app: ${method.label}`,
        required: false,
      })
  const signing = webhooks?.signature?.secret
  if (signing && /^[A-Z][A-Z0-9_]*$/.test(signing))
    found.push({
      name: signing,
      kind: 'extra',
      purpose: 'Proves that events come from the provider',
      required: false,
    })
  return found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index)
}

/** Which providers read a variable. */
export function readersOf(providers: readonly Provider[], name: string): Provider[] {
  return providers.filter((provider) => variablesOf(provider).some((variable) => variable.name === name))
}
