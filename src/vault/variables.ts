/** Where a declaration's variables get their values: the environment first, the vault where it says nothing. */
import type { Provider } from '../catalog/define.ts'
import { type ClientNames, clientNamesOf } from '../catalog/variables.ts'
import type { Client } from '../oauth/server.ts'
import type { Secrets } from './secrets.ts'

export type Environment = Readonly<Record<string, string | undefined>>
export type VariableSource = 'environment' | 'vault' | 'both'

export type Variables = {
  /** A variable that is set to nothing counts as not set. */
  read(name: string): string | undefined
  source(name: string): VariableSource | undefined
  /** The client that new connections are made with. */
  client(provider: Provider): Client | undefined
  /** The client of that id, also where another has taken its place; undefined: nowhere held. */
  clientOf(provider: Provider, clientId: string): Client | undefined
}

export type HeldSecrets = Pick<Secrets, 'read' | 'formerClients' | 'revision'>

export function createVariables(env: Environment, secrets?: HeldSecrets): Variables {
  const own = (name: string) => env[name] || undefined
  const held = (name: string) => secrets?.read(name)
  const read = (name: string) => own(name) ?? held(name)

  /** A pair is one client: the vault's secret is not put beside an id that the environment changed. */
  function pair({ client_id, client_secret }: ClientNames): Client | undefined {
    const id = read(client_id)
    if (!id) return undefined
    if (!client_secret) return { client_id: id }
    const belongs = held(client_id) === undefined || held(client_id) === id
    const secret = own(client_secret) ?? (belongs ? held(client_secret) : undefined)
    return secret ? { client_id: id, client_secret: secret } : undefined
  }

  /** What the vault would say without the environment. */
  function heldPair({ client_id, client_secret }: ClientNames): Client | undefined {
    const id = held(client_id)
    if (!id) return undefined
    if (!client_secret) return { client_id: id }
    const secret = held(client_secret)
    return secret ? { client_id: id, client_secret: secret } : undefined
  }

  return {
    read,
    source(name) {
      const [here, there] = [own(name) !== undefined, held(name) !== undefined]
      return here ? (there ? 'both' : 'environment') : there ? 'vault' : undefined
    },
    client(provider) {
      for (const names of clientNamesOf(provider)) {
        const client = pair(names)
        if (client) return client
      }
      return undefined
    },
    clientOf(provider, clientId) {
      for (const names of clientNamesOf(provider)) {
        const candidates = [pair(names), heldPair(names), ...(secrets?.formerClients(names) ?? [])]
        const found = candidates.find((client) => client?.client_id === clientId)
        if (found) return found
      }
      return undefined
    },
  }
}
