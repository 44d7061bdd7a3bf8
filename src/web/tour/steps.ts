/** Where a newcomer stands, from what the hub knows and what this browser remembers. */
import type { ConnectionBody, ConnectionsOverviewBody, ProviderSummaryBody } from '../../http/wire.ts'

export const STEPS = ['connect', 'connected', 'call', 'next'] as const
export type Step = (typeof STEPS)[number]

/** The provider to begin with: the declared one where the sandbox plays it, else whatever can be connected. */
export function firstProvider(providers: readonly ProviderSummaryBody[]): ProviderSummaryBody | undefined {
  const usable = providers.filter(({ mode }) => mode !== 'unconfigured')
  const sandbox = usable.filter(({ mode }) => mode === 'sandbox')
  const starters = (from: readonly ProviderSummaryBody[]) => from.find(({ starter }) => starter)
  const byOauth = (from: readonly ProviderSummaryBody[]) =>
    from.find(({ primary_method: method }) => method === 'oauth2')
  return starters(sandbox) ?? byOauth(sandbox) ?? starters(usable) ?? usable[0]
}

/** The connection to make the first call through: one's own, the sandbox's before others. */
export function firstConnection(
  groups: readonly ConnectionsOverviewBody['groups'][number][],
): ConnectionBody | undefined {
  const live = groups
    .filter(({ owner }) => owner === 'person')
    .flatMap(({ connections }) => connections)
    .filter(({ status }) => status.status === 'connected')
  return live.find(({ mode }) => mode === 'sandbox') ?? live[0]
}

/** Shown until it is done or put aside. Whoever has several accounts has found the way, unless they asked for it. */
export function isTourOn(
  memory: { isLeft: boolean; isDone: boolean; isBegun: boolean; hasCalled: boolean },
  groups: readonly ConnectionsOverviewBody['groups'][number][],
): boolean {
  if (memory.isLeft || memory.isDone) return false
  const own = groups.reduce((sum, { owner, total }) => sum + (owner === 'person' ? total : 0), 0)
  return own <= 1 || memory.hasCalled || memory.isBegun
}

export function currentStep({ connected, called }: { connected: boolean; called: boolean }): Step {
  if (!connected) return 'connect'
  return called ? 'next' : 'call'
}
