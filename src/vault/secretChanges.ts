/** Setting and removing secrets as an operator sees it: what each is for, and which connections a change touches. */
import type { Catalog } from '../catalog/catalog.ts'
import { type ClientNames, clientNamesOf, readersOf, variablesOf } from '../catalog/variables.ts'
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import type { OwnerKind } from '../store/schema.ts'
import type { SecretChange, Secrets } from './secrets.ts'
import { createVariables, type Environment, type VariableSource } from './variables.ts'

export type SecretEntry = {
  name: string
  source: VariableSource
  purpose: string | null
  /** Ids of providers. */
  usedBy: string[]
  version: number | null
  setAt: Date | null
  setBy: string | null
  readable: boolean
  warning: string | null
}

export type Affected = {
  name: string
  /** `client_replaced`: they go on with the old client; `secret_replaced`: they use the new secret; `removed`. */
  change: 'client_replaced' | 'secret_replaced' | 'removed'
  providers: string[]
  connections: number
  owners: { kind: OwnerKind; id: string; name: string; connections: number }[]
  effect: string
}

export type ChangeReport = { changes: SecretChange[]; affected: Affected[]; warnings: string[] }

export type SecretChanges = {
  list(): SecretEntry[]
  /** Every name that a provider reads. */
  known(): string[]
  set(
    values: Readonly<Record<string, string>>,
    how: { by: string; organization: string | undefined; dryRun: boolean },
  ): Promise<ChangeReport>
  /** @throws HubError `not_found` where none of the names is held */
  unset(
    names: readonly string[],
    how: { organization: string | undefined; dryRun: boolean },
  ): Promise<{ removed: string[]; affected: Affected[]; warnings: string[] }>
}

/** Read by the hub itself, not for a provider. */
const OF_THE_HUB: Readonly<Record<string, string>> = {
  TRUNKLINE_OIDC_CLIENT_SECRET: 'Client secret of single sign-on',
}
const HUB = 'hub'

/** Owners named one by one; a change that touches more is told by number. */
const NAMED_OWNERS = 50

export function createSecretChanges(options: {
  db: Db
  catalog: Catalog
  secrets: Secrets
  env: Environment
}): SecretChanges {
  const { db, catalog, secrets, env } = options
  const variables = createVariables(env, secrets)
  const clients = (): ClientNames[] => catalog.list().flatMap(clientNamesOf)

  function describe(name: string): { purpose: string | null; usedBy: string[] } {
    const own = OF_THE_HUB[name]
    if (own) return { purpose: own, usedBy: [HUB] }
    const readers = readersOf(catalog.list(), name)
    const found = readers[0] ? variablesOf(readers[0]).find((variable) => variable.name === name) : undefined
    return { purpose: found?.purpose ?? null, usedBy: readers.map(({ id }) => id) }
  }

  function warningsOf(names: readonly string[]): string[] {
    return names.flatMap((name) => [
      ...(describe(name).usedBy.length === 0 ? [`${name}: no provider reads it.`] : []),
      ...(env[name] ? [`${name} is also set in the environment, which wins.`] : []),
    ])
  }

  /** Live connections made with this client, of the providers that read the name. */
  async function connectionsOf(name: string, clientId: string, organization: string | undefined) {
    const providers = readersOf(catalog.list(), name).map(({ id }) => id)
    if (providers.length === 0) return { providers, connections: 0, owners: [] }
    const rows = await db
      .selectFrom('connections as c')
      .leftJoin('people as p', 'p.id', 'c.owner_id')
      .leftJoin('organizations as o', 'o.id', 'c.owner_id')
      .leftJoin('end_users as u', (join) =>
        join.onRef('u.organization_id', '=', 'c.organization_id').onRef('u.id', '=', 'c.owner_id'),
      )
      .select(['c.organization_id', 'c.owner_kind', 'c.owner_id'])
      .select((eb) => [
        eb.fn.coalesce('p.name', 'u.name', 'u.external_id', 'o.name').as('owner_name'),
        eb.fn.countAll<string>().as('count'),
      ])
      .where('c.disconnected_at', 'is', null)
      .where('c.mode', '=', 'live')
      .where('c.client_id', '=', clientId)
      .where('c.provider', 'in', providers)
      .groupBy([
        'c.organization_id',
        'c.owner_kind',
        'c.owner_id',
        'p.name',
        'u.name',
        'u.external_id',
        'o.name',
      ])
      .orderBy('count', 'desc')
      .execute()
    return {
      providers,
      connections: rows.reduce((sum, { count }) => sum + Number(count), 0),
      // Who else uses this installation is not this organization's business; how many are, is.
      owners: rows
        .filter(({ organization_id }) => organization === undefined || organization_id === organization)
        .slice(0, NAMED_OWNERS)
        .map((row) => ({
          kind: row.owner_kind,
          id: row.owner_id,
          name: row.owner_name ?? row.owner_id,
          connections: Number(row.count),
        })),
    }
  }

  async function affectedBy(
    name: string,
    change: Affected['change'],
    clientId: string | undefined,
    organization: string | undefined,
  ): Promise<Affected[]> {
    if (clientId === undefined) return []
    const found = await connectionsOf(name, clientId, organization)
    if (found.connections === 0) return []
    const many = found.connections === 1 ? '1 connection' : `${found.connections} connections`
    const effect = {
      client_replaced: `${many} made with the old client go on with it: the vault keeps its id and secret for them. Keep that client alive at the provider until they are reconnected. New connections use the new client.`,
      secret_replaced: `${many} of this client use the new secret from now on.`,
      removed: `${many} of this client can no longer be refreshed, nor revoked at the provider.`,
    }[change]
    return [{ name, change, ...found, effect }]
  }

  /** The client id that stands beside a client secret. */
  const clientBeside = (name: string) => {
    const names = clients().find(({ client_secret }) => client_secret === name)
    return names ? variables.read(names.client_id) : undefined
  }

  return {
    known: () =>
      [
        ...new Set([
          ...Object.keys(OF_THE_HUB),
          ...catalog.list().flatMap((provider) => variablesOf(provider).map(({ name }) => name)),
        ]),
      ].sort(),
    list() {
      const held = new Map(secrets.list().map((info) => [info.name, info]))
      const known = catalog.list().flatMap((provider) => variablesOf(provider).map(({ name }) => name))
      const names = [...new Set([...held.keys(), ...known.filter((name) => env[name])])].sort()
      return names.map((name) => {
        const info = held.get(name)
        const { purpose, usedBy } = describe(name)
        return {
          name,
          source: env[name] ? (info ? 'both' : 'environment') : 'vault',
          purpose,
          usedBy,
          version: info?.version ?? null,
          setAt: info?.setAt ?? null,
          setBy: info?.setBy ?? null,
          readable: info?.readable ?? true,
          warning:
            info?.readable === false
              ? 'It was sealed with a master key that is not loaded. Set it again, or bring the key back.'
              : info && env[name]
                ? 'The environment wins: the value in the vault is not used.'
                : usedBy.length === 0
                  ? 'No provider reads it.'
                  : null,
        }
      })
    },
    async set(values, { by, organization, dryRun }) {
      const before = new Map(Object.keys(values).map((name) => [name, clientBeside(name)]))
      const changes = await secrets.set(values, { by, clients: clients(), dryRun })
      const affected: Affected[] = []
      for (const { name, outcome, replacedClient } of changes) {
        if (outcome !== 'replaced') continue
        if (replacedClient !== undefined)
          affected.push(...(await affectedBy(name, 'client_replaced', replacedClient, organization)))
        const sameClient = before.get(name)
        if (sameClient !== undefined && !changes.some((other) => other.replacedClient === sameClient))
          affected.push(...(await affectedBy(name, 'secret_replaced', sameClient, organization)))
      }
      return { changes, affected, warnings: warningsOf(Object.keys(values)) }
    },
    async unset(names, { organization, dryRun }) {
      const held = names.filter((name) => secrets.list().some((info) => info.name === name))
      if (held.length === 0)
        throw new HubError(
          'not_found',
          `The vault does not hold ${names.join(', ')}. What the environment sets is removed there.`,
        )
      const affected: Affected[] = []
      const told = new Set<string>()
      for (const name of held) {
        const clientId = clients().some(({ client_id }) => client_id === name)
          ? secrets.read(name)
          : clientBeside(name)
        // A client's id and secret that go together touch the same connections.
        if (clientId === undefined || told.has(clientId) || env[name]) continue
        told.add(clientId)
        affected.push(...(await affectedBy(name, 'removed', clientId, organization)))
      }
      const removed = dryRun ? held : await secrets.unset(held)
      const rest = names.filter((name) => !held.includes(name))
      return {
        removed,
        affected,
        warnings: [
          ...rest.map((name) => `${name} is not in the vault.`),
          ...held.filter((name) => env[name]).map((name) => `${name} is still set in the environment.`),
        ],
      }
    },
  }
}
